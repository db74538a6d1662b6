//! The log of a work tree on disk: lines are added, and are on the disk when [`LogStore::write`] returns.
//!
//! What cannot be written (a full disk) is kept and tried again with the next update; only the last update of a stretch of work
//! matters, so that it does not grow.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::files::write_whole;
use crate::disk::replace::Access;
use crate::error::{Error, Result};
use crate::time::log::{self, Log};
use crate::time::tracker::Work;

/// A log that is longer is made short when it is opened, in bytes.
const LONG: u64 = 256 * 1024;

/// A log that this process writes.
#[derive(Debug)]
pub struct LogStore {
    path: PathBuf,
    author: String,
    /// What is not on the disk yet.
    waiting: BTreeMap<String, Work>,
    /// Whether the file may end in the middle of a line.
    torn: bool,
}

/// Reads a log; one that is not there is empty.
///
/// # Errors
/// It is there and cannot be read.
pub fn read(path: &Path) -> Result<Log> {
    match fs::read(path) {
        Ok(bytes) => Ok(log::read(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Log::default()),
        Err(error) => Err(Error::io("read", path, &error)),
    }
}

impl LogStore {
    /// The log at `path`, of which this process is the only writer; new work in it is this author's.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn open(path: &Path, author: &str) -> Result<Self> {
        let long = fs::metadata(path).is_ok_and(|found| found.len() > LONG);
        if long {
            let log = read(path)?;
            // Damaged lines are evidence; nobody can read them, but they are not ours to throw away.
            if log.damaged.is_empty() {
                write_whole(path, log::compact(&log).as_bytes(), Access::Usual)?;
            }
        }
        let file = appending(path).map_err(|error| Error::io("write", path, &error))?;
        drop(file);
        Ok(Self { path: path.to_owned(), author: author.to_owned(), waiting: BTreeMap::new(), torn: true })
    }

    /// Writes updates, and what could not be written before.
    ///
    /// # Errors
    /// It could not be written. It is not lost: the next call tries again.
    pub fn write(&mut self, updates: Vec<Work>) -> Result<()> {
        self.waiting.extend(updates.into_iter().map(|work| (work.id.clone(), work)));
        if self.waiting.is_empty() {
            return Ok(());
        }
        match self.flush() {
            Ok(()) => {
                self.waiting.clear();
                self.torn = false;
                Ok(())
            }
            Err(error) => {
                self.torn = true;
                Err(Error::io("write", &self.path, &error))
            }
        }
    }

    /// Whether something waits to be written.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn flush(&self) -> io::Result<()> {
        // Opened each time: whoever removed or replaced the file meanwhile gets a new one.
        let mut file = appending(&self.path)?;
        let mut text = String::new();
        if self.torn && !ends_a_line(&mut file)? {
            text.push('\n');
        }
        for work in self.waiting.values() {
            text += &log::line(work, &self.author);
        }
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }
}

fn appending(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).open(path)
}

fn ends_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(id: &str, to: i64, done: bool) -> Work {
        Work { id: id.to_owned(), from: 1000, to, done }
    }

    #[test]
    fn a_line_that_a_kill_tore_costs_only_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("main.jsonl");
        fs::write(&path, format!("{}{{\"work\":\"b\",\"fro", log::line(&work("a", 2000, true), "Ada <a@b>")))
            .expect("a file");
        let mut store = LogStore::open(&path, "Ada <a@b>").expect("a log");
        store.write(vec![work("c", 3000, false)]).expect("room on the disk");
        store.write(vec![work("c", 3060, true)]).expect("room on the disk");
        let log = read(&path).expect("a log");
        assert_eq!(log.works.keys().collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(log.works["c"].work, work("c", 3060, true));
        assert_eq!(log.damaged.len(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_written_when_it_can_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("main.jsonl");
        let mut store = LogStore::open(&path, "Ada <a@b>").expect("a log");
        fs::remove_file(&path).expect("our own file");
        fs::create_dir(&path).expect("something that no line can be added to");
        store.write(vec![work("a", 2000, false)]).expect_err("no file");
        store.write(vec![work("a", 2060, false), work("b", 9000, false)]).expect_err("no file");
        assert!(store.is_behind());
        fs::remove_dir(&path).expect("our own folder");
        store.write(vec![]).expect("a file again");
        let log = read(&path).expect("a log");
        assert_eq!(log.works["a"].work.to, 2060);
        assert_eq!(log.works.len(), 2);
        assert!(!store.is_behind());
    }

    #[test]
    fn a_long_log_is_made_short_and_says_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("main.jsonl");
        let lines: String = (0..4000).map(|second| log::line(&work("a", 2000 + second, false), "Ada <a@b>")).collect();
        fs::write(&path, &lines).expect("a file");
        LogStore::open(&path, "Ada <a@b>").expect("a log");
        assert!(fs::metadata(&path).expect("a file").len() < 200);
        assert_eq!(read(&path).expect("a log").works["a"].work.to, 5999);
    }
}
