//! Where a template comes from: the binary itself, a folder, or a git repository.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::lockfile::{EMBEDDED, LOCKFILE, Lock};
use crate::stamp::Stamp;
use crate::template::Template;
use crate::tree::{Tree, TreePath};
use cache::{Cache, Origin};

pub mod base;
pub mod cache;
mod embedded;
pub mod folder;
pub mod git;
mod limits;
pub mod packs;
mod progress;
pub mod releases;
pub mod scope;
mod shorthand;
pub mod target;
#[cfg(test)]
mod testing;
pub mod versions;

/// The origin of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The template in this binary; needs neither disk nor network.
    Embedded,
    /// A folder, taken as it is, uncommitted changes included.
    Folder(PathBuf),
    /// A repository on this disk, as committed.
    Repository {
        /// Its folder.
        folder: PathBuf,
        /// A branch, tag or commit; none means its HEAD.
        rev: Option<String>,
        /// The folder in it that holds the template; none means its root.
        subfolder: Option<TreePath>,
    },
    /// A repository behind a URL.
    Remote {
        /// What git understands: `https://…`, `ssh://…`, `git@host:path`.
        url: String,
        /// A branch, tag or commit; none means the default branch.
        rev: Option<String>,
        /// The folder in it that holds the template; none means its root.
        subfolder: Option<TreePath>,
    },
}

/// A template as files, with what is known of its origin.
#[derive(Debug)]
pub struct Loaded {
    /// The root of the template: manifest, hooks and project tree.
    pub tree: Tree,
    /// The full hash of the commit, if it came from a repository.
    pub commit: Option<String>,
}

impl Loaded {
    /// Keeps what was loaded from `source` for the day when a project made from it moves. What is in the binary, or is
    /// no template, is not kept.
    pub fn keep(&self, source: &Source, cache: &Cache) {
        if *source == Source::Embedded || cache.is_read_only() {
            return;
        }
        if let Ok(template) = Template::from_tree(self.tree.clone()) {
            self.keep_read(&template, source, cache);
        }
    }

    /// The same of a tree that was read as `template` already.
    pub(crate) fn keep_read(&self, template: &Template, source: &Source, cache: &Cache) {
        if *source == Source::Embedded || cache.is_read_only() {
            return;
        }
        let origin = Origin {
            source: source.to_string(),
            rev: source.rev().map(str::to_owned),
            commit: self.commit.clone(),
            version: template.manifest.version.clone(),
        };
        cache.put(&self.tree, &Stamp::of(template), &origin);
    }
}

impl Source {
    /// Parses `--template` and `--rev`. A folder with a revision is a repository; a `file://` URL is one too; `gh:owner/name` and
    /// `gl:owner/name` are short for URLs.
    ///
    /// A revision may also stand behind the URL, and then a folder of the repository: `URL#v1`, `URL#v1/packs/sitemap`,
    /// `URL#/packs/sitemap`; a revision that has a `/` itself is given by `--rev`.
    ///
    /// # Errors
    /// A revision of nothing, two revisions, a folder that does not exist, or one that leaves its repository.
    pub fn parse(text: Option<&str>, rev: Option<&str>) -> Result<Self> {
        let Some(text) = text else {
            return match rev {
                None => Ok(Self::Embedded),
                Some(rev) => Err(Error::usage(format!("`--rev {rev}` says nothing without `--template`"))
                    .hint(format!("name the repository as well: `--template URL --rev {rev}`"))),
            };
        };
        let text = &*shorthand::expanded(text);
        let Address { place, rev, subfolder } = Address::parse(text, rev)?;
        if let Some(path) = place.strip_prefix("file://") {
            return Ok(Self::Repository { folder: existing(path)?, rev, subfolder });
        }
        if place.contains("://") || is_scp_like(place) {
            return Ok(Self::Remote { url: place.to_owned(), rev, subfolder });
        }
        let folder = existing(place)?;
        let is_repository = rev.is_some() || subfolder.is_some();
        Ok(if is_repository { Self::Repository { folder, rev, subfolder } } else { Self::Folder(folder) })
    }

