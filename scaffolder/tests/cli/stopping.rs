//! Ctrl-C, SIGTERM and SIGKILL at a moment that is known, and two at once.
//!
//! The moment is held with a named pipe: git's ignore file of the user is one, so that `heavy` waits when the
//! project is complete in its hidden folder and about to be committed.

use std::fs::{self, File, OpenOptions};
use std::process::{Child, Command, Stdio};

use crate::environment::Environment;

/// A `heavy new shop/my-app` that waits inside of its last step. It goes on when the pipe is dropped.
struct Held {
    child: Child,
    pipe: File,
}

impl Held {
    fn start(env: &Environment, more: &[&str]) -> Self {
        let pipe = env.home().join("pipe");
        if !pipe.exists() {
            assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        }
        let config = format!("[core]\nexcludesFile = {}\n", pipe.display());
        fs::write(env.home().join(".gitconfig"), config).expect("a file");
        let mut command = env.command(&[&["new", "shop/my-app", "--template", "template"], more].concat());
        let child = command.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("heavy starts");
        // Returns when `heavy` opens the other end.
        let pipe = OpenOptions::new().write(true).open(&pipe).expect("a pipe");
        Self { child, pipe }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(status.expect("kill").success());
    }

    fn shown(self, env: &Environment) -> String {
        let output = self.child.wait_with_output().expect("heavy ends");
        drop(self.pipe);
        env.shown(&output)
    }
}

#[test]
fn a_signal_in_the_middle_leaves_nothing_behind() {
    for signal in ["-INT", "-TERM"] {
        let env = Environment::new();
        env.template(&[]);
        let held = Held::start(&env, &["--quiet"]);
        assert_eq!(env.list("shop").len(), 1, "the hidden folder");
        held.signal(signal);
        insta::allow_duplicates! {
            insta::assert_snapshot!(held.shown(&env), @r"
            exit 130
            --- err
            error: stopped; nothing was left behind
            ");
        }
        assert_eq!(env.list(""), ["template"]);
    }
}

#[test]
fn a_signal_while_a_folder_is_filled_takes_back_what_was_added() {
    let env = Environment::new();
    env.template(&[]);
    env.write("shop/my-app/notes.txt", "mine");
    let held = Held::start(&env, &["--quiet", "--force"]);
    assert!(env.path("shop/my-app/src/main.rs").exists());
    held.signal("-INT");
    assert!(held.shown(&env).starts_with("exit 130\n"));
    assert_eq!(env.list("shop/my-app"), ["notes.txt"]);
}

#[test]
fn a_kill_leaves_a_hidden_folder_that_the_next_run_sweeps() {
    let env = Environment::new();
    env.template(&[]);
    let held = Held::start(&env, &[]);
    held.signal("-KILL");
    held.shown(&env);
    let left = env.list("shop");
    assert!(left.len() == 1 && left[0].starts_with(".heavy-my-app-"), "{left:?}");
    fs::remove_file(env.home().join(".gitconfig")).expect("our own file");
    env.succeeds(&["new", "shop/other", "--template", "template"]);
    assert_eq!(env.list("shop"), ["other"]);
}

#[test]
fn a_run_does_not_sweep_what_another_is_working_on() {
    let env = Environment::new();
    env.template(&[]);
    let held = Held::start(&env, &[]);
    env.succeeds(&["new", "shop/other", "--template", "template", "--vcs", "none"]);
    assert_eq!(env.list("shop").len(), 2);
    drop(held.pipe);
    let output = held.child.wait_with_output().expect("heavy ends");
    assert!(output.status.success(), "{}", env.shown(&output));
    assert_eq!(env.list("shop"), ["my-app", "other"]);
}

#[test]
fn of_two_at_once_one_wins_and_the_other_says_so() {
    let env = Environment::new();
    env.template(&[]);
    let held = Held::start(&env, &[]);
    env.succeeds(&["new", "shop/my-app", "--template", "template", "--vcs", "none", "--title", "Winner"]);
    drop(held.pipe);
    let output = held.child.wait_with_output().expect("heavy ends");
    insta::assert_snapshot!(env.shown(&output), @r#"
    exit 2
    --- err
        Creating `my_app` ("My App") in shop/my-app
    error: `shop/my-app` was created by somebody else in the meantime
    hint: nothing of it was touched; choose another path
    "#);
    assert_eq!(env.list("shop"), ["my-app"]);
    assert!(env.read("shop/my-app/heavy.toml").contains("Winner"));
}

#[test]
fn a_signal_while_a_hooks_command_runs_removes_its_folder() {
    let env = Environment::new();
    env.template(&[("hooks/pre.rhai", "system::command(\"sh\", [\"-c\", \"kill -INT $PPID; sleep 60\"]);")]);
    let manifest = env.read("template/cargo-generate.toml") + "[hooks]\npre = [\"hooks/pre.rhai\"]\n";
    env.write("template/cargo-generate.toml", manifest);
    let shown = env.run(&["new", "my-app", "--template", "template", "--allow-commands"]);
    assert!(shown.starts_with("exit 130\n"), "{shown}");
    assert_eq!(env.list(""), ["template"]);
    assert_eq!(fs::read_dir(env.tmp()).expect("readable").count(), 0);
}
