//! A template, a project made from it, and what must hold of every move of that project.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::environment::Environment;
use crate::state::{self, Entry, State, assert_same};

/// A test's own world: `template/` and the project `my-app/` beside it.
pub(crate) struct World {
    pub(crate) env: Environment,
    git: bool,
    /// Every line that a template has brought so far; what else stands in the project is the user's.
    from_templates: RefCell<BTreeSet<Vec<u8>>>,
}

/// What a move did.
pub(crate) struct Moved {
    pub(crate) code: i32,
    /// What a person saw.
    pub(crate) shown: String,
    /// The lines of its plan: `update src/main.rs`.
    pub(crate) plan: Vec<String>,
    /// The project afterwards.
    pub(crate) state: State,
    /// The paths that git calls unmerged afterwards.
    pub(crate) unmerged: Vec<String>,
}

impl World {
    /// A project in a git repository of its own.
    pub(crate) fn with_git() -> Self {
        Self::of(true)
    }

    pub(crate) fn without_git() -> Self {
        Self::of(false)
    }

    fn of(git: bool) -> Self {
        Self { env: Environment::new(), git, from_templates: RefCell::default() }
    }

    /// One of each.
    pub(crate) fn both() -> [Self; 2] {
        [Self::with_git(), Self::without_git()]
    }

    pub(crate) fn has_git(&self) -> bool {
        self.git
    }

