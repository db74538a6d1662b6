//! Released versions of a template in one small file: each distinct content once, all of it compressed.
//!
//! ```text
//! heavy-releases 1\n
//! zlib of: length of the index (8 bytes, big endian), the index (JSON), the contents one after the other
//! ```
//!
//! Versions of a template differ in few files, and of a file in few lines: contents are ordered by path, so that the
//! versions of a file stand beside each other, where the compressor sees them.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::tree::{File, Tree, TreePath};

const MAGIC: &[u8] = b"heavy-releases 1\n";
/// The most bytes that unpacking makes of a pack.
const LARGEST: u64 = 1 << 30;

/// One released version of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its version, as its manifest says.
    pub version: String,
    /// Its stamp.
    pub stamp: String,
    /// The root of the template: manifest, hooks and project tree.
    pub tree: Tree,
}

#[derive(Serialize, Deserialize)]
struct Index {
    releases: Vec<Entry>,
    /// The length of each content.
    contents: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    version: String,
    stamp: String,
    files: Vec<FileEntry>,
}

#[derive(Serialize, Deserialize)]
struct FileEntry {
    path: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    executable: bool,
    content: usize,
}

/// Packs releases, in their order.
///
/// # Errors
/// None that values in memory could cause; the encoder's own are passed on.
pub fn pack(releases: &[Release]) -> Result<Vec<u8>> {
    let mut by_path: Vec<(&TreePath, &[u8])> =
        releases.iter().flat_map(|release| &release.tree).map(|(path, file)| (path, file.bytes.as_slice())).collect();
    // Stable: the versions of a file stay in the order of the releases.
    by_path.sort_by_key(|(path, _)| *path);
    let mut numbers: BTreeMap<&[u8], usize> = BTreeMap::new();
    let mut contents: Vec<&[u8]> = Vec::new();
    for (_, bytes) in by_path {
        numbers.entry(bytes).or_insert_with(|| {
            contents.push(bytes);
            contents.len() - 1
        });
    }
    let entries = releases.iter().map(|release| Entry {
        version: release.version.clone(),
        stamp: release.stamp.clone(),
        files: release
            .tree
            .iter()
            .map(|(path, file)| FileEntry {
                path: path.to_string(),
                executable: file.executable,
                content: numbers[file.bytes.as_slice()],
            })
            .collect(),
    });
    let index = Index { releases: entries.collect(), contents: contents.iter().map(|bytes| bytes.len()).collect() };
    let failed = |error: std::io::Error| Error::system("the releases cannot be packed").because(error);
    let index = serde_json::to_vec(&index).map_err(|error| failed(error.into()))?;
    let mut encoder = ZlibEncoder::new(MAGIC.to_vec(), Compression::best());
    encoder.write_all(&(index.len() as u64).to_be_bytes()).map_err(failed)?;
    encoder.write_all(&index).map_err(failed)?;
    for bytes in contents {
        encoder.write_all(bytes).map_err(failed)?;
    }
    encoder.finish().map_err(failed)
}

/// Unpacks releases.
///
/// # Errors
/// The bytes are no such pack, or it is damaged, or a path in it leaves the project.
pub fn unpack(bytes: &[u8]) -> Result<Vec<Release>> {
    unpack_some(bytes, |_, _| true)
}

/// Unpacks the releases whose version and stamp are `wanted`; of the others no files are made.
///
/// # Errors
/// As [`unpack`].
pub fn unpack_some(bytes: &[u8], wanted: impl Fn(&str, &str) -> bool) -> Result<Vec<Release>> {
    let packed = bytes.strip_prefix(MAGIC).ok_or_else(|| damaged("it starts as none does"))?;
    let mut rest = Vec::new();
    ZlibDecoder::new(packed).take(LARGEST).read_to_end(&mut rest).map_err(|error| damaged("").because(error))?;
    let (length, rest) = rest.split_first_chunk::<8>().ok_or_else(|| damaged("it ends early"))?;
    let length = usize::try_from(u64::from_be_bytes(*length)).unwrap_or(usize::MAX);
    let (index, mut rest) = rest.split_at_checked(length).ok_or_else(|| damaged("it ends early"))?;
    let index: Index = serde_json::from_slice(index).map_err(|error| damaged("").because(error))?;
    let mut contents = Vec::with_capacity(index.contents.len());
    for length in index.contents {
        let (content, after) = rest.split_at_checked(length).ok_or_else(|| damaged("it ends early"))?;
        contents.push(content);
        rest = after;
    }
    let entries = index.releases.into_iter().filter(|entry| wanted(&entry.version, &entry.stamp));
    entries.map(|entry| release(entry, &contents)).collect()
}

