//! The side of time tracking that touches the disk: it watches a work tree, keeps the log, and cements.
//!
//! Everything lies in the folder that all work trees of a repository share, so that a work tree that is removed takes no time
//! with it and nothing of it is ever committed:
//!
//! ```text
//! <common git dir>/heavy/time/
//!     main.jsonl         the log of the main work tree; tree-NAME.jsonl of a linked one
//!     main.lock          locked by whoever watches that work tree
//!     main.run           who that is
//!     main.stop          made to ask it to end
//!     main.err           what it has to say in the background
//!     cemented/*/*.jsonl what this clone has cemented, on whatever branch, by where it lay then
//!     cement.lock        locked while somebody cements
//! ```
//!
//! [`place`] finds it, [`sieve`] knows what git ignores, [`eyes`] see changes, [`watch`](mod@watch) follows them into the
//! [`logbook`], [`cement`](mod@cement) signs with the [`key`], [`history`] is what was committed.

use std::fs;
use std::path::Path;

use crate::disk::replace::{Access, replace};
use crate::error::{Error, Result};

pub mod cement;
pub mod eyes;
pub mod history;
pub mod key;
pub mod logbook;
pub mod place;
pub mod sieve;
pub mod watch;

/// Writes a file in full or not at all, and to the disk itself.
fn write_whole(path: &Path, content: &[u8], access: Access) -> Result<()> {
    replace(path, content, access).map_err(|error| Error::io("write", path, &error))
}

/// Opens a file to lock it; it stays where it is for ever.
fn lock_file(path: &Path) -> Result<fs::File> {
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|error| Error::io("write", path, &error))
}