    /// The source that a project's `heavy.toml` names, as it was then.
    ///
    /// # Errors
    /// It names a folder that is not there.
    pub fn of_lock(lock: &Lock) -> Result<Self> {
        if lock.source == EMBEDDED {
            return Ok(Self::Embedded);
        }
        let source = Self::parse(Some(&lock.source), lock.rev.as_deref());
        source.map_err(|error| Error {
            hints: vec!["name where it is now: `heavy sync --template SOURCE`".to_owned()],
            message: format!("{}, which `{LOCKFILE}` names", error.message),
            ..error
        })
    }

    /// The branch, tag or commit that it names.
    #[must_use]
    pub fn rev(&self) -> Option<&str> {
        match self {
            Self::Repository { rev, .. } | Self::Remote { rev, .. } => rev.as_deref(),
            Self::Embedded | Self::Folder(_) => None,
        }
    }

    /// The folder of the repository that holds the template, if it is not its root.
    #[must_use]
    pub fn subfolder(&self) -> Option<&TreePath> {
        match self {
            Self::Repository { subfolder, .. } | Self::Remote { subfolder, .. } => subfolder.as_ref(),
            Self::Embedded | Self::Folder(_) => None,
        }
    }

    /// Whether it has to be fetched.
    #[must_use]
    pub const fn is_remote(&self) -> bool {
        matches!(self, Self::Remote { .. })
    }

    /// Whether it is fetched by the program `ssh`.
    #[must_use]
    pub fn is_ssh(&self) -> bool {
        matches!(self, Self::Remote { url, .. } if url.starts_with("ssh://") || !url.contains("://"))
    }

    /// The same as text: nothing for the root.
    fn below(&self) -> &str {
        self.subfolder().map_or("", TreePath::as_str)
    }

    /// Reads the template. `report` is told what is going on while that takes time.
    ///
    /// # Errors
    /// It cannot be read or fetched; the message says which and why.
    pub fn load(&self, report: &dyn Fn(&str)) -> Result<Loaded> {
        let with_commit = |found: git::Found| Loaded { tree: found.tree, commit: Some(found.commit) };
        match self {
            Self::Embedded => Ok(Loaded { tree: embedded::tree()?, commit: None }),
            Self::Folder(folder) => Ok(Loaded { tree: folder::read(folder)?, commit: None }),
            Self::Repository { folder, rev, .. } => git::open(folder, rev.as_deref(), self.below()).map(with_commit),
            Self::Remote { url, rev, .. } => git::clone(url, rev.as_deref(), self.below(), report).map(with_commit),
        }
    }
}

/// As it stands in a project's `heavy.toml`.
impl Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded => f.write_str("heavy"),
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            // As a path it would be taken as it is, and not as committed.
            Self::Repository { folder, .. } => write!(f, "file://{}", folder.display()),
            Self::Remote { url, .. } => f.write_str(&without_password(url)),
        }?;
        self.subfolder().map_or(Ok(()), |folder| write!(f, "#/{folder}"))
    }
}

/// A text that names a template, in its parts.
struct Address<'a> {
    /// A folder or a URL.
    place: &'a str,
    rev: Option<String>,
    subfolder: Option<TreePath>,
}

impl<'a> Address<'a> {
    fn parse(text: &'a str, rev: Option<&str>) -> Result<Self> {
        let whole = || Address { place: text, rev: rev.map(str::to_owned), subfolder: None };
        let Some((place, behind)) = text.rsplit_once('#') else { return Ok(whole()) };
        // `#` is a character like any other in the name of a folder.
        if Path::new(text).exists() {
            return Ok(whole());
        }
        let (own, folder) = behind.split_once('/').unwrap_or((behind, ""));
        if let (Some(rev), false) = (rev, own.is_empty()) {
            return Err(Error::usage(format!(
                "`{}` names one revision, and `--rev {rev}` another",
                text.escape_debug()
            ))
            .hint("give one of them"));
        }
        let folder = folder.trim_end_matches('/');
        let subfolder = (!folder.is_empty()).then(|| TreePath::parse(folder)).transpose().map_err(|problem| {
            Error::usage(format!("the folder `{}` {problem}", folder.escape_debug()))
                .hint("name a folder of the repository: `URL#REV/FOLDER`")
        })?;
        let own = Some(own).filter(|own| !own.is_empty());
        Ok(Address { place, rev: rev.or(own).map(str::to_owned), subfolder })
    }
}

