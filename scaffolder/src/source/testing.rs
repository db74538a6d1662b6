//! Templates in temporary git repositories.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::cache::Cache;
use super::folder;
use crate::answers::Value;
use crate::lockfile::Lock;
use crate::stamp::Stamp;
use crate::template::Template;

/// A folder for a template's repository and for a cache; gone when it is dropped.
pub(super) struct World {
    folder: TempDir,
}

impl World {
    /// An empty repository in `template`.
    pub(super) fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        fs::create_dir(world.path("template")).expect("a folder");
        world.git(&["init", "--quiet", "--initial-branch=main"]);
        world
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(super) fn template(&self) -> PathBuf {
        self.path("template")
    }

    pub(super) fn cache(&self) -> Cache {
        Cache::below(Some(&self.path("cache")))
    }

    /// Runs git in the template's repository, without anything of this machine's configuration.
    pub(super) fn git(&self, arguments: &[&str]) -> String {
        git(&self.template(), arguments)
    }

    /// Writes a version of the template: its number, and a file that says so.
    pub(super) fn write(&self, version: &str) {
        write_version(&self.template(), version);
    }

    /// Writes and commits a version, and returns its stamp.
    pub(super) fn commit(&self, version: &str) -> Stamp {
        self.write(version);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", version]);
        stamp_of(&self.template())
    }
}

/// Version `version` of a small template in `folder`.
pub(super) fn write_version(folder: &Path, version: &str) {
    let manifest = format!("[template]\nfmt = false\n[heavy]\nversion = '{version}'\n");
    fs::write(folder.join("cargo-generate.toml"), manifest).expect("a file");
    fs::write(folder.join("README.md"), format!("This is {version}.\n")).expect("a file");
}

pub(super) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .env_remove("GIT_DIR")
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The stamp of the template that stands in a folder.
pub(super) fn stamp_of(path: &Path) -> Stamp {
    Stamp::of(&Template::from_tree(folder::read(path).expect("files")).expect("a template"))
}

/// The `heavy.toml` of a project from this source.
pub(super) fn lock(source: &str, rev: Option<&str>, version: &str, stamp: &str) -> Lock {
    Lock {
        source: source.to_owned(),
        rev: rev.map(str::to_owned),
        version: version.to_owned(),
        stamp: stamp.to_owned(),
        answers: [("name".to_owned(), Value::Text("shop".to_owned()))].into(),
        packs: BTreeMap::new(),
        conflicts: Vec::new(),
    }
}

/// A path as a `file://` URL.
pub(super) fn url(path: &Path) -> String {
    format!("file://{}", path.display())
}
