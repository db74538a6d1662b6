//! Disturbed in its course: by a full disk, a Ctrl-C, another `heavy`, somebody who edits.

use std::fs;
use std::sync::Mutex;

use heavy_stack::plan::moves::{Moves, Status};
use heavy_stack::project::Project;
use heavy_stack::tree::File;

use crate::fixture::{Fixture, concluded, path};
use crate::interference::{Deed, Interference, Means, Meanwhile, Moment, steps_of};

#[test]
fn a_step_that_fails_leaves_everything_as_it_was() {
    let before = Fixture::new();
    let after = before.apply();
    let (done, _) = concluded(&before);
    for (deed, from) in [(Deed::Apply, &before), (Deed::Abort, &after), (Deed::Undo, &done)] {
        let state = from.state();
        for step in 0.. {
            let victim = from.copy();
            let watch = Interference::at(step, Moment::Before, Means::Fail);
            match deed.run(&victim.root, &watch) {
                Ok(_) => {
                    assert!(step + 1 >= steps_of(deed, from), "{deed:?}: only what is swept later may fail unseen");
                    break;
                }
                Err(error) => {
                    assert_eq!(victim.state(), state, "{deed:?} {step}");
                    assert_eq!(victim.status(), from.status(), "{deed:?} {step}");
                    assert!(error.hints.iter().all(|hint| !hint.contains("heavy sync")), "{error:?}");
                }
            }
        }
    }
}

#[test]
fn a_ctrl_c_takes_back_what_was_done() {
    let before = Fixture::new();
    let (done, _) = concluded(&before);
    for (deed, from) in [(Deed::Apply, &before), (Deed::Undo, &done)] {
        let steps = steps_of(deed, from);
        for step in [5, steps / 2, steps - 6] {
            let victim = from.copy();
            let status =
                deed.in_a_process(&victim.root, &format!("{step} After Interrupt")).status().expect("it starts");
            assert_eq!(status.code(), Some(130), "{deed:?} {step}");
            assert_eq!(victim.state(), from.state(), "{deed:?} {step}");
            assert_eq!(victim.status(), from.status(), "{deed:?} {step}");
        }
    }
}

#[test]
fn of_two_at_once_the_second_is_refused() {
    let fixture = Fixture::new();
    let second = Mutex::new(Vec::new());
    let act = || {
        let moves = Moves::of(&Project::at(&fixture.root).expect("a project")).status().map(drop);
        let applied = Deed::Apply.run(&fixture.root, &Interference::none()).map(drop);
        *second.lock().expect("nobody panics") = [moves, applied].map(|refused| refused.expect_err("refused")).to_vec();
    };
    Deed::Apply.run(&fixture.root, &Meanwhile { steps: Mutex::default(), at: 9, act: &act }).expect("applied");
    for error in second.into_inner().expect("nobody panics") {
        assert_eq!(error.to_string(), "another `heavy` is at work in this project");
    }
}

#[test]
fn a_file_that_is_edited_between_plan_and_apply_is_refused_before_anything_is_written() {
    let text = |fixture: &Fixture| fixture.put("src/main.rs", &File::new("fn main() { mine() }\n"));
    let mode = |fixture: &Fixture| fixture.mode("src/main.rs", 0o755);
    let taken = |fixture: &Fixture| fixture.put("new/a/b.txt", &File::new("mine\n"));
    let gone = |fixture: &Fixture| fs::remove_file(fixture.root.join("src/main.rs")).expect("it exists");
    let link = |fixture: &Fixture| {
        fs::rename(fixture.root.join("src"), fixture.root.join("real")).expect("a folder");
        std::os::unix::fs::symlink("real", fixture.root.join("src")).expect("a link");
    };
    let edits: [&dyn Fn(&Fixture); 5] = [&text, &mode, &taken, &gone, &link];
    for (edit, at) in edits.into_iter().zip(["src/main.rs", "src/main.rs", "new/a/b.txt", "src/main.rs", "src/main.rs"])
    {
        let fixture = Fixture::new();
        edit(&fixture);
        let state = fixture.state();
        let error = Deed::Apply.run(&fixture.root, &Interference::none()).expect_err("refused");
        assert_eq!(error.to_string(), format!("`{at}` was changed while the move was being planned"));
        assert_eq!(fixture.state(), state);
        assert_eq!(fixture.status(), Status::Nothing);
    }
}

#[test]
fn a_file_that_is_edited_while_the_move_is_applied_keeps_the_edit_and_the_move_is_taken_back() {
    let fixture = Fixture::new();
    let mut state = fixture.state();
    let act = || fixture.put("src/main.rs", &File::new("fn main() { mine() }\n"));
    let watch = Meanwhile { steps: Mutex::default(), at: 9, act: &act };
    Deed::Apply.run(&fixture.root, &watch).expect_err("refused");
    state.insert("src/main.rs".to_owned(), "644 fn main() { mine() }\n".to_owned());
    assert_eq!(fixture.state(), state);
    assert_eq!(fixture.status(), Status::Nothing);
}

#[test]
fn a_folder_that_may_not_be_written_to_leaves_everything_as_it_was() {
    let fixture = Fixture::new();
    fixture.mode("src", 0o555);
    // Root may write anywhere.
    let root_user = fs::write(fixture.root.join("src/probe"), "").is_ok();
    if root_user {
        fs::remove_file(fixture.root.join("src/probe")).expect("it was just written");
    } else {
        let state = fixture.state();
        let error = Deed::Apply.run(&fixture.root, &Interference::none()).expect_err("refused");
        assert!(error.to_string().starts_with("cannot write `"), "{error}");
        assert_eq!(fixture.state(), state);
    }
    fixture.mode("src", 0o755);
}

#[test]
fn a_file_that_may_only_be_read_is_replaced_and_stays_so() {
    let fixture = Fixture::new();
    fixture.mode("src/main.rs", 0o444);
    let state = fixture.state();
    Deed::Apply.run(&fixture.root, &Interference::none()).expect("applied");
    assert_eq!(fixture.state()["src/main.rs"], "444 fn main() { new() }\n");
    Deed::Abort.run(&fixture.root, &Interference::none()).expect("put back");
    assert_eq!(fixture.state(), state);
}

#[test]
fn a_recovery_leaves_and_names_what_was_edited_since_the_kill() {
    let before = Fixture::new();
    let victim = before.copy();
    Deed::Apply.killed(&victim.root, steps_of(Deed::Apply, &before) - 3, Moment::Before);
    victim.put("run.sh", &File { bytes: b"mine\n".to_vec(), executable: true });
    for (deed, kept) in [(Deed::Finish, "new\n"), (Deed::RollBack, "old\n")] {
        let survivor = victim.copy();
        let outcome = deed.run(&survivor.root, &Interference::none()).expect("recovered");
        assert_eq!(outcome.skipped.len(), 1, "{outcome:?}");
        assert_eq!(outcome.skipped[0].path, path("run.sh"));
        assert_eq!(fs::read_to_string(outcome.skipped[0].kept.as_ref().expect("kept")).expect("text"), kept);
        assert_eq!(fs::read_to_string(survivor.root.join("run.sh")).expect("text"), "mine\n");
    }
}
