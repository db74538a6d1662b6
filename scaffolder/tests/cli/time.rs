//! `heavy time`: real watchers of real work trees, and what they leave.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::environment::Environment;

const WATCHED: &str = "shop/.git/heavy/time";

/// A world with a repository in `shop/`, whose watchers end with it.
struct World(Environment);

impl World {
    fn new() -> Self {
        let env = Environment::new();
        fs::write(env.home().join(".gitconfig"), "[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n")
            .expect("a file");
        env.write("shop/.gitignore", "/target\n");
        env.write("shop/src/main.rs", "fn main() {}\n");
        env.write("shop/target/debug/out", "");
        env.git("shop", &["init", "--quiet", "--initial-branch=main"]);
        env.git("shop", &["add", "--all"]);
        env.git("shop", &["commit", "--quiet", "--message=first"]);
        Self(env)
    }

    fn time(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.command(&[&["time"], arguments].concat());
        command
            .current_dir(self.0.path("shop"))
            .env("TZ", "UTC")
            .env("HEAVY_CONFIG_DIR", self.0.home().join("settings"));
        command
    }

    /// What a person sees, without what is different each time.
    fn shown(&self, arguments: &[&str]) -> String {
        self.hidden(&self.0.shown(&self.time(arguments).output().expect("heavy starts")))
    }

    fn hidden(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (pattern, placeholder) in [
            (r"lovelace-[0-9a-f]{8}", "lovelace-CHAIN"),
            (r"process \d+", "process PID"),
            (r"since (\d{4}-\d\d-\d\d )?\d\d:\d\d", "since NOW"),
        ] {
            text = regex::Regex::new(pattern).expect("a pattern").replace_all(&text, placeholder).into_owned();
        }
        text
    }

    fn log(&self) -> String {
        fs::read_to_string(self.0.path(WATCHED).join("main.jsonl")).unwrap_or_default()
    }

    /// The watcher's process.
    fn pid(&self) -> Option<u32> {
        let run = fs::read_to_string(self.0.path(WATCHED).join("main.run")).ok()?;
        serde_json::from_str::<serde_json::Value>(&run).ok()?["pid"].as_u64().and_then(|pid| pid.try_into().ok())
    }

    /// Three hours of work on two days, long over.
    fn worked(&self) {
        let line = |name: &str, from: &str, to: &str| {
            format!(
                "{{\"work\":\"{name}\",\"from\":\"{from}\",\"to\":\"{to}\",\"author\":\"Ada Lovelace <ada@example.org>\",\"done\":true}}\n"
            )
        };
        let log = line("a-1", "2026-03-02T09:02:00Z", "2026-03-02T09:59:00Z")
            + &line("a-2", "2026-03-02T23:02:00Z", "2026-03-03T00:59:00Z");
        self.0.write(&format!("{WATCHED}/main.jsonl"), log);
    }

    fn cemented(&self) -> PathBuf {
        let files = self.0.list("shop/time");
        let name = files.iter().find(|name| name.ends_with(".jsonl")).expect("a cemented file");
        self.0.path("shop/time").join(name)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Whatever the test found, nobody goes on watching a folder that is gone.
        if self.0.path(WATCHED).join("main.lock").exists() {
            self.time(&["stop", "--quiet"]).status().ok();
        }
    }
}

/// Waits for something that is about to happen.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..3000 {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{what} did not happen");
}

fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().expect("kill").success());
}

