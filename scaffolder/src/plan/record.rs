//! A move as it stands in the state folder: what it changes, and the contents before and after.
//!
//! ```text
//! 7/record.json    this
//! 7/contents-0     every content it speaks of, one after the other; later numbers are added, none is changed
//! ```

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::outcome::{Activity, Header, Summary};
use super::steps::{NewFile, PRIVATE, Steps, sync_folder};
use crate::error::{Error, Result};
use crate::merge::ConflictKind;
use crate::project::index::Entry;
use crate::tree::{File, TreePath};

pub(super) const RECORD: &str = "record.json";

/// How far a move is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// It is being applied, or put back because that failed.
    Applying,
    /// It is applied, and conflicts are open.
    Open,
    /// It is done.
    Done,
    /// It is being taken back; it was open.
    Aborting,
    /// It is being taken back; it was done.
    Undoing,
}

/// A move.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) header: Header,
    pub(super) state: State,
    /// Part of the names of temporary files, so that they are nobody else's.
    pub(super) nonce: String,
    /// In the order in which they are done: deletions, then the rest, `heavy.toml` last.
    pub(super) operations: Vec<Operation>,
    /// Folders that did not exist before.
    pub(super) made: Vec<TreePath>,
    /// Folders that exist before and may be empty after, with their permissions.
    pub(super) emptied: Vec<(TreePath, Option<u32>)>,
    pub(super) conflicts: Vec<OpenConflict>,
    pub(super) index: Vec<IndexOperation>,
    /// The number of the move that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) takes_back: Option<u32>,
    /// How many files of contents there are.
    packs: u32,
}

/// One file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Operation {
    pub(super) path: TreePath,
    pub(super) before: Option<Stored>,
    pub(super) after: Option<Stored>,
    /// Left as it is in a move back, because it was edited since or put back by hand.
    #[serde(default)]
    pub(super) skip: bool,
}

/// The entries of one path in git's index.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct IndexOperation {
    pub(super) path: TreePath,
    pub(super) before: Vec<Entry>,
    pub(super) after: Vec<Entry>,
}

/// A conflict that is to be resolved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OpenConflict {
    pub(super) path: TreePath,
    pub(super) kind: ConflictKind,
    #[serde(rename = "beside")]
    pub(super) side_file: Option<TreePath>,
}

/// A file's content and mode.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    pack: u32,
    offset: u64,
    pub(super) length: u64,
    /// SHA-256.
    digest: String,
    pub(super) executable: bool,
    /// All permission bits; nothing where the file is new, or the system has none.
    pub(super) mode: Option<u32>,
}

impl Stored {
    /// Whether a file has this content, and, where `modes` count, this executable bit.
    pub(super) fn is(&self, file: &File, modes: bool) -> bool {
        self.length == file.bytes.len() as u64
            && (!modes || self.executable == file.executable)
            && self.digest == digest(&file.bytes)
    }
}

/// SHA-256 in hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Contents on their way into one file.
#[derive(Default)]
pub(super) struct Pack {
    number: u32,
    bytes: Vec<u8>,
}

impl Pack {
    pub(super) fn add(&mut self, file: &File, mode: Option<u32>) -> Stored {
        let offset = self.bytes.len() as u64;
        self.bytes.extend_from_slice(&file.bytes);
        Stored {
            pack: self.number,
            offset,
            length: file.bytes.len() as u64,
            digest: digest(&file.bytes),
            executable: file.executable,
            mode,
        }
    }
}

impl Record {
    pub(super) fn new(header: Header, conflicts: Vec<OpenConflict>) -> Self {
        Self {
            header,
            state: State::Applying,
            nonce: nonce(),
            operations: Vec::new(),
            made: Vec::new(),
            emptied: Vec::new(),
            conflicts,
            index: Vec::new(),
            takes_back: None,
            packs: 0,
        }
    }

    /// The next file of contents.
    pub(super) fn next_pack(&self) -> Pack {
        Pack { number: self.packs, bytes: Vec::new() }
    }

    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(RECORD);
        let bytes = fs::read(&path).map_err(|error| Error::io("read", &path, &error))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Error::system(format!("the record of a move is damaged: `{}`", path.display()))
                .because(error)
                .hint("was it written by a newer `heavy`? `heavy --version` shows yours")
        })
    }

    /// Writes it, and `pack` before it, durably and in one step.
    pub(super) fn write(&mut self, folder: &Path, pack: &Pack, steps: &Steps<'_>) -> Result<()> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error: std::io::Error| Error::io("write", &path, &error)
        };
        if !pack.bytes.is_empty() {
            let path = contents(folder, pack.number);
            // Left by a process that was killed before it had written what speaks of it.
            drop(fs::remove_file(&path));
            steps.write_durably(&path, &pack.bytes, None).map_err(failed(&path))?;
            self.packs = pack.number + 1;
        }
        let bytes = serde_json::to_vec(self).map_err(|error| Error::system("cannot note the move").because(error))?;
        let (name, path) = (OsStr::new("record.new"), folder.join(RECORD));
        drop(fs::remove_file(path.with_file_name(name)));
        let new = NewFile { content: &bytes, executable: false, mode: Some(PRIVATE), durable: true };
        steps.replace(&path, name, &new).map_err(failed(&path))?;
        sync_folder(folder);
        Ok(())
    }

    pub(super) fn load(&self, folder: &Path, stored: &Stored) -> Result<Vec<u8>> {
        let path = contents(folder, stored.pack);
        let mut bytes = Vec::new();
        fs::File::open(&path)
            .and_then(|mut file| {
                file.seek(SeekFrom::Start(stored.offset))?;
                file.take(stored.length).read_to_end(&mut bytes)
            })
            .map_err(|error| Error::io("read", &path, &error))?;
        if digest(&bytes) != stored.digest {
            return Err(Error::system(format!("the contents kept in `{}` are damaged", path.display())));
        }
        Ok(bytes)
    }

    pub(super) fn summary(&self) -> Summary {
        Summary {
            header: self.header.clone(),
            conflicts: self.conflicts.iter().map(|conflict| conflict.path.clone()).collect(),
            changes: self.operations.iter().filter(|operation| operation.before != operation.after).count(),
        }
    }

    /// What was being done, if it was interrupted.
    pub(super) fn interrupted(&self) -> Option<Activity> {
        match self.state {
            State::Applying => Some(Activity::Applying),
            State::Aborting | State::Undoing => Some(Activity::TakingBack),
            State::Open | State::Done => None,
        }
    }

    pub(super) fn operation(&self, path: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.path.as_str() == path)
    }
}

fn contents(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("contents-{number}"))
}

/// Digits that no other move has: the standard library's own source of keys for hash tables.
fn nonce() -> String {
    use std::hash::{BuildHasher, Hasher};
    format!("{:016x}", std::hash::RandomState::new().build_hasher().finish())
}

// Here rather than beside the type, which the build script shares.
impl Serialize for TreePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for TreePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|problem| serde::de::Error::custom(format!("the path `{text}` {problem}")))
    }
}