/// `host:path` and `user@host:path`, as `scp` writes them; `C:` is a drive, `./a:b` a path.
fn is_scp_like(text: &str) -> bool {
    match text.split_once(':') {
        Some((host, path)) => {
            host.len() > 1 && !host.contains(['/', '\\']) && !path.is_empty() && !Path::new(text).exists()
        }
        None => false,
    }
}

fn existing(path: &str) -> Result<PathBuf> {
    let folder = std::path::absolute(path).map_err(|error| Error::io("find", Path::new(path), &error))?;
    if folder.is_dir() {
        return Ok(folder);
    }
    Err(Error::user(format!("there is no folder `{path}` to take a template from"))
        .hint("give a folder that exists, or a git URL such as `https://example.com/owner/template.git`"))
}

/// A URL that may be shown and stored: `https://me:secret@host` becomes `https://me@host`.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let name = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}@{host}{path}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_told_from_folders() {
        let remote = |text| matches!(Source::parse(Some(text), None), Ok(Source::Remote { .. }));
        for text in ["https://example.com/x.git", "ssh://git@example.com/x", "git@example.com:x/y.git", "host:x"] {
            assert!(remote(text), "{text}");
        }
        for text in [".", "./a:b", "C:\\template"] {
            assert!(!remote(text), "{text}");
        }
    }

    #[test]
    fn a_file_url_and_a_folder_with_a_revision_are_repositories() {
        assert!(matches!(Source::parse(Some("file:///"), None), Ok(Source::Repository { rev: None, .. })));
        assert!(matches!(Source::parse(Some("."), Some("v1")), Ok(Source::Repository { rev: Some(_), .. })));
        assert!(matches!(Source::parse(Some("."), None), Ok(Source::Folder(_))));
    }

    #[test]
    fn a_revision_and_a_folder_may_stand_behind_the_url() {
        let shown = |text: &str, rev: Option<&str>| match Source::parse(Some(text), rev) {
            Ok(source) => format!("{source} at {}", source.rev().unwrap_or("its head")),
            Err(error) => format!("{error}"),
        };
        insta::assert_snapshot!(
            [
                shown("https://example.com/x.git#v1", None),
                shown("https://example.com/x.git#v1/packs/sitemap/", None),
                shown("https://example.com/x.git#/packs", None),
                shown("https://example.com/x.git#/packs", Some("a/b")),
                shown("git@example.com:x/y#main/packs", None),
                shown("https://example.com/x#v1", Some("v2")),
                shown("https://example.com/x#v1/../../etc", None),
                shown("https://example.com/x#/packs/.git/hooks", None),
                shown("https://example.com/x#//etc", None),
            ]
            .join("\n"),
            @"
        https://example.com/x.git at v1
        https://example.com/x.git#/packs/sitemap at v1
        https://example.com/x.git#/packs at its head
        https://example.com/x.git#/packs at a/b
        git@example.com:x/y#/packs at main
        `https://example.com/x#v1` names one revision, and `--rev v2` another
        the folder `../../etc` leaves its folder with `..`
        the folder `packs/.git/hooks` reaches into `.git`
        the folder `/etc` is absolute
        "
        );
        let again = Source::parse(Some("https://example.com/x.git#/packs"), Some("v1"));
        assert_eq!(again, Source::parse(Some("https://example.com/x.git#v1/packs"), None));
    }

    #[test]
    fn a_password_is_neither_shown_nor_stored() {
        assert_eq!(without_password("https://me:s@cret@example.com/x"), "https://me@example.com/x");
        assert_eq!(without_password("https://example.com/x@y"), "https://example.com/x@y");
    }
}
