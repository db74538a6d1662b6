use super::super::workspace::tests::shop;
use super::*;

fn saved(files: &[&str]) -> Event {
    Event::Saved(files.iter().map(PathBuf::from).collect())
}

fn changed(files: &[&str]) -> Option<Request> {
    Some(Request::Changed(files.iter().map(PathBuf::from).collect()))
}

/// After the first pass.
fn scheduler() -> Scheduler {
    let mut scheduler = Scheduler::new(Settings::default());
    assert_eq!(scheduler.next(), Some(Request::All));
    scheduler.finish(&Request::All, Outcome::Passed);
    assert_eq!(scheduler.next(), None);
    scheduler
}

#[test]
fn a_save_is_tested_once() {
    let mut scheduler = scheduler();
    assert!(scheduler.handle(saved(&["src/app.rs", "heavy.toml"]), &shop()));
    let request = scheduler.next();
    assert_eq!(request, changed(&["src/app.rs"]));
    scheduler.finish(&request.unwrap(), Outcome::Failed);
    assert_eq!(scheduler.next(), None);
}

#[test]
fn what_is_saved_during_a_pass_is_tested_together_with_what_that_was_for() {
    let mut scheduler = scheduler();
    scheduler.handle(saved(&["src/app.rs"]), &shop());
    let request = scheduler.next().unwrap();
    assert!(scheduler.handle_while_running(saved(&["src/lib.rs"]), &shop()));
    scheduler.finish(&request, Outcome::Cancelled);
    assert_eq!(scheduler.next(), changed(&["src/app.rs", "src/lib.rs"]));
}

#[test]
fn after_a_failed_build_the_next_save_brings_the_files_of_both() {
    let mut scheduler = scheduler();
    scheduler.handle(saved(&["src/app.rs"]), &shop());
    let request = scheduler.next().unwrap();
    scheduler.finish(&request, Outcome::NotBuilt);
    assert_eq!(scheduler.next(), None, "it would only fail again");
    scheduler.handle(saved(&["src/app.rs"]), &shop());
    assert_eq!(scheduler.next(), changed(&["src/app.rs"]));
    scheduler.finish(&request, Outcome::NotBuilt);
    scheduler.handle(Event::Key(KeyCommand::All), &shop());
    assert_eq!(scheduler.next(), changed(&["src/app.rs"]));
}

#[test]
fn snapshots_that_tests_write_do_not_end_the_pass() {
    let mut scheduler = scheduler();
    let snapshot = "tests/app/snapshots/app__docs__a.snap";
    assert!(!scheduler.handle_while_running(saved(&[snapshot]), &shop()));
    assert_eq!(scheduler.next(), changed(&[snapshot]));
}

#[test]
fn what_tests_do_not_notice_starts_nothing() {
    let mut scheduler = scheduler();
    assert!(!scheduler.handle(saved(&["heavy.toml", ".vscode/launch.json"]), &shop()));
    assert_eq!(scheduler.next(), None);
}

#[test]
fn a_key_runs_what_it_names_and_the_save_is_not_forgotten() {
    let mut scheduler = scheduler();
    assert!(!scheduler.handle(Event::Key(KeyCommand::StopAtFirst), &shop()));
    assert!(scheduler.settings.fail_fast);
    scheduler.handle(saved(&["src/app.rs"]), &shop());
    scheduler.handle(Event::Key(KeyCommand::Failed), &shop());
    assert_eq!(scheduler.next(), Some(Request::Failed));
    scheduler.finish(&Request::Failed, Outcome::Passed);
    assert_eq!(scheduler.next(), changed(&["src/app.rs"]));
    assert!(
        scheduler.handle_while_running(Event::Key(KeyCommand::Quit), &shop()) && scheduler.has_quit
    );
}

#[test]
fn a_notice_tells_of_failures_and_once_that_they_are_over() {
    use Outcome::{Cancelled, Failed, NotBuilt, Passed};
    let mut before = Passed;
    let mut notice = |outcome: Outcome| outcome.notice(&mut before);
    assert_eq!(notice(Passed), None);
    assert_eq!(notice(Failed), Some("tests have failed"));
    assert_eq!(notice(Cancelled), None);
    assert_eq!(notice(NotBuilt), Some("the tests cannot be built"));
    assert_eq!(notice(Passed), Some("the tests pass again"));
    assert_eq!(notice(Passed), None);
}
