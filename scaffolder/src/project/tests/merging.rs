//! Merge drivers, and what git's index is told of conflicts.

use super::{Fixture, path, shown};
use crate::merge::{Conflict, ConflictKind, Driver, Labels};
use crate::project::index;
use crate::tree::File;

fn labels() -> Labels {
    Labels::new("yours", "template 2")
}

fn merged(fixture: &Fixture, at: &str) -> (Option<Result<String, String>>, Vec<String>) {
    let project = fixture.project();
    let driver = project.merge_driver().expect("attributes");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let result = driver.merge(&path(at), Some(b"base\n"), b"ours\n", b"theirs\n", &labels());
    (result.map(|result| result.map(text).map_err(text)), driver.notes())
}

#[test]
fn a_merge_driver_gets_the_three_versions_the_path_and_the_labels() {
    let fixture = Fixture::git();
    let command = "{ cat %O %B; printf '%s\\n' %L %P %S %X %Y; } >> %A; case %P in *clean) ;; *) exit 3;; esac";
    fixture.run(&["config", "merge.mine.driver", command]);
    fixture.write(".gitattributes", "* merge=mine conflict-marker-size=9\n");
    let text = |at: &str| format!("ours\nbase\ntheirs\n9\n{at}\nbase\nyours\ntemplate 2\n");
    assert_eq!(merged(&fixture, "it's clean"), (Some(Ok(text("it's clean"))), Vec::new()));
    assert_eq!(merged(&fixture, "a b"), (Some(Err(text("a b"))), Vec::new()));
}

#[test]
fn a_merge_driver_that_cannot_run_is_passed_over_and_named() {
    let fixture = Fixture::git();
    fixture.write(".gitattributes", "* merge=mine\n");
    for command in ["no-such-program %A", "kill -9 $$; true"] {
        fixture.run(&["config", "merge.mine.driver", command]);
        let (result, notes) = merged(&fixture, "x");
        assert_eq!(result, None);
        assert!(notes[0].starts_with("the merge driver `mine` was not used for `x`: "), "{notes:?}");
    }
}

#[test]
fn git_s_own_drivers_are_known() {
    let fixture = Fixture::git();
    fixture.write(".gitattributes", "union merge=union\nbinary merge=binary\nunset -merge\nset merge\nodd merge=odd\n");
    assert_eq!(merged(&fixture, "union").0, Some(Ok("ours\ntheirs\n".to_owned())));
    for at in ["binary", "unset"] {
        assert_eq!(merged(&fixture, at).0, Some(Err("ours\n".to_owned())), "{at}");
    }
    for at in ["set", "odd", "other"] {
        assert_eq!(merged(&fixture, at).0, None, "{at}");
    }
    assert_eq!(merged(&Fixture::plain(), "union").0, None);
}

fn conflict(at: &str, kind: ConflictKind) -> Conflict {
    let side = |text: &str| Some(File::new(text));
    Conflict { path: path(at), kind, base: side("a\n"), ours: side("b\r\n"), theirs: side("c\n"), side_file: None }
}

#[test]
fn the_versions_of_a_conflict_are_what_git_would_have_stored() {
    let fixture = Fixture::git();
    fixture.run(&["config", "core.autocrlf", "true"]);
    let project = fixture.project();
    let conflicts = [conflict("x", ConflictKind::Content)];
    let stages = project.stages(&conflicts).expect("written");
    let changes: Vec<_> = stages.iter().map(|(path, entries)| (*path, entries.as_slice())).collect();
    index::IndexFile::of(project.git().expect("git")).replace(&changes).expect("written");
    assert_eq!(fixture.run(&["show", ":1:x", ":2:x", ":3:x"]), "a\nb\nc\n");
    assert_eq!(fixture.run(&["status", "--porcelain", "x"]), "UU x\n");
}

#[test]
fn git_learns_nothing_of_ignored_files_and_of_what_it_cannot_show() {
    let fixture = Fixture::git();
    fixture.write(".gitignore", ".env\n");
    let project = fixture.project();
    let conflicts = [conflict(".env", ConflictKind::BothAdded), conflict("blocked", ConflictKind::Blocked)];
    assert!(project.stages(&conflicts).expect("written").is_empty());
}

#[test]
fn an_index_in_use_is_named() {
    let fixture = Fixture::git();
    fixture.write(".git/index.lock", "");
    let project = fixture.project();
    let error = index::IndexFile::of(project.git().expect("git")).replace(&[]).expect_err("refused");
    insta::assert_snapshot!(shown(&fixture, &error), @"
    git's index is in use by another program
    hint: wait for it to end, and run the command again; if there is none, delete the file
    ");
    assert_eq!(error.causes, [format!("`{}` exists", fixture.root.join(".git/index.lock").display())]);
}
