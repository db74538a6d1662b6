//! Files of users.

use serde::Deserialize;
use time::OffsetDateTime;

use super::{FileId, ObjectId};

/// A file of a user, without its bytes.
#[derive(Clone, Debug)]
pub struct StoredFile {
    /// The file's id.
    pub id: FileId,
    /// What its bytes are called in the store.
    pub object: ObjectId,
    /// What the user calls it.
    pub name: FileName,
    /// What it is, by its content.
    pub content_type: String,
    /// Its bytes.
    pub size: u64,
    /// The SHA-256 digest of its bytes.
    pub sha256: Vec<u8>,
    /// When it was stored.
    pub created_at: OffsetDateTime,
    /// The smaller pictures that there are of it.
    pub variants: Vec<Variant>,
}

/// A smaller picture that is made of a file, if the file is one. Its name is stored, and stands in addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// For lists.
    Small,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Small];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
        }
    }

    /// Pixels of its longer edge, at most.
    pub fn edge(self) -> u32 {
        match self {
            Self::Small => 256,
        }
    }
}

/// A picture that was made of a file, without its bytes.
#[derive(Clone, Debug)]
pub struct StoredPicture {
    /// What its bytes are called in the store.
    pub object: ObjectId,
    /// What it is.
    pub content_type: String,
    /// Its bytes.
    pub size: u64,
}

/// A file whose bytes are in the store, but which is not attached to anything yet.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What its bytes are called in the store.
    pub object: ObjectId,
    /// What the user calls it.
    pub name: FileName,
    /// What it is, by its content.
    pub content_type: &'static str,
    /// Its bytes.
    pub size: u64,
    /// The SHA-256 digest of its bytes.
    pub sha256: [u8; 32],
}

/// The name of a file: 1 to 200 characters of a line, without a folder. It is shown, and never used as a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// As much of `text` as may be part of a name; `file` if that is nothing.
    pub fn of(text: &str) -> Self {
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
        // Some characters turn the direction of the text, so that `exe.png` is read where `gnp.exe` stands.
        let is_mark = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        let letters = name.chars().filter(|c| !c.is_control() && !is_mark(*c));
        let name: String = letters.take(200).collect();
        match name.trim() {
            "" => Self("file".to_owned()),
            name => Self(name.to_owned()),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::FileName;

    #[test]
    fn a_name_is_what_people_see_of_it_without_its_folder() {
        for (text, name) in [
            ("holiday.png", "holiday.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\a.txt", "a.txt"),
            ("tab\there\0.txt", "tabhere.txt"),
            ("gpj\u{202e}exe.jpg", "gpjexe.jpg"),
            ("folder/", "file"),
            ("", "file"),
        ] {
            assert_eq!(FileName::of(text).as_str(), name);
        }
        assert_eq!(FileName::of(&"ü".repeat(300)).as_str(), "ü".repeat(200));
    }
}
