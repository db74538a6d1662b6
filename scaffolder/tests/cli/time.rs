//! `heavy time`: real watchers of real work trees, and what they leave.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::environment::Environment;

mod cementing;
mod watching;

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
