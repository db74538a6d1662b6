//! The moves that are remembered: what each was, when, and what it changed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::history::History;
use super::outcome::Summary;
use super::preflight;
use super::record::{RECORD, Record, Stored};
use crate::error::Result;
use crate::project::Project;
use crate::tree::{File, Tree};

/// A move that can be taken back.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// Its number.
    pub number: u32,
    /// What it was.
    pub summary: Summary,
    /// The files that it changed, as they were before.
    pub before: Tree,
    /// The same as it left them, or as its conflicts were resolved.
    pub after: Tree,
}

/// One line of the list of moves.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its number.
    pub number: u32,
    /// What it was.
    pub summary: Summary,
    /// When it was made.
    pub at: Option<SystemTime>,
    /// Whether it was taken back since.
    pub taken_back: bool,
}

pub(super) fn last(project: &Project) -> Result<Option<Remembered>> {
    let Some(history) = History::look(project)? else { return Ok(None) };
    let Some((folder, record)) = preflight::last_here(project, &history)? else { return Ok(None) };
    let file = |stored: &Stored| -> Result<File> {
        Ok(File { bytes: record.load(&folder, stored)?, executable: stored.executable })
    };
    let (mut before, mut after) = (Tree::new(), Tree::new());
    for operation in &record.operations {
        for (tree, stored) in [(&mut before, &operation.before), (&mut after, &operation.after)] {
            if let Some(stored) = stored {
                tree.insert(operation.path.clone(), file(stored)?);
            }
        }
    }
    Ok(Some(Remembered { number: number_of(&folder), summary: record.summary(), before, after }))
}

pub(super) fn list(project: &Project) -> Result<Vec<Listed>> {
    let Some(history) = History::look(project)? else { return Ok(Vec::new()) };
    let mut taken_back = BTreeSet::new();
    let mut listed = Vec::new();
    for number in history.numbers() {
        let folder = history.at(number);
        let record = Record::read(&folder)?;
        taken_back.extend(record.takes_back);
        listed.push(Listed {
            number,
            summary: record.summary(),
            at: begun(&folder),
            taken_back: taken_back.contains(&number),
        });
    }
    Ok(listed)
}

fn number_of(folder: &Path) -> u32 {
    folder.file_name().and_then(|name| name.to_str()?.parse().ok()).unwrap_or_default()
}

/// When a move was made: its first contents are written with it and never again.
fn begun(folder: &Path) -> Option<SystemTime> {
    let written = |name: &str| fs::metadata(folder.join(name)).and_then(|found| found.modified()).ok();
    written("contents-0").or_else(|| written(RECORD))
}
