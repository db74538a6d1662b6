//! Templates that were loaded before, so that what a project was made from is there without the network.
//!
//! `<cache>/heavy/templates/<stamp>` is one template: a line of JSON that says where it came from, and its archive, both
//! compressed. The name is the digest of the content, so a damaged entry is noticed and counts as none. Whatever goes
//! wrong here is no error: a cache may be missing, full, or read-only.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};

use crate::archive;
use crate::disk::journal::Journal;
use crate::disk::replace::{Access, replace};
use crate::stamp::Stamp;
use crate::template::Template;
use crate::tree::Tree;

/// The most bytes that an entry unpacks to.
const LARGEST: u64 = 256 << 20;

/// The folder of the cache, or none.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    folder: Option<PathBuf>,
    read_only: bool,
}

/// Where a cached template came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// As `heavy.toml` has it.
    pub source: String,
    /// The branch, tag or commit that was asked for.
    pub rev: Option<String>,
    /// The full hash of the commit.
    pub commit: Option<String>,
    /// The version that its manifest says.
    pub version: Option<String>,
}

impl Cache {
    /// The cache below `folder`, the user's folder for caches. It is made when something is put into it.
    #[must_use]
    pub fn below(folder: Option<&Path>) -> Self {
        Self { folder: folder.map(|folder| folder.join("heavy").join("templates")), read_only: false }
    }

    /// The same for a command that only looks, if it is one: nothing is put in.
    #[must_use]
    pub fn only_looked_at(self, read_only: bool) -> Self {
        Self { read_only, ..self }
    }

    /// Whether nothing is put in.
    #[must_use]
    pub const fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The template with this stamp.
    #[must_use]
    pub fn get(&self, stamp: &str) -> Option<Template> {
        let (_, template) = read(&self.path(stamp)?)?;
        (Stamp::of(&template).as_str() == stamp).then_some(template)
    }

    /// Keeps a template, whole or not at all.
    pub fn put(&self, tree: &Tree, stamp: &Stamp, origin: &Origin) {
        let Some(path) = self.path(stamp.as_str()).filter(|_| !self.read_only) else { return };
        if origin_of(&path).as_ref() == Some(origin) && self.get(stamp.as_str()).is_some() {
            return;
        }
        let _ = write(&path, tree, origin);
    }

    /// What is there of one source, in the order of their stamps: origin and stamp.
    #[must_use]
    pub fn of_source(&self, source: &str) -> Vec<(Origin, String)> {
        let Some(entries) = self.folder.as_ref().and_then(|folder| fs::read_dir(folder).ok()) else {
            return Vec::new();
        };
        let mut found: Vec<(Origin, String)> = entries
            .flatten()
            .filter_map(|entry| {
                let stamp = entry.file_name().into_string().ok().filter(|name| is_stamp(name))?;
                Some((origin_of(&entry.path()).filter(|origin| origin.source == source)?, stamp))
            })
            .collect();
        found.sort_by(|(_, one), (_, other)| one.cmp(other));
        found
    }

    fn path(&self, stamp: &str) -> Option<PathBuf> {
        self.folder.as_ref().filter(|_| is_stamp(stamp)).map(|folder| folder.join(stamp))
    }
}

