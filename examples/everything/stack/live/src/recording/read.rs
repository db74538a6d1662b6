//! Reading a recording.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    iter,
    path::Path,
};

use serde::Deserialize;

use super::{Line, line};

/// Why a recording cannot be read, or not further.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file.
    #[error("cannot read the recording: {0}")]
    Io(#[from] io::Error),
    /// A line that is none of ours.
    #[error("line {number} of the recording cannot be read: {source}")]
    Line {
        /// Counted from 1.
        number: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A newer format.
    #[error("the recording is of version {0}, and only version {VERSION} is known", VERSION = line::VERSION)]
    Version(u32),
}

/// The lines of the recording at `path`. One that was cut off, when the process was killed, is left out.
pub fn read(path: impl AsRef<Path>) -> impl Iterator<Item = Result<Line, Error>> {
    let mut file = None;
    let mut failed = None;
    match File::open(path) {
        Ok(opened) => file = Some(BufReader::new(opened)),
        Err(error) => failed = Some(Err(error.into())),
    }
    let mut lines = file
        .into_iter()
        .flat_map(|file| file.split(b'\n'))
        .zip(1..)
        .peekable();
    let rest = iter::from_fn(move || {
        loop {
            let (bytes, number) = lines.next()?;
            let source = match bytes.map(|bytes| parse(&bytes)) {
                Err(error) => return Some(Err(error.into())),
                Ok(Ok(Line::Start(start))) if start.recording != line::VERSION => {
                    return Some(Err(Error::Version(start.recording)));
                }
                Ok(Ok(line)) => return Some(Ok(line)),
                Ok(Err(source)) => source,
            };
            // Cut off, if nothing or a new start follows.
            let cut_off = match lines.peek() {
                None => true,
                Some((Ok(next), _)) => matches!(parse(next), Ok(Line::Start(_))),
                Some((Err(_), _)) => false,
            };
            if !cut_off {
                return Some(Err(Error::Line { number, source }));
            }
        }
    });
    failed.into_iter().chain(rest)
}

fn parse(bytes: &[u8]) -> Result<Line, serde_json::Error> {
    #[derive(Deserialize)]
    struct Probe {
        recording: Option<u32>,
    }
    let Probe { recording } = serde_json::from_slice(bytes)?;
    match recording {
        Some(_) => serde_json::from_slice(bytes).map(Line::Start),
        None => serde_json::from_slice(bytes).map(Line::Event),
    }
}
