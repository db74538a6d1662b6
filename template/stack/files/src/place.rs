//! Where files are stored.

use std::{path::PathBuf, str::FromStr};

use stack_web::settings::Secret;

/// Where files are stored: `file:FOLDER`, `s3://BUCKET/PREFIX` or `memory:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder, which all processes of the application must see.
    Folder(PathBuf),
    /// A bucket of a service that speaks the protocol of S3.
    Bucket {
        /// The bucket.
        name: String,
        /// What every key begins with; may be empty.
        prefix: String,
    },
    /// This process, until it ends: for tests.
    Memory,
}

/// Who asks the service of a [`Place::Bucket`], and where it is. What is missing is that of Amazon's own service; without a key
/// it is asked as the machine that this runs on.
#[derive(Clone, Debug, Default)]
pub struct S3 {
    /// The URL of the service.
    pub endpoint: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The id of the key.
    pub key_id: Option<String>,
    /// The key.
    pub key: Option<Secret>,
}

/// The text is no [`Place`].
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be `file:FOLDER` or `s3://BUCKET/PREFIX`")]
pub struct PlaceError;

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        if text == "memory:" {
            return Ok(Self::Memory);
        }
        if let Some(folder) = text.strip_prefix("file:") {
            let folder = folder.strip_prefix("//").unwrap_or(folder);
            return match folder {
                "" => Err(PlaceError),
                folder => Ok(Self::Folder(folder.into())),
            };
        }
        let bucket = text.strip_prefix("s3://").ok_or(PlaceError)?;
        let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
        if !(3..=63).contains(&name.len()) || !name.chars().all(allowed) {
            return Err(PlaceError);
        }
        Ok(Self::Bucket {
            name: name.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
        })
    }
}