    /// Replaces the template by these files, with a small manifest and `heavy.toml` unless they bring their own.
    pub(crate) fn template(&self, version: &str, files: &State) {
        let folder = self.env.path("template");
        if folder.exists() {
            for entry in fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("readable")) {
                if entry.file_name() != ".git" {
                    let path = entry.path();
                    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
                    removed.expect("our own file");
                }
            }
        }
        let mut all =
            state::files(&[("cargo-generate.toml", manifest(version, "")), ("heavy.toml", heavy_toml(version, ""))]);
        all.extend(files.clone());
        state::write(&folder, &all);
    }

    /// `heavy new my-app` from the template.
    pub(crate) fn create(&self, more: &[&str]) {
        let vcs = if self.git { "git" } else { "none" };
        let always = ["new", "my-app", "--template", "template", "--defaults", "--quiet", "--vcs", vcs];
        let output = self.in_folder("", &[&always, more].concat()).output().expect("heavy starts");
        assert!(output.status.success(), "{}", self.env.shown(&output));
    }

    /// A path in the project.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.env.path("my-app").join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        self.env.write(&format!("my-app/{path}"), content);
    }

    pub(crate) fn read(&self, path: &str) -> String {
        self.env.read(&format!("my-app/{path}"))
    }

    /// Commits what the user did, if there is a repository.
    pub(crate) fn commit(&self) {
        if self.git {
            self.env.git("my-app", &["add", "--all"]);
            self.env.git("my-app", &["commit", "--quiet", "--allow-empty", "--no-verify", "--message=mine"]);
        }
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.env.git("my-app", arguments)
    }

    /// `heavy` in a folder, not started yet.
    pub(crate) fn in_folder(&self, folder: &str, arguments: &[&str]) -> Command {
        let mut command = self.env.command(arguments);
        command.current_dir(self.env.path(folder)).env("HEAVY_CACHE_DIR", self.cache());
        command
    }

    /// Where `heavy` keeps the templates that it has met.
    pub(crate) fn cache(&self) -> PathBuf {
        self.env.home().join("cache")
    }

    /// Makes `heavy` forget the templates that it has met.
    pub(crate) fn clear_cache(&self) {
        if self.cache().exists() {
            fs::remove_dir_all(self.cache()).expect("our own folder");
        }
    }

    /// `heavy` in the project, not started yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.in_folder("my-app", arguments)
    }

    pub(crate) fn heavy(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("heavy starts")
    }

    /// Runs `heavy` in the project, which must return this code, and shows what a person would see.
    #[track_caller]
    pub(crate) fn returns(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.heavy(arguments);
        let shown = self.env.shown(&output);
        assert_eq!(output.status.code(), Some(code), "heavy {arguments:?}: {shown}");
        shown
    }

    /// Runs `heavy` in the project, which must refuse and change nothing, and shows what a person would see.
    #[track_caller]
    pub(crate) fn refuses(&self, arguments: &[&str]) -> String {
        let before = self.state();
        let shown = self.returns(2, arguments);
        let said =
            if arguments.contains(&"--json") { ["\"error\": {", "\"hints\": [\n"] } else { ["error: ", "hint: "] };
        assert!(said.iter().all(|part| shown.contains(part)), "{shown}");
        assert_same(&self.state(), &before, &format!("heavy {arguments:?} refused, and changed"));
        shown
    }

    /// `heavy` in the project, on a terminal of its own.
    #[cfg(unix)]
    pub(crate) fn on_terminal(&self, arguments: &[&str]) -> rexpect::session::PtySession {
        use rexpect::session::{Options, spawn_with_options};
        let mut command = self.command(arguments);
        command.env("TERM", "xterm-256color").stdin(std::process::Stdio::inherit());
        spawn_with_options(command, Options::new().timeout_ms(Some(30_000)).strip_ansi_escape_codes(true))
            .expect("a terminal")
    }

    /// The project.
    pub(crate) fn state(&self) -> State {
        state::read(&self.path(""))
    }

    /// The paths that git calls unmerged.
    pub(crate) fn unmerged(&self) -> Vec<String> {
        if !self.git {
            return Vec::new();
        }
        let listed = self.git(&["-c", "core.quotePath=false", "diff", "--name-only", "--diff-filter=U", "--relative"]);
        let mut paths: Vec<String> = listed.lines().map(str::to_owned).collect();
        paths.dedup();
        paths
    }

    /// The plan of a move as `--dry-run` says it, which must write nothing.
    #[track_caller]
    pub(crate) fn plan(&self, command: &[&str]) -> Vec<String> {
        let before = self.state();
        let output = self.heavy(&[command, &["--dry-run", "--json"]].concat());
        let shown = self.env.shown(&output);
        assert!(matches!(output.status.code(), Some(0 | 1)), "heavy {command:?} --dry-run: {shown}");
        assert_same(&self.state(), &before, "a dry run wrote");
        let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{shown}"));
        let entries = plan["plan"].as_array().unwrap_or_else(|| panic!("no plan in {plan}"));
        let mut lines: Vec<String> = entries.iter().map(line).collect();
        // Part of every move.
        lines.retain(|line| line != "update heavy.toml");
        let conflicts = lines.iter().any(|line| line.starts_with("conflict"));
        assert_eq!(output.status.code(), Some(i32::from(conflicts)), "a dry run returns what the move would: {shown}");
        lines
    }

    /// Makes a move, and checks what must hold of every one:
    ///
    /// - what was planned is what is done, and a dry run writes nothing;
    /// - the exit code is 1 if and only if a conflict is open, and `heavy check` and git's index agree;
    /// - every line of a file that it changed and that is not the template's is still there;
    /// - the same command again does nothing, and says so;
    /// - undo (abort, with conflicts open) brings every byte and mode back, git's index too;
    /// - and then the move can be made again, to the same end.
    #[track_caller]
    pub(crate) fn moved(&self, command: &[&str]) -> Moved {
        let before = self.state();
        let status = self.status();
        let plan = self.plan(command);
        assert_eq!(self.status(), status, "a dry run changed git's index");
        let moved = self.once(command, plan);
        let open = moved.code == 1;
        self.nothing_is_lost(&before, &moved.state);
        if open {
            self.refuses(command);
        } else {
            self.returns(0, command);
        }
        assert_same(&self.state(), &moved.state, "the same command a second time changed");
        self.returns(0, if open { &["sync", "--abort"] } else { &["undo"] });
        assert_same(&self.state(), &before, "what undo brought back");
        assert_eq!(self.status(), status, "git's index after undo");
        let again = self.once(command, moved.plan);
        assert_same(&again.state, &moved.state, "the move after undo");
        again
    }

    #[track_caller]
    fn once(&self, command: &[&str], plan: Vec<String>) -> Moved {
        let output = self.heavy(command);
        let shown = self.env.shown(&output);
        let code = output.status.code().unwrap_or_else(|| panic!("{shown}"));
        let planned: Vec<&str> = plan.iter().filter_map(|line| line.strip_prefix("conflict ")).collect();
        assert_eq!(code, i32::from(!planned.is_empty()), "plan {plan:#?}\n{shown}");
        let state = self.state();
        let with_markers: Vec<&String> =
            state.iter().filter(|(_, entry)| has_markers(entry)).map(|(path, _)| path).collect();
        assert!(with_markers.iter().all(|path| planned.contains(&path.as_str())), "markers in {with_markers:?}");
        self.returns(code, &["check"]);
        if self.git {
            assert!(self.unmerged().iter().all(|path| planned.contains(&path.as_str())), "{:?}", self.unmerged());
        }
        Moved { code, shown, plan, unmerged: self.unmerged(), state }
    }

    /// `git status`, without what a test has no use for.
    fn status(&self) -> String {
        if self.git { self.git(&["status", "--porcelain=v2", "--untracked-files=all"]) } else { String::new() }
    }

    /// Every line before that the template never had is there afterwards. This knows nothing of how files are merged.
    #[track_caller]
    fn nothing_is_lost(&self, before: &State, after: &State) {
        let (before, kept) = (state::lines(before), state::lines(after));
        let mut from_templates = self.from_templates.borrow_mut();
        let lost: Vec<_> = before
            .iter()
            .filter(|line| !from_templates.contains(*line) && !kept.contains(*line))
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        assert!(lost.is_empty(), "lost: {lost:#?}");
        from_templates.extend(kept.difference(&before).cloned());
    }

    /// Remembers the project as it is now as the template's, and so not the user's.
    pub(crate) fn is_pristine(&self) {
        self.from_templates.borrow_mut().extend(state::lines(&self.state()));
    }
}

fn has_markers(entry: &Entry) -> bool {
    matches!(entry, Entry::File { bytes, .. } if String::from_utf8_lossy(bytes).contains(">>>>>>> template"))
}

/// `move src/a.rs -> src/b.rs`, `update src/main.rs`.
fn line(entry: &serde_json::Value) -> String {
    let text = |key: &str| entry[key].as_str().map(str::to_owned);
    let action = text("action").expect("an action");
    let path = text("path").expect("a path");
    match text("from").filter(|_| action == "move") {
        Some(from) => format!("{action} {from} -> {path}"),
        None => format!("{action} {path}"),
    }
}

/// A small manifest; `more` is added to it.
pub(crate) fn manifest(version: &str, more: &str) -> String {
    format!("[template]\nfmt = false\nexclude = [\"*.bin\", \"*.png\"]\n\n{more}\n[heavy]\nversion = \"{version}\"\n")
}

/// The `heavy.toml` of a template; `answers` are added to the name.
pub(crate) fn heavy_toml(version: &str, answers: &str) -> String {
    format!(
        "[template]\nsource = \"heavy\"\nversion = \"{version}\"\nstamp = \"\"\n\n\
         [answers]\nname = \"{{{{crate_name}}}}\"\n{answers}"
    )
}
