//! `[moves] keep` in `heavy.toml`: files that no move touches.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::read;
use crate::error::{Error, Result};
use crate::stamp::LOCKFILE;
use crate::tree::TreePath;

/// Files of a project that no move touches, by patterns in gitignore's syntax.
#[derive(Clone, Debug)]
pub struct Keep(Gitignore);

impl Keep {
    /// Reads the patterns of a `heavy.toml`.
    ///
    /// # Errors
    /// Of kind `User`: no TOML, no list of texts, or a pattern that is none.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::user(format!("`moves.keep` in `{LOCKFILE}` has to be a list of patterns"))
                .hint("for instance: `keep = [\"docs/**\", \"README.md\"]` below `[moves]`")
        };
        let document = read::document(text)?;
        let mut patterns = GitignoreBuilder::new("");
        if let Some(list) = document.get("moves").and_then(|moves| moves.get("keep")) {
            for pattern in list.as_array().ok_or_else(wrong)? {
                let pattern = pattern.as_str().ok_or_else(wrong)?;
                patterns.add_line(None, pattern).map_err(|error| wrong().because(error))?;
            }
        }
        patterns.build().map(Self).map_err(|error| wrong().because(error))
    }

    /// Whether no move touches the file at `path`. Where a project stands, `heavy.toml` has to say in any case.
    #[must_use]
    pub fn matches(&self, path: &TreePath) -> bool {
        path.as_str() != LOCKFILE && self.0.matched_path_or_any_parents(path.as_str(), false).is_ignore()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(list: &str, path: &str) -> bool {
        let keep = Keep::parse(&format!("[moves]\nkeep = {list}\n")).expect("patterns");
        keep.matches(&TreePath::parse(path).expect("a path"))
    }

    #[test]
    fn patterns_are_those_of_gitignore_and_heavy_toml_is_never_kept() {
        for path in ["docs/a.md", "docs/b/c.md", "README.md"] {
            assert!(kept("['/docs/', 'README.md']", path), "{path}");
        }
        for path in ["src/docs.rs", "a/docs/b.md", "heavy.toml"] {
            assert!(!kept("['/docs/', 'README.md', '/*.toml']", path), "{path}");
        }
        assert!(!Keep::parse("").expect("none").matches(&TreePath::parse("a").expect("a path")));
    }

    #[test]
    fn what_is_no_list_of_patterns_is_refused() {
        for list in ["'docs'", "[1]", "['a{b']"] {
            let refused = Keep::parse(&format!("[moves]\nkeep = {list}\n")).expect_err("no list");
            assert!(refused.to_string().contains("moves.keep"), "{list}: {refused}");
        }
    }
}
