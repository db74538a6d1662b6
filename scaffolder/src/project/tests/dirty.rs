//! What is not committed.

use std::fs;

use super::{Fixture, LOCK, paths};
use crate::project::Project;

#[test]
fn what_is_not_committed_is_what_is_tracked_and_differs_or_is_touched_and_untracked() {
    let fixture = Fixture::git();
    for at in ["same", "edited", "staged", "deleted", "put-back"] {
        fixture.write(at, "old\n");
    }
    fixture.write(".gitignore", ".env\n");
    fixture.write("elsewhere/x", "");
    fixture.commit();
    fixture.write("edited", "new, and longer\n");
    for at in ["staged", "put-back"] {
        fixture.write(at, "new, and longer\n");
        fixture.run(&["add", at]);
    }
    fixture.write("put-back", "old\n");
    fs::remove_file(fixture.root.join("deleted")).expect("it exists");
    fixture.write(".env", "SECRET");
    fixture.write("untracked", "");
    fixture.write("not-touched", "");
    let touched = paths(&["same", ".env", "untracked", "absent"]);
    let found = fixture.project().uncommitted(&touched).expect("readable");
    assert_eq!(found.changed.into_iter().collect::<Vec<_>>(), paths(&["deleted", "edited", "put-back", "staged"]));
    assert_eq!(found.untracked.into_iter().collect::<Vec<_>>(), paths(&["untracked"]));
    assert_eq!(found.ignored.into_iter().collect::<Vec<_>>(), paths(&[".env"]));
}

#[test]
fn only_the_project_s_own_folder_has_to_be_clean() {
    let fixture = Fixture::git();
    fixture.write("services/app/heavy.toml", LOCK);
    fixture.write("services/apple", "");
    fixture.commit();
    fixture.write("services/apple", "edited");
    let inner = || Project::discover(&fixture.root.join("services/app")).expect("a project");
    assert!(inner().uncommitted([]).expect("readable").is_clean());
    fixture.write("services/app/heavy.toml", "");
    assert_eq!(
        inner().uncommitted([]).expect("readable").changed.into_iter().collect::<Vec<_>>(),
        paths(&["heavy.toml"])
    );
}

#[test]
fn line_endings_that_git_converts_are_no_change() {
    let fixture = Fixture::git();
    fixture.run(&["config", "core.autocrlf", "true"]);
    fixture.write("x", "a\r\n");
    fixture.commit();
    fs::remove_file(fixture.root.join("x")).expect("it exists");
    fixture.write("x", "a\r\n");
    assert!(fixture.project().uncommitted([]).expect("readable").is_clean());
}
