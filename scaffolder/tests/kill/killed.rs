//! Killed at any step.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use heavy_stack::plan::moves::Status;

use crate::fixture::{Fixture, concluded, half_resolved};
use crate::full::is_full_run;
use crate::interference::{Deed, Interference, Means, Moment, steps_of};

/// Kills `deed`, which leads from one state to another, just before and just after each of its steps; `exit` then leads
/// to one of them, exactly, and does so too if it is killed itself.
fn is_exact_wherever_it_is_killed(deed: Deed, (from, to): (&Fixture, &Fixture), exit: Deed, end: &Fixture) {
    let end = end.state();
    let mut interrupted = 0;
    let every = if is_full_run("kills at every step of a move, instead of every seventh") { 1 } else { 7 };
    for step in (0..steps_of(deed, from)).step_by(every) {
        for moment in [Moment::Before, Moment::After] {
            let victim = from.copy();
            deed.killed(&victim.root, step, moment);
            if !matches!(victim.status(), Status::Interrupted(..)) {
                // Before it was noted down, or after it was closed.
                let state = victim.state();
                assert!(state == from.state() || state == to.state(), "{deed:?}, {step} {moment:?}");
                continue;
            }
            interrupted += 1;
            let survivor = victim.copy();
            let outcome = exit.run(&survivor.root, &Interference::none()).expect("recovered");
            assert_eq!(outcome.skipped, [], "{deed:?}, {step} {moment:?}, {exit:?}");
            assert_eq!(survivor.state(), end, "{deed:?}, {step} {moment:?}, {exit:?}");
            assert!(!matches!(survivor.status(), Status::Interrupted(..)));
            match moment {
                // Of this, a sample: it takes hundreds of projects.
                Moment::Before if step % 16 == 9 => recovers_wherever_the_recovery_is_killed(&victim, exit, &end),
                Moment::Before => recovers_in_many_attempts(&victim, exit, &end),
                Moment::After => {}
            }
        }
    }
    assert!(interrupted > 20 / every, "{interrupted}");
}

/// The recovery is killed before each of its steps, and the next one is exact.
fn recovers_wherever_the_recovery_is_killed(victim: &Fixture, exit: Deed, end: &BTreeMap<String, String>) {
    for step in 0.. {
        let survivor = victim.copy();
        let killed = panics_at(step, &survivor, exit);
        if matches!(survivor.status(), Status::Interrupted(..)) {
            exit.run(&survivor.root, &Interference::none()).expect("recovered");
        }
        assert_eq!(&survivor.state(), end, "{exit:?}, killed at {step}");
        if !killed {
            return;
        }
    }
}

/// Recoveries that are killed again and again, each a few steps further on, come to the same end.
fn recovers_in_many_attempts(victim: &Fixture, exit: Deed, end: &BTreeMap<String, String>) {
    let mut attempt = 0;
    while matches!(victim.status(), Status::Interrupted(..)) {
        attempt += 1;
        // A file takes up to three steps: what was left beside it is deleted, it is written there, and renamed.
        panics_at(1 + attempt % 4, victim, exit);
    }
    assert_eq!(&victim.state(), end, "{exit:?}, {attempt} attempts");
}

fn panics_at(step: usize, fixture: &Fixture, deed: Deed) -> bool {
    let watch = Interference::at(step, Moment::Before, Means::Panic);
    catch_unwind(AssertUnwindSafe(|| deed.run(&fixture.root, &watch))).is_err()
}

#[test]
fn a_move_that_is_killed_at_any_step_is_finished_exactly() {
    let before = Fixture::new();
    let after = before.apply();
    is_exact_wherever_it_is_killed(Deed::Apply, (&before, &after), Deed::Finish, &after);
}

#[test]
fn a_move_that_is_killed_at_any_step_is_rolled_back_exactly() {
    let before = Fixture::new();
    let after = before.apply();
    is_exact_wherever_it_is_killed(Deed::Apply, (&before, &after), Deed::RollBack, &before);
}

#[test]
fn an_abort_that_is_killed_at_any_step_is_finished_exactly() {
    let before = Fixture::new();
    is_exact_wherever_it_is_killed(Deed::Abort, (&half_resolved(&before), &before), Deed::Finish, &before);
}

#[test]
fn an_abort_that_is_killed_at_any_step_is_rolled_back_exactly() {
    let before = Fixture::new();
    let open = half_resolved(&before);
    is_exact_wherever_it_is_killed(Deed::Abort, (&open, &before), Deed::RollBack, &open);
}

#[test]
fn an_undo_that_is_killed_at_any_step_is_finished_exactly() {
    let (done, undone) = concluded(&Fixture::new());
    is_exact_wherever_it_is_killed(Deed::Undo, (&done, &undone), Deed::Finish, &undone);
}

#[test]
fn an_undo_that_is_killed_at_any_step_is_rolled_back_exactly() {
    let (done, undone) = concluded(&Fixture::new());
    is_exact_wherever_it_is_killed(Deed::Undo, (&done, &undone), Deed::RollBack, &done);
}
