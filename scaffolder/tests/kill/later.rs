//! What comes after a move: conflicts resolved or given up, moves undone, other branches, other places.

use std::fs;

use heavy_stack::plan::moves::{CommitResult, Moves, Status, Unresolved};
use heavy_stack::project::Project;
use heavy_stack::transition::{Change, Move};
use heavy_stack::tree::{File, Tree};

use crate::fixture::{Fixture, LOCK, MARKED, concluded, file, header, index, moved_lock, path, the_move};
use crate::interference::{Deed, Interference};

#[test]
fn conflicts_are_shown_by_git_and_concluded_when_they_are_resolved() {
    let fixture = Fixture::new().apply();
    let status = fixture.git(&["status", "--porcelain", "src/routes.rs", "logo.png", "kept.txt"]);
    assert_eq!(status, "UD app/kept.txt\nUU app/logo.png\nUU app/src/routes.rs\n");
    assert!(matches!(fixture.status(), Status::Conflicts(_)));
    let project = Project::at(&fixture.root).expect("a project");
    let moves = Moves::of(&project);
    assert_eq!(
        moves.apply(&the_move(), &header("sync")).expect_err("refused").to_string(),
        "`heavy sync` left conflicts that are still open"
    );
    assert_eq!(
        moves.commit(&|| Ok(Tree::new())).expect("readable"),
        CommitResult::Open(vec![
            Unresolved::Marker(path("src/routes.rs"), 2),
            Unresolved::Marker(path("src/routes.rs"), 6),
            Unresolved::SideFile { path: path("logo.png"), side_file: path("logo.png.template") },
            Unresolved::Unmerged(path("kept.txt")),
            Unresolved::Unmerged(path("logo.png")),
            Unresolved::Unmerged(path("src/routes.rs")),
        ])
    );
    fixture.commit();
    assert_eq!(fs::read_to_string(fixture.root.join("heavy.toml")).expect("text"), LOCK.replace("\"1\"", "\"2\""));
    assert!(matches!(fixture.status(), Status::Done(_)));
}

#[test]
fn a_clone_knows_of_open_conflicts_and_can_conclude_them() {
    let before = Fixture::new();
    before.put("heavy.toml", &File::new(moved_lock()));
    before.put("src/routes.rs", &File::new(MARKED));
    assert_eq!(
        before.status(),
        Status::ConflictsElsewhere(vec![path("src/routes.rs"), path("logo.png"), path("kept.txt")])
    );
    let project = Project::at(&before.root).expect("a project");
    let open = Moves::of(&project).commit(&|| Ok(Tree::new())).expect("readable");
    let lines = [2, 6].map(|line| Unresolved::Marker(path("src/routes.rs"), line));
    assert_eq!(open, CommitResult::Open(lines.to_vec()));
    before.put("src/routes.rs", &File::new("a\n"));
    assert!(matches!(Moves::of(&project).commit(&|| Ok(Tree::new())).expect("readable"), CommitResult::Done(_)));
    assert_eq!(before.status(), Status::Nothing);
}

#[test]
fn a_move_that_was_thrown_away_with_git_is_no_longer_open() {
    let before = Fixture::new();
    let fixture = before.apply();
    fixture.git(&["reset", "--quiet", "--hard"]);
    fixture.git(&["clean", "--quiet", "--force", "-d"]);
    assert_eq!(fixture.status(), Status::Nothing);
    Deed::Apply.run(&fixture.root, &Interference::none()).expect("applied again");
}

#[test]
fn an_abort_keeps_aside_what_was_edited_since() {
    let before = Fixture::new();
    let fixture = before.apply();
    fixture.put("src/routes.rs", &File::new("half resolved\n"));
    let outcome = Deed::Abort.run(&fixture.root, &Interference::none()).expect("put back");
    assert_eq!(fixture.state(), before.state());
    let (at, kept) = &outcome.replaced[0];
    assert_eq!((at, fs::read_to_string(kept).expect("text").as_str()), (&path("src/routes.rs"), "half resolved\n"));
}