#[test]
fn time_is_kept_beside_a_history_and_belongs_to_somebody() {
    let env = Environment::new();
    insta::assert_snapshot!(env.run(&["time", "status"]), @"
    exit 2
    --- err
    error: there is no git work tree around `$ROOT/work`
    hint: make one with `git init`; the time is kept beside its history
    ");
    env.git("", &["init", "--quiet"]);
    insta::assert_snapshot!(env.run(&["time", "start"]), @r#"
    exit 2
    --- err
    error: git does not know who you are, and time belongs to somebody
    hint: `git config --global user.name "Your Name"`
    hint: `git config --global user.email you@example.org`
    "#);
}

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

#[test]
fn finished_time_is_cemented_verified_and_reported() {
    let world = World::new();
    world.worked();
    insta::assert_snapshot!(world.shown(&["cement"]), @r#"
    exit 0
    --- err
        Cemented 2 spans, 3:00, of Ada Lovelace <ada@example.org>
                 time/.gitattributes
                 time/ada-lovelace-CHAIN.jsonl

    Next: `git add time && git commit -m "Time" time`
    "#);
    insta::assert_snapshot!(world.shown(&["cement"]), @"
    exit 0
    --- err
        Cemented nothing: all finished time is in its file
    ");
    insta::assert_snapshot!(world.shown(&["verify"]), @"
    exit 0
    --- out
    time/ada-lovelace-CHAIN.jsonl: in order: 2 entries of Ada Lovelace <ada@example.org>, 3:00
    ");
    let march = ["report", "--since", "2026-03-01", "--until", "2026-03-31"];
    insta::assert_snapshot!(world.shown(&march), @"
    exit 0
    --- out
    Mon 2026-03-02  2:00  ████████████████████████
    Tue 2026-03-03  1:00  ████████████
    total           3:00
    ");
    insta::assert_snapshot!(world.shown(&[&march[..], &["--by", "author"]].concat()), @"
    exit 0
    --- out
    Ada Lovelace <ada@example.org>  3:00  ████████████████████████
    total                           3:00
    ");
    insta::assert_snapshot!(world.shown(&[&march[..], &["--json"]].concat()), @r#"
    exit 0
    --- out
    {
      "authors": [
        {
          "author": "Ada Lovelace <ada@example.org>",
          "cemented": 10800,
          "days": [
            {
              "day": "2026-03-02",
              "seconds": 7200
            },
            {
              "day": "2026-03-03",
              "seconds": 3600
            }
          ],
          "seconds": 10800
        }
      ],
      "days": [
        {
          "day": "2026-03-02",
          "seconds": 7200
        },
        {
          "day": "2026-03-03",
          "seconds": 3600
        }
      ],
      "seconds": 10800,
      "since": "2026-03-01",
      "until": "2026-03-31",
      "zone": "UTC"
    }
    "#);
    insta::assert_snapshot!(world.shown(&["report", "--svg", "time.svg", "--until", "2026-03-31"]), @"
    exit 0
    --- err
           Drawn time.svg, 3:00 hours
    ");
    assert!(world.0.read("shop/time.svg").contains("<title>Mon 2 Mar 2026: 2:00</title>"));
    insta::assert_snapshot!(world.shown(&["report", "--since", "2026-03-04", "--until", "2026-03-31"]), @"
    exit 0
    --- out
    no time from 2026-03-04 to 2026-03-31
    --- err
    note: `heavy time start` begins to track it; `--since` shows earlier days
    ");
}

#[test]
fn an_edited_entry_is_named_and_no_longer_counted() {
    let world = World::new();
    world.worked();
    world.shown(&["cement"]);
    let file = world.cemented();
    let edited = fs::read_to_string(&file).expect("a file").replace("T09:00:00Z", "T06:00:00Z");
    fs::write(&file, &edited).expect("a file");
    insta::assert_snapshot!(world.shown(&["verify"]), @"
    exit 1
    --- out
    time/ada-lovelace-CHAIN.jsonl: NOT as written: 1 entry of Ada Lovelace <ada@example.org>, 2:00
        line 2 (entry 1, 2026-03-02T06:00:00Z): it was edited, or is of another file: the signature does not fit
    ");
    insta::assert_snapshot!(world.shown(&["cement"]), @"
    exit 2
    --- err
    error: `$WORK/shop/time/ada-lovelace-CHAIN.jsonl` is not as it was written; nothing was changed
    caused by: line 2 (entry 1, 2026-03-02T06:00:00Z): it was edited, or is of another file: the signature does not fit
    hint: `git checkout HEAD -- time/ada-lovelace-CHAIN.jsonl` brings back what was committed
    hint: `heavy time verify` shows all that was changed
    ");
    assert_eq!(fs::read_to_string(&file).expect("a file"), edited);
    // What the log still has for the person does not need the file.
    let report = world.shown(&["report", "--since", "2026-03-01", "--until", "2026-03-31"]);
    assert!(report.contains("is not as it was written; what is not proven is left out"), "{report}");
    assert!(report.contains("total           3:00"), "{report}");
}

#[test]
fn a_file_under_a_second_name_is_a_finding_and_a_second_key_a_note() {
    let world = World::new();
    world.worked();
    world.shown(&["cement"]);
    let file = world.cemented();
    let second = file.with_file_name(format!("b-{}", file.file_name().expect("a name").to_string_lossy()));
    fs::copy(&file, file.with_file_name("copy.jsonl")).expect("a copy");
    fs::rename(&file, &second).expect("a file");
    fs::copy(&second, &file).expect("a copy");
    let shown = world.shown(&["verify"]);
    let shown = regex::Regex::new("-[0-9a-f]{8}").expect("a pattern").replace_all(&shown, "-CHAIN");
    insta::assert_snapshot!(shown, @"
    exit 1
    --- out
    time/ada-lovelace-CHAIN.jsonl: in order: 2 entries of Ada Lovelace <ada@example.org>, 3:00
    time/b-ada-lovelace-CHAIN.jsonl: NOT as written: 2 entries of Ada Lovelace <ada@example.org>, 3:00
        line 1: it is the same chain as `time/ada-lovelace-CHAIN.jsonl`: one of them is a copy
    time/copy.jsonl: NOT as written: 2 entries of Ada Lovelace <ada@example.org>, 3:00
        line 1: it is the same chain as `time/ada-lovelace-CHAIN.jsonl`: one of them is a copy
        line 1: its name does not end in `-CHAIN.jsonl`: it is a copy, or was renamed
    ");
    let march = ["report", "--since", "2026-03-01", "--until", "2026-03-31"];
    assert!(world.shown(&march).contains("total           3:00"), "no second counts twice");
    fs::remove_file(&second).expect("our own file");
    fs::remove_file(file.with_file_name("copy.jsonl")).expect("our own file");
    assert!(world.shown(&["verify"]).starts_with("exit 0"));

    // Another machine's key, or somebody's who only says that they are Ada.
    fs::remove_dir_all(world.0.home().join("settings")).expect("our own folder");
    let log = fs::read_to_string(world.0.path(WATCHED).join("main.jsonl")).expect("a log");
    let later = log.lines().next().expect("a line").replace("a-1", "a-3").replace("03-02T", "03-05T");
    fs::write(world.0.path(WATCHED).join("main.jsonl"), log + &later + "\n").expect("a log");
    world.shown(&["cement"]);
    let shown = world.shown(&["verify"]);
    assert!(shown.starts_with("exit 0\n") && shown.matches(": in order: ").count() == 2, "{shown}");
    let note = "note: 2 keys sign as Ada Lovelace <ada@example.org>; `heavy time verify --json` shows them";
    assert!(shown.contains(note), "{shown}");
    assert!(world.shown(&march).contains(note));
}

#[test]
fn lines_that_were_cut_off_and_files_that_are_gone_are_known_from_the_last_commit() {
    let world = World::new();
    world.worked();
    world.shown(&["cement"]);
    world.0.git("shop", &["add", "--all"]);
    world.0.git("shop", &["commit", "--quiet", "--message=time"]);
    assert!(world.shown(&["verify"]).starts_with("exit 0"));
    let file = world.cemented();
    let text = fs::read_to_string(&file).expect("a file");
    let shorter: String = text.lines().take(2).map(|line| format!("{line}\n")).collect();
    fs::write(&file, shorter).expect("a file");
    insta::assert_snapshot!(world.shown(&["verify"]), @"
    exit 1
    --- out
    time/ada-lovelace-CHAIN.jsonl: NOT as written: 1 entry of Ada Lovelace <ada@example.org>, 1:00
        line 3: 1 entry is missing here, which the last commit has
    ");
    fs::remove_file(&file).expect("our own file");
    insta::assert_snapshot!(world.shown(&["verify"]), @"
    exit 1
    --- out
    time/ada-lovelace-CHAIN.jsonl: NOT as written: 0 entries, 0:00
        line 1: the file is gone, which the last commit has
    ");
    insta::assert_snapshot!(world.shown(&["cement"]), @"
    exit 0
    --- err
        Cemented nothing new; what was cemented before is in the work tree again
                 time/ada-lovelace-CHAIN.jsonl

    Next: `git add time && git commit -m \"Time\" time`
    ");
    assert_eq!(fs::read_to_string(&file).expect("a file"), text);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let world = World::new();
    world.0.write("shop/.git/heavy", "a file where a folder should be");
    insta::assert_snapshot!(world.shown(&["start"]), @"
    exit 4
    --- err
    error: cannot create the folder `$WORK/shop/.git/heavy/time`
    caused by: Not a directory (os error 20)
    hint: a part of this path is a file; choose another folder
    ");
}
