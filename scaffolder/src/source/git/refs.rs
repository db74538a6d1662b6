//! The branches and tags of a repository, here or behind a URL.

use std::collections::BTreeMap;

use gix::bstr::ByteSlice;
use gix::protocol::handshake::Ref;

/// Names and the hashes of the commits that they stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::source) struct Refs {
    /// The commit of the default branch.
    pub(in crate::source) head: Option<String>,
    pub(in crate::source) branches: BTreeMap<String, String>,
    /// An annotated tag stands for the commit that it names.
    pub(in crate::source) tags: BTreeMap<String, String>,
}

impl Refs {
    pub(super) fn of_remote(refs: &[Ref]) -> Self {
        let mut all = Self::default();
        for reference in refs {
            // What a name stands for, and what that leads to if it is an annotated tag.
            let (name, named, behind) = reference.unpack();
            if let Some(commit) = behind.or(named) {
                all.add(&name.to_str_lossy(), commit.to_string());
            }
        }
        all
    }

    /// Those of a repository on this disk; what cannot be read or is no commit is left out.
    pub(in crate::source) fn of_repository(repository: &gix::Repository) -> Self {
        let mut all = Self { head: repository.head_id().ok().map(|id| id.to_string()), ..Self::default() };
        let Ok(platform) = repository.references() else { return all };
        let Ok(references) = platform.all().and_then(|all| all.peeled()) else { return all };
        for reference in references.flatten() {
            all.add(&reference.name().as_bstr().to_str_lossy(), reference.id().to_string());
        }
        all
    }

    fn add(&mut self, name: &str, commit: String) {
        if name == "HEAD" {
            self.head = Some(commit);
        } else if let Some(branch) = name.strip_prefix("refs/heads/") {
            self.branches.insert(branch.to_owned(), commit);
        } else if let Some(tag) = name.strip_prefix("refs/tags/") {
            self.tags.insert(tag.to_owned(), commit);
        }
    }

    /// The commit that a branch, a tag, or nothing (the default branch) stands for.
    pub(in crate::source) fn commit(&self, rev: Option<&str>) -> Option<&str> {
        let Some(rev) = rev else { return self.head.as_deref() };
        self.tags.get(rev).or_else(|| self.branches.get(rev)).map(String::as_str)
    }
}