#[test]
fn what_cargo_made_of_the_lock_file_is_put_back_too() {
    let before = Fixture::new();
    let fixture = before.apply();
    fixture.put("Cargo.lock", &File::new("by cargo\n"));
    Moves::of(&Project::at(&fixture.root).expect("a project")).amend(&[path("Cargo.lock")]).expect("noted");
    let aborted = fixture.copy();
    let outcome = Deed::Abort.run(&aborted.root, &Interference::none()).expect("put back");
    assert_eq!((outcome.replaced, aborted.state()), (Vec::new(), before.state()));
    fixture.commit();
    Deed::Undo.run(&fixture.root, &Interference::none()).expect("undone");
    assert_eq!(fixture.state()["Cargo.lock"], "644 locked\n");
}

#[test]
fn moves_are_undone_one_after_the_other() {
    let fixture = Fixture::new();
    let mut states = vec![fixture.state()];
    let text = |version: usize| LOCK.replace("\"1\"", &format!("\"{version}\""));
    for version in 1..13 {
        let change = |at: &str, before: Option<File>, after: Option<File>| Change { path: path(at), before, after };
        let moved = Move {
            changes: vec![
                change("heavy.toml", file(&text(version)), file(&text(version + 1))),
                change(&format!("added/{version}"), None, file("x")),
            ],
            ..Move::default()
        };
        let project = Project::at(&fixture.root).expect("a project");
        Moves::of(&project).apply(&moved, &header("add-feature")).expect("applied");
        states.push(fixture.state());
    }
    // Ten are remembered.
    for state in states[2..12].iter().rev() {
        Deed::Undo.run(&fixture.root, &Interference::none()).expect("undone");
        assert_eq!(&fixture.state(), state);
    }
    let error = Deed::Undo.run(&fixture.root, &Interference::none()).expect_err("refused");
    assert_eq!(error.to_string(), "there is no move to undo");
}

#[test]
fn on_another_branch_a_move_cannot_be_undone_and_is_not_forgotten() {
    let (done, undone) = concluded(&Fixture::new());
    let moved = fs::read(done.root.join("heavy.toml")).expect("a file");
    done.put("heavy.toml", &File::new(LOCK));
    let error = Deed::Undo.run(&done.root, &Interference::none()).expect_err("refused");
    assert_eq!(error.to_string(), "there is no move to undo: `heavy.toml` has changed since the last one");
    done.put("heavy.toml", &File::new(moved));
    Deed::Undo.run(&done.root, &Interference::none()).expect("undone");
    assert_eq!(done.state(), undone.state());
}

#[test]
fn without_a_repository_the_state_is_in_the_project_and_stays_there() {
    let fixture = Fixture::new();
    fs::remove_dir_all(fixture.root.join("../.git")).expect("it exists");
    fs::write(fixture.root.join("../.git"), "").expect("a file");
    fs::remove_file(fixture.root.join("../.git")).expect("a file");
    let project = || Project::at(&fixture.root).expect("a project");
    assert!(project().git().is_none());
    Moves::of(&project()).apply(&the_move(), &header("sync")).expect("applied");
    assert_eq!(fs::read_to_string(fixture.root.join(".heavy/.gitignore")).expect("text"), "*\n");
    fixture.git(&["init", "--quiet"]);
    assert!(matches!(fixture.status(), Status::Conflicts(_)));
    Moves::of(&project()).abort().expect("put back");
    assert_eq!(fs::read_to_string(fixture.root.join("src/main.rs")).expect("text"), "fn main() {}\n");
    assert!(!fixture.root.join("new").exists());
}

#[test]
fn a_repository_that_the_environment_names_with_its_work_tree_is_the_one() {
    let before = Fixture::new();
    let (top, elsewhere) = (before.root.join(".."), before.root.join("../../elsewhere"));
    fs::rename(top.join(".git"), &elsewhere).expect("a folder");
    assert!(Project::at(&before.root).expect("a project").git().is_none());
    let fixture = elsewhere.join("index");
    // Without the work tree it may be that of a hook, and about something else: tests/moves has these.
    for (deed, shows_conflicts) in [(Deed::Apply, true), (Deed::Abort, false)] {
        let mut command = deed.in_a_process(&before.root, "9999 Before Abort");
        command.current_dir(&top).env("GIT_DIR", &elsewhere).env("GIT_WORK_TREE", &top);
        assert!(command.status().expect("it starts").success());
        assert_eq!(index(&fixture).contains(" 3 app/src/routes.rs\n"), shows_conflicts);
        assert_eq!(elsewhere.join("heavy/in-app/moves/1").is_dir(), shows_conflicts);
    }
}
