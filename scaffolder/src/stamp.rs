//! The stamp of a template: a digest by which its state can be found again.

use std::fmt::{self, Display};

use sha2::{Digest, Sha256};

use crate::template::{MANIFEST, Template};

/// The project's lock file, which carries the stamp and so is no part of it.
pub const LOCKFILE: &str = "heavy.toml";

/// SHA-256 over every file of a template but `heavy.toml`, as 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(String);

impl Stamp {
    /// Digests path, mode and content of every file, hooks and manifest included.
    ///
    /// Each part is preceded by its length, so that no two trees have the same digest by running into each other.
    #[must_use]
    pub fn of(template: &Template) -> Self {
        Self(template.digest.get_or_init(|| digest(template)).clone())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn digest(template: &Template) -> String {
    let files = template.files.iter().map(|(path, file)| (path.as_str(), file));
    let mut hash = Sha256::new();
    for (path, file) in files.chain([(MANIFEST, &template.manifest_file)]).filter(|(path, _)| *path != LOCKFILE) {
        hash.update((path.len() as u64).to_be_bytes());
        hash.update(path);
        hash.update([u8::from(file.executable)]);
        hash.update((file.bytes.len() as u64).to_be_bytes());
        hash.update(&file.bytes);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;
    use crate::tree::{File, Tree, TreePath};

    fn stamp(change: impl FnOnce(&mut Tree)) -> Stamp {
        let mut root = tree(&[
            ("cargo-generate.toml", "[heavy]\nsubfolder = 'template'"),
            ("README.md", "of the repository"),
            ("template/heavy.toml", "lock"),
            ("template/run", "text"),
        ]);
        change(&mut root);
        Stamp::of(&Template::from_tree(root).expect("a template"))
    }

    fn at<'a>(tree: &'a mut Tree, path: &str) -> &'a mut File {
        tree.entry(TreePath::parse(path).expect("a path")).or_default()
    }

    #[test]
    fn the_stamp_is_64_digits_and_the_same_each_time() {
        assert_eq!(stamp(|_| ()), stamp(|_| ()));
        assert_eq!(stamp(|_| ()).as_str().len(), 64);
    }

    #[test]
    fn content_mode_path_and_manifest_change_the_stamp() {
        let before = stamp(|_| ());
        assert_ne!(before, stamp(|tree| at(tree, "template/run").bytes.push(b'!')));
        assert_ne!(before, stamp(|tree| at(tree, "template/run").executable = true));
        assert_ne!(before, stamp(|tree| at(tree, "template/new").bytes.clear()));
        assert_ne!(before, stamp(|tree| at(tree, "cargo-generate.toml").bytes.push(b'\n')));
    }

    #[test]
    fn the_lock_file_and_what_is_no_part_of_the_template_do_not() {
        let before = stamp(|_| ());
        assert_eq!(before, stamp(|tree| at(tree, "template/heavy.toml").bytes.clear()));
        assert_eq!(before, stamp(|tree| at(tree, "README.md").bytes.clear()));
    }
}
