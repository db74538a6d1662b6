//! Which files of a project are read.

use std::fs;

use super::super::Project;
use super::super::files::Reach;
use super::{Fixture, path};
use crate::snapshot::Obstacle;
use crate::tree::tests::tree;
use crate::tree::{File, Tree};

#[test]
fn the_template_s_paths_are_read_even_if_git_ignores_them() {
    let fixture = Fixture::git();
    for (at, text) in [(".gitignore", ".env\n"), (".env", "SECRET"), ("src/mine.rs", ""), ("a", "a")] {
        fixture.write(at, text);
    }
    let template = tree(&[("a", ""), (".env", "")]);
    assert_eq!(fixture.files(&template, &template, Reach::AsNeeded), [".env", "a"]);
}

#[test]
fn the_users_own_files_are_read_where_something_may_have_moved() {
    let fixture = Fixture::git();
    for (at, text) in [(".gitignore", "/ignored\n"), ("ignored", ""), ("moved", "x"), ("a", "a"), (".hidden/b", "b")] {
        fixture.write(at, text);
    }
    fixture.write("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
    fixture.write("target/debug/x", "");
    fixture.write("large", &"x".repeat((4 << 20) + 1));
    fixture.write("clone/.git/HEAD", "");
    fixture.write("clone/x", "");
    fixture.write(".heavy/moves/1/record.json", "");
    let all = [".gitignore", ".hidden/b", "a", "moved"];
    let (one, two) = (tree(&[("a", "")]), tree(&[("a", ""), ("old", "x")]));
    assert_eq!(fixture.files(&one, &one, Reach::AsNeeded), ["a"]);
    assert_eq!(fixture.files(&one, &two, Reach::AsNeeded), ["a"]);
    // The user has not what base has: it was deleted, or moved.
    assert_eq!(fixture.files(&two, &two, Reach::AsNeeded), all);
    // The template has no longer what base has.
    assert_eq!(fixture.files(&one, &Tree::new(), Reach::AsNeeded), all);
    assert_eq!(fixture.files(&one, &one, Reach::Everything), all);
}

#[test]
fn without_a_repository_ignore_files_count_as_well() {
    let fixture = Fixture::plain();
    for (at, text) in [(".gitignore", "/ignored\n"), ("ignored", ""), ("mine", "")] {
        fixture.write(at, text);
    }
    assert_eq!(fixture.files(&Tree::new(), &Tree::new(), Reach::Everything), [".gitignore", "mine"]);
}

#[test]
fn a_repository_that_ignores_the_whole_project_is_not_the_project_s_unless_it_follows_a_file_of_it() {
    let home = Fixture::git();
    home.write(".gitignore", "*\n");
    home.write("app/heavy.toml", super::LOCK);
    home.write("app/mine", "");
    let project = || Project::discover(&home.root.join("app")).expect("a project");
    assert!(project().git().is_none());
    let snapshot = project().snapshot(&Tree::new(), &Tree::new(), Reach::Everything).expect("a snapshot");
    assert!(snapshot.files.contains_key(&path("mine")));
    home.run(&["add", "--force", "app/mine"]);
    assert!(project().git().is_some());
}

#[test]
fn what_was_added_by_force_is_not_ignored() {
    let fixture = Fixture::git();
    fixture.write(".gitignore", "*.log\n");
    fixture.write("kept.log", "");
    fixture.write("other.log", "");
    fixture.run(&["add", "--force", "kept.log"]);
    assert_eq!(fixture.files(&Tree::new(), &Tree::new(), Reach::Everything), [".gitignore", "kept.log"]);
}

#[test]
fn numbered_files_beside_new_ones_are_seen() {
    let fixture = Fixture::plain();
    fixture.write("migrations/0002_mine.sql", "");
    fixture.write("migrations/notes.txt", "");
    let (base, theirs) = (Tree::new(), tree(&[("migrations/0002_theirs.sql", "")]));
    assert_eq!(fixture.files(&base, &theirs, Reach::AsNeeded), ["migrations/0002_mine.sql"]);
}

#[cfg(unix)]
#[test]
fn links_are_never_followed_and_what_is_below_them_is_not_seen() {
    let fixture = Fixture::plain();
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("x"), "outside").expect("a file");
    std::os::unix::fs::symlink(outside.path(), fixture.root.join("docs")).expect("a link");
    std::os::unix::fs::symlink(outside.path().join("x"), fixture.root.join("link")).expect("a link");
    fixture.write(".gitignore", "*.log");
    fixture.write("folder/mine.log", "");
    fixture.write("known/mine", "");
    fs::create_dir_all(fixture.root.join("hollow/empty")).expect("a folder");
    fixture.write("clone/.git/HEAD", "");
    fixture.write("file", "mine");
    let template = tree(&[
        ("docs/x", ""),
        ("link", ""),
        ("folder", ""),
        ("known", ""),
        ("hollow", ""),
        ("clone/x", ""),
        ("file/x", ""),
    ]);
    let snapshot = fixture.project().snapshot(&Tree::new(), &template, Reach::AsNeeded).expect("a snapshot");
    let obstacles: Vec<_> = snapshot.obstacles.iter().map(|(path, what)| (path.as_str(), *what)).collect();
    assert_eq!(
        obstacles,
        [
            ("clone", Obstacle::Repository),
            ("docs", Obstacle::Link),
            ("folder", Obstacle::Folder),
            ("hollow", Obstacle::Folder),
            ("link", Obstacle::Link)
        ]
    );
    // A file in the place of a folder is a file, and a folder that is known whole can be merged.
    for at in ["file", "known/mine"] {
        assert!(snapshot.files.contains_key(&path(at)), "{at}");
    }
}

#[cfg(unix)]
#[test]
fn without_file_modes_the_index_says_what_is_executable_and_then_base() {
    let fixture = Fixture::git();
    fixture.write("run", "");
    fixture.write("new", "");
    fixture.run(&["add", "run"]);
    fixture.run(&["update-index", "--chmod=+x", "run"]);
    fixture.run(&["config", "core.fileMode", "false"]);
    let template =
        Tree::from([(path("run"), File::new("")), (path("new"), File { bytes: Vec::new(), executable: true })]);
    let snapshot = fixture.project().snapshot(&template, &template, Reach::AsNeeded).expect("a snapshot");
    assert!(snapshot.files.values().all(|file| file.executable));
}