fn release(entry: Entry, contents: &[&[u8]]) -> Result<Release> {
    let mut tree = Tree::new();
    for file in entry.files {
        let path = TreePath::parse(&file.path)
            .map_err(|problem| damaged(&format!("the path `{}` {problem}", file.path.escape_debug())))?;
        let content = contents.get(file.content).ok_or_else(|| damaged("a content is missing"))?;
        tree.insert(path, File { bytes: content.to_vec(), executable: file.executable });
    }
    Ok(Release { version: entry.version, stamp: entry.stamp, tree })
}

fn damaged(how: &str) -> Error {
    let how = if how.is_empty() { String::new() } else { format!(": {how}") };
    Error::template(format!("the file with the released versions is damaged{how}"))
        .hint("take it from the last commit: `git checkout HEAD -- scaffolder/releases.pack`")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tree::tests::tree;

    fn releases() -> impl Strategy<Value = Vec<Release>> {
        let path = "[a-c]{1,2}(/[a-cé ]{0,3}[a-c]){0,2}".prop_filter_map("a path", |path| TreePath::parse(&path).ok());
        // Few contents, so that they are shared.
        let bytes = prop_oneof![Just(Vec::new()), Just(b"same".to_vec()), any::<Vec<u8>>()];
        let file = (bytes, any::<bool>()).prop_map(|(bytes, executable)| File { bytes, executable });
        let release = (".{0,6}", "[0-9a-f]{0,8}", proptest::collection::btree_map(path, file, 0..6))
            .prop_map(|(version, stamp, tree)| Release { version, stamp, tree });
        proptest::collection::vec(release, 0..5)
    }

    proptest! {
        #[test]
        fn unpacking_gives_back_what_was_packed(releases in releases()) {
            let packed = pack(&releases).expect("a pack");
            prop_assert_eq!(unpack(&packed).expect("the releases"), releases);
        }

        #[test]
        fn a_pack_that_is_cut_short_or_changed_is_refused_or_the_same(
            releases in releases(), cut in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>(), bit in 0..8_u8,
        ) {
            let packed = pack(&releases).expect("a pack");
            prop_assert!(unpack(&packed[..cut.index(packed.len())]).is_err());
            let mut changed = packed.clone();
            changed[flip.index(packed.len())] ^= 1 << bit;
            prop_assert!(unpack(&changed).map_or(true, |found| found == releases));
        }

        #[test]
        fn no_bytes_make_unpacking_panic(bytes in any::<Vec<u8>>()) {
            let _ = unpack(&bytes);
            let _ = unpack(&[MAGIC, &bytes[..]].concat());
        }
    }

    #[test]
    fn a_second_version_with_one_changed_file_adds_little() {
        let noise: String = (0..4000_u32).map(|n| format!("{:08x}\n", n.wrapping_mul(0x9e37_79b9))).collect();
        let version = |text: &str| Release {
            version: text.to_owned(),
            stamp: String::new(),
            tree: tree(&[("changed", text), ("large", &noise)]),
        };
        let one = pack(&[version("1")]).expect("a pack").len();
        let two = pack(&[version("1"), version("2")]).expect("a pack").len();
        assert!(two < one + 200, "{one} and {two}");
    }

    #[test]
    fn a_path_that_leaves_the_project_is_refused() {
        let index =
            br#"{"releases":[{"version":"1","stamp":"","files":[{"path":"../x","content":0}]}],"contents":[0]}"#;
        let mut encoder = ZlibEncoder::new(MAGIC.to_vec(), Compression::fast());
        encoder.write_all(&(index.len() as u64).to_be_bytes()).expect("in memory");
        encoder.write_all(index).expect("in memory");
        let error = unpack(&encoder.finish().expect("in memory")).expect_err("a refusal");
        assert!(error.to_string().contains("`../x` leaves its folder"), "{error}");
    }
}
