use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::files::Reach;
use super::*;
use crate::tree::{Tree, TreePath};

mod dirty;
mod merging;
mod reading;

const LOCK: &str = "[template]\nsource = \"heavy\"\nversion = \"1\"\nstamp = \"\"\n\n[answers]\nname = \"app\"\n";

/// A folder with a project in it.
struct Fixture {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Fixture {
    /// Without a repository.
    fn plain() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let fixture = Self { root: folder.path().canonicalize().expect("a folder"), _folder: folder };
        fixture.write("heavy.toml", LOCK);
        fixture
    }

    /// At the top of a repository that has no commit yet.
    fn git() -> Self {
        let fixture = Self::plain();
        fixture.run(&["init", "--quiet", "--initial-branch=main"]);
        for (key, value) in [("user.name", "T"), ("user.email", "t@localhost"), ("commit.gpgsign", "false")] {
            fixture.run(&["config", key, value]);
        }
        fixture
    }

    fn write(&self, at: &str, text: &str) {
        let on_disk = self.root.join(at);
        fs::create_dir_all(on_disk.parent().expect("a folder")).expect("a folder");
        fs::write(on_disk, text).expect("a file");
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("GIT_CONFIG_NOSYSTEM", "1");
        let output = command.env("HOME", &self.root).current_dir(&self.root).args(arguments).output().expect("git");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    fn commit(&self) {
        self.run(&["add", "--all"]);
        self.run(&["commit", "--quiet", "--message=x"]);
    }

    fn project(&self) -> Project {
        Project::discover(&self.root).expect("a project")
    }

    fn files(&self, base: &Tree, theirs: &Tree, reach: Reach) -> Vec<String> {
        let snapshot = self.project().snapshot(base, theirs, reach).expect("a snapshot");
        snapshot.files.keys().map(|path| path.as_str().to_owned()).filter(|path| path != "heavy.toml").collect()
    }
}

fn path(text: &str) -> TreePath {
    TreePath::parse(text).expect("a good path")
}

fn paths(texts: &[&str]) -> Vec<TreePath> {
    texts.iter().map(|text| path(text)).collect()
}

fn shown(fixture: &Fixture, error: &Error) -> String {
    let hints = error.hints.iter().map(|hint| format!("\nhint: {hint}"));
    format!("{error}{}", hints.collect::<String>()).replace(&*fixture.root.to_string_lossy(), "$ROOT")
}

#[test]
fn a_project_is_found_from_any_folder_in_it() {
    let fixture = Fixture::plain();
    fixture.write("src/deep/x.rs", "");
    assert_eq!(Project::discover(&fixture.root.join("src/deep")).expect("a project").root(), fixture.root);
}

#[test]
fn where_there_is_no_project_the_way_to_one_is_named() {
    let fixture = Fixture::plain();
    fs::remove_file(fixture.root.join("heavy.toml")).expect("it exists");
    insta::assert_snapshot!(shown(&fixture, &Project::discover(&fixture.root).expect_err("none")), @"
    there is no `heavy.toml` in `$ROOT` or in a folder above it
    hint: go into a project, or take one over with `heavy adopt`
    ");
}

#[test]
fn a_damaged_lock_file_is_refused_only_when_it_is_read() {
    let fixture = Fixture::git();
    fixture.write("heavy.toml", "<<<<<<< HEAD\n");
    assert!(fixture.project().lock().is_err());
    fs::remove_file(fixture.root.join("heavy.toml")).expect("it exists");
    let project = Project::at(&fixture.root).expect("a folder");
    insta::assert_snapshot!(shown(&fixture, &project.lock().expect_err("none")), @"
    `$ROOT` has no `heavy.toml`
    hint: take the project over with `heavy adopt`, or put the file back: take it from the last commit with `git checkout HEAD -- heavy.toml`
    ");
}

#[test]
fn a_project_knows_where_it_stands_in_its_work_tree() {
    let fixture = Fixture::git();
    assert_eq!(fixture.project().git().expect("git").prefix(), "");
    fixture.write("services/app/heavy.toml", LOCK);
    let inner = Project::discover(&fixture.root.join("services/app")).expect("a project");
    let git = inner.git().expect("git");
    assert_eq!(git.prefix(), "services/app/");
    assert_eq!(git.in_work_tree(&path("src/x")), "services/app/src/x");
    assert_eq!(git.in_project("services/app/src/x".into()), Some(path("src/x")));
    assert_eq!(git.in_project("services/apple/x".into()), None);
}

#[test]
fn a_linked_work_tree_has_a_git_folder_of_its_own() {
    let fixture = Fixture::git();
    fixture.commit();
    fixture.run(&["worktree", "add", "--quiet", "linked"]);
    let linked = Project::discover(&fixture.root.join("linked")).expect("a project");
    let git_dir = |project: &Project| project.git().expect("git").repository().git_dir().to_owned();
    assert_eq!(linked.git().expect("git").prefix(), "");
    assert_ne!(git_dir(&linked), git_dir(&fixture.project()));
}

#[test]
fn a_bare_repository_and_a_git_folder_are_none() {
    let fixture = Fixture::plain();
    fixture.run(&["init", "--quiet", "--bare", "."]);
    assert!(fixture.project().git().is_none());
}

#[test]
fn a_merge_in_progress_and_unmerged_paths_are_refused() {
    let fixture = Fixture::git();
    fixture.write("x", "a\n");
    fixture.commit();
    fixture.run(&["switch", "--quiet", "--create", "side"]);
    fixture.write("x", "b\n");
    fixture.commit();
    fixture.run(&["switch", "--quiet", "main"]);
    fixture.write("x", "c\n");
    fixture.commit();
    assert!(fixture.project().check_nothing_in_progress().is_ok());
    fixture.run(&["merge", "side"]);
    let error = fixture.project().check_nothing_in_progress().expect_err("refused");
    insta::assert_snapshot!(shown(&fixture, &error), @"
    the repository is in the middle of `git merge`
    hint: finish or abort that first; `git status` says how
    ");
    // As after `git stash pop`: nothing is in progress, and a path is unmerged.
    fs::remove_file(fixture.root.join(".git/MERGE_HEAD")).expect("it exists");
    let error = fixture.project().check_nothing_in_progress().expect_err("refused");
    insta::assert_snapshot!(shown(&fixture, &error), @"
    git has `x` as unmerged
    hint: resolve it and `git add` it first; `git status` lists all
    ");
}