/// A stamp comes from a file that people edit, and becomes a path here.
fn is_stamp(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn open(path: &Path) -> Option<BufReader<impl Read + use<>>> {
    // A pipe that somebody put there would never end.
    fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some(BufReader::new(ZlibDecoder::new(fs::File::open(path).ok()?).take(LARGEST)))
}

fn origin(reader: &mut impl BufRead) -> Option<Origin> {
    let mut line = Vec::new();
    reader.take(1 << 16).read_until(b'\n', &mut line).ok()?;
    serde_json::from_slice(&line).ok()
}

fn origin_of(path: &Path) -> Option<Origin> {
    origin(&mut open(path)?)
}

fn read(path: &Path) -> Option<(Origin, Template)> {
    let mut reader = open(path)?;
    let origin = origin(&mut reader)?;
    let mut packed = Vec::new();
    reader.read_to_end(&mut packed).ok()?;
    Some((origin, Template::from_tree(archive::unpack(&packed).ok()?).ok()?))
}

fn write(path: &Path, tree: &Tree, origin: &Origin) -> Option<()> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    serde_json::to_writer(&mut encoder, origin).ok()?;
    encoder.write_all(b"\n").ok()?;
    encoder.write_all(&archive::pack(tree).ok()?).ok()?;
    let packed = encoder.finish().ok()?;
    fs::create_dir_all(path.parent()?).ok()?;
    // A stop signal waits for it. A template may be private.
    Journal::begin().undisturbed(|| replace(path, &packed, Access::Private)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;

    fn example(text: &str) -> (Tree, Stamp) {
        let tree = tree(&[("cargo-generate.toml", "[heavy]\nversion = '1.0.0'"), ("README.md", text)]);
        let stamp = Stamp::of(&Template::from_tree(tree.clone()).expect("a template"));
        (tree, stamp)
    }

    fn origin(source: &str) -> Origin {
        Origin { source: source.to_owned(), version: Some("1.0.0".to_owned()), ..Origin::default() }
    }

    #[test]
    fn what_is_put_in_is_found_by_stamp_and_by_source() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::below(Some(folder.path()));
        let (tree, stamp) = example("one");
        assert!(cache.get(stamp.as_str()).is_none());
        cache.put(&tree, &stamp, &origin("https://example.com/t"));
        let template = cache.get(stamp.as_str()).expect("it was put there");
        assert_eq!(Stamp::of(&template), stamp);
        assert_eq!(cache.of_source("https://example.com/t"), [(origin("https://example.com/t"), stamp.to_string())]);
        assert!(cache.of_source("https://example.com/u").is_empty());
        assert!(cache.get(example("two").1.as_str()).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_template_that_may_be_private_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let (tree, stamp) = example("one");
        Cache::below(Some(folder.path())).put(&tree, &stamp, &origin("s"));
        let entry = folder.path().join("heavy/templates").join(stamp.as_str());
        assert_eq!(fs::metadata(entry).expect("an entry").permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_entry_is_none_and_is_mended_by_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::below(Some(folder.path()));
        let (tree, stamp) = example("one");
        cache.put(&tree, &stamp, &origin("s"));
        let path = folder.path().join("heavy/templates").join(stamp.as_str());
        let good = fs::read(&path).expect("an entry");
        let other = Cache::below(Some(&folder.path().join("other")));
        other.put(&example("two").0, &example("two").1, &origin("s"));
        let swapped = fs::read(folder.path().join("other/heavy/templates").join(example("two").1.as_str()));
        let changed = {
            let mut bytes = good.clone();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x40;
            bytes
        };
        for damaged in [Vec::new(), good[..good.len() / 2].to_vec(), changed, swapped.expect("an entry")] {
            fs::write(&path, damaged).expect("a file");
            assert!(cache.get(stamp.as_str()).is_none());
            cache.put(&tree, &stamp, &origin("s"));
            assert!(cache.get(stamp.as_str()).is_some());
        }
        assert_eq!(fs::read_dir(folder.path().join("heavy/templates")).expect("a folder").count(), 1);
    }

    #[test]
    fn a_cache_that_cannot_be_written_or_is_none_is_no_error() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("heavy"), "a file in its place").expect("a file");
        let (tree, stamp) = example("one");
        for cache in [Cache::below(Some(folder.path())), Cache::below(None)] {
            cache.put(&tree, &stamp, &origin("s"));
            assert!(cache.get(stamp.as_str()).is_none());
            assert!(cache.of_source("s").is_empty());
        }
    }

    #[test]
    fn a_stamp_that_is_none_reaches_no_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::below(Some(folder.path()));
        for text in ["", "../../secret", "0123", &"g".repeat(64)] {
            assert!(cache.path(text).is_none(), "{text}");
        }
    }
}
