//! Watchers: what begins work, what ends one, and what is left after a kill.

use std::fs;
use std::process::{Child, Stdio};

use super::{WATCHED, World, signal, until};

#[test]
fn a_watcher_in_the_background_logs_what_git_does_not_ignore_until_it_is_stopped() {
    let world = World::new();
    insta::assert_snapshot!(world.shown(&["status"]), @"
    exit 0
    --- out
    not watched: `heavy time start --background` begins
    today 0:00, this week 0:00
    ");
    insta::assert_snapshot!(world.shown(&["start", "--background"]), @"
    exit 0
    --- err
        Watching $WORK/shop (2 folders) for Ada Lovelace <ada@example.org>

    `heavy time status` says how it stands, `heavy time stop` ends it.
    ");
    insta::assert_snapshot!(world.shown(&["status"]), @"
    exit 0
    --- out
    idle: the next change of a file begins
    today 0:00, this week 0:00
    watching 2 folders since NOW, process PID
    ");
    world.0.write("shop/target/debug/out", "built");
    world.0.write("shop/new/deep/file.rs", "in a folder that is new");
    until("a log", || world.log().ends_with('\n').then_some(()));
    assert!(world.shown(&["status"]).contains("working since NOW"));
    insta::assert_snapshot!(world.shown(&["start"]), @"
    exit 0
    --- err
         Watched $WORK/shop is being watched since NOW, by process PID
    ");
    let stopped = world.shown(&["stop"]);
    assert!(stopped.starts_with("exit 0\n--- err\n     Stopped watching $WORK/shop; today "), "{stopped}");
    assert!(world.log().ends_with("\"done\":true}\n"), "{}", world.log());
    insta::assert_snapshot!(world.shown(&["stop"]), @"
    exit 0
    --- err
         Stopped $WORK/shop was not being watched
    ");
    assert_eq!(world.0.git("shop", &["status", "--porcelain"]), "?? new/\n", "nothing of it is in the work tree");
}

#[test]
fn what_git_ignores_begins_no_work() {
    let world = World::new();
    world.time(&["start", "--background"]).output().expect("heavy starts");
    world.0.write("shop/target/debug/out", "built");
    world.0.write("shop/target/new/out", "built");
    // The stop comes through the same queue, behind them.
    world.shown(&["stop"]);
    assert_eq!(world.log(), "");
}

#[test]
fn a_kill_costs_nothing_that_was_logged_and_the_next_start_goes_on() {
    let world = World::new();
    world.time(&["start", "--background"]).output().expect("heavy starts");
    world.0.write("shop/src/main.rs", "fn main() { }\n");
    let before = until("a log", || Some(world.log()).filter(|log| log.ends_with('\n')));
    signal("-KILL", world.pid().expect("a process"));
    until("the end", || world.shown(&["status"]).contains("not watched").then_some(()));
    assert_eq!(world.log(), before);
    // As if it had been killed while it wrote.
    fs::write(world.0.path(WATCHED).join("main.jsonl"), before.clone() + "{\"work\":\"x").expect("a file");
    world.time(&["start", "--background"]).output().expect("heavy starts");
    world.0.write("shop/src/main.rs", "fn main() {}\n");
    until("another line", || (world.log().lines().count() > 2).then_some(()));
    let shown = world.shown(&["status"]);
    assert!(shown.contains("working since NOW") && shown.contains("line 2 of `"), "{shown}");
}

#[test]
fn of_two_that_start_at_once_one_watches_and_both_are_content() {
    let world = World::new();
    let children: Vec<Child> = (0..4)
        .map(|_| {
            let mut command = world.time(&["start", "--background"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("heavy starts")
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().expect("heavy ends");
        assert!(output.status.success(), "{}", world.0.shown(&output));
    }
    let pid = world.pid().expect("a watcher");
    assert!(world.shown(&["status"]).contains("watching 2 folders"));
    world.shown(&["stop"]);
    assert_eq!(world.pid(), None, "{pid} was the only one");
}

#[test]
fn a_stop_that_comes_while_it_begins_is_heard() {
    let world = World::new();
    for poll in [&["start"][..], &["start", "--poll"]] {
        let mut command = world.time(poll);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("heavy starts");
        // It may come before it begins, and nothing is stopped; then once more.
        until("the end", || {
            let shown = world.shown(&["stop"]);
            assert!(shown.starts_with("exit 0\n"), "{shown}");
            child.try_wait().expect("a child")
        });
        let output = child.wait_with_output().expect("heavy ended");
        assert!(output.status.success(), "{}", world.0.shown(&output));
        assert_eq!(world.pid(), None);
    }
}

#[test]
fn a_start_in_the_background_watches_though_others_look_who_does() {
    let world = World::new();
    let mut command = world.time(&["start", "--background"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("heavy starts");
    until("the begin", || {
        world.shown(&["status"]);
        child.try_wait().expect("a child")
    });
    let shown = world.0.shown(&child.wait_with_output().expect("heavy ends"));
    assert!(shown.contains("Watching $WORK/shop (2 folders)"), "{shown}");
    assert!(world.shown(&["status"]).contains("watching 2 folders"));
}

#[test]
fn ctrl_c_ends_a_watcher_in_order() {
    for name in ["-INT", "-TERM", "-HUP"] {
        let world = World::new();
        let mut command = world.time(&["start"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("heavy starts");
        until("a watcher", || world.pid());
        world.0.write("shop/src/main.rs", "changed");
        until("a log", || world.log().ends_with('\n').then_some(()));
        signal(name, child.id());
        let output = child.wait_with_output().expect("heavy ends");
        let shown = world.0.shown(&output);
        assert!(shown.starts_with("exit 0\n") && shown.contains("Stopped watching $WORK/shop"), "{shown}");
        assert!(world.log().ends_with("\"done\":true}\n"));
    }
}

#[test]
fn a_work_tree_that_is_removed_ends_its_watcher_and_keeps_its_time() {
    let world = World::new();
    world.0.git("shop", &["worktree", "add", "--quiet", "../side"]);
    let mut command = world.time(&["start", "--project", "../side"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("heavy starts");
    let log = world.0.path(WATCHED).join("tree-side.jsonl");
    until("a watcher", || log.with_extension("run").exists().then_some(()));
    world.0.write("side/src/main.rs", "changed");
    until("a log", || fs::read_to_string(&log).ok().filter(|log| log.ends_with('\n')));
    fs::remove_dir_all(world.0.path("side")).expect("a work tree");
    let shown = world.0.shown(&child.wait_with_output().expect("heavy ends"));
    assert!(shown.starts_with("exit 2\n") && shown.contains("error: `$WORK/side` is gone"), "{shown}");
    assert!(fs::read_to_string(&log).expect("a log").ends_with("\"done\":true}\n"));
    assert!(world.shown(&["report"]).contains("total"));
}
