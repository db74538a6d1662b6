//! A move that is killed at any step is finished or rolled back exactly, and so is a recovery that is killed itself.
//!
//! The victim is a real process: this test's own binary, told by its environment what to do, where, and at which step
//! to abort. Every step that touches the disk is counted through the writer's own watch.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use heavy_stack::error::Result;
use heavy_stack::merge::{Conflict, ConflictKind, Labels};
use heavy_stack::plan::moves::{Conclusion, Header, Moves, Outcome, Standing, Unresolved};
use heavy_stack::plan::steps::{Step, Watch};
use heavy_stack::project::Project;
use heavy_stack::transition::{Change, Move};
use heavy_stack::tree::{File, TreePath};

/// Where a step is interfered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Before,
    After,
}

/// How.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    /// The process ends, as by SIGKILL.
    Abort,
    /// The thread ends without tidying up: the same to a recovery, which has nothing to tidy up, and much quicker.
    Panic,
    /// The disk is full.
    Fail,
    /// Ctrl-C is pressed.
    Interrupt,
}

/// Counts steps, and interferes with one.
struct Interference {
    seen: Mutex<Vec<Step>>,
    at: Option<(usize, Moment, Means)>,
}

impl Interference {
    fn none() -> Self {
        Self { seen: Mutex::default(), at: None }
    }

    fn at(step: usize, moment: Moment, means: Means) -> Self {
        Self { seen: Mutex::default(), at: Some((step, moment, means)) }
    }

    fn steps(&self) -> usize {
        self.seen.lock().expect("no panic holds it").len()
    }

    fn strike(&self, number: usize, moment: Moment) -> io::Result<()> {
        match self.at {
            Some((step, when, means)) if (step, when) == (number, moment) => match means {
                Means::Abort => std::process::abort(),
                Means::Panic => std::panic::resume_unwind(Box::new("killed")),
                Means::Fail => Err(io::ErrorKind::StorageFull.into()),
                Means::Interrupt => {
                    let own = std::process::id().to_string();
                    assert!(Command::new("kill").args(["-INT", &own]).status().expect("kill").success());
                    // The signal is handled by a thread of its own, which waits for this step.
                    std::thread::sleep(Duration::from_millis(500));
                    Ok(())
                }
            },
            _ => Ok(()),
        }
    }
}

impl Watch for Interference {
    fn before(&self, step: &Step) -> io::Result<()> {
        let number = {
            let mut seen = self.seen.lock().expect("no panic holds it");
            seen.push(step.clone());
            seen.len() - 1
        };
        self.strike(number, Moment::Before)
    }

    fn after(&self, _: &Step) {
        let number = self.steps() - 1;
        drop(self.strike(number, Moment::After));
    }
}

/// What a process is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Apply,
    Finish,
    RollBack,
    Abort,
    Undo,
}

impl Deed {
    const ALL: [Self; 5] = [Self::Apply, Self::Finish, Self::RollBack, Self::Abort, Self::Undo];

    fn run(self, root: &Path, watch: &dyn Watch) -> Result<Outcome> {
        let project = Project::at(root)?;
        let moves = Moves::watched(&project, watch);
        match self {
            Self::Apply => moves.apply(&the_move(), &header("sync")),
            Self::Finish => moves.finish(),
            Self::RollBack => moves.roll_back(),
            Self::Abort => moves.abort(),
            Self::Undo => moves.undo(),
        }
    }

    /// In a process of its own, which is killed at a step.
    fn killed(self, root: &Path, step: usize, moment: Moment) {
        let status = self.in_a_process(root, &format!("{step} {moment:?} Abort")).status().expect("it starts");
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(6), "{self:?} {step} {moment:?}");
    }

    fn in_a_process(self, root: &Path, order: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command
            .args(["--exact", "the_victim", "--quiet"])
            .env("HEAVY_VICTIM", format!("{self:?} {order}"))
            .env("HEAVY_VICTIM_ROOT", root)
            .stderr(std::process::Stdio::null())
            .stdout(std::process::Stdio::null());
        command
    }
}

#[test]
fn the_victim() {
    let Ok(order) = std::env::var("HEAVY_VICTIM") else { return };
    let words: Vec<&str> = order.split(' ').collect();
    let deed = Deed::ALL.into_iter().find(|deed| format!("{deed:?}") == words[0]).expect("a deed");
    let moment = if words[2] == "Before" { Moment::Before } else { Moment::After };
    let means = if words[3] == "Abort" { Means::Abort } else { Means::Interrupt };
    let root = PathBuf::from(std::env::var_os("HEAVY_VICTIM_ROOT").expect("a root"));
    let step = words[1].parse().expect("a number");
    heavy_stack::plan::journal::stop_on_signals(|| 130).expect("signals");
    deed.run(&root, &Interference::at(step, moment, means)).expect("it is killed before it fails");
}

fn path(text: &str) -> TreePath {
    TreePath::parse(text).expect("a good path")
}

fn file(text: &str) -> Option<File> {
    Some(File::new(text))
}

fn program(text: &str) -> Option<File> {
    Some(File { bytes: text.into(), executable: true })
}

const LOCK: &str = "# mine\n[template]\nsource = \"heavy\"\nversion = \"1\"\nstamp = \"\"\n\n[answers]\n";
const MARKED: &str = "a\n<<<<<<< yours\nb\n=======\nc\n>>>>>>> template 2\nd\n";

fn moved_lock() -> String {
    LOCK.replace("\"1\"", "\"2\"") + "\n[conflicts]\npaths = [\"src/routes.rs\", \"logo.png\", \"kept.txt\"]\n"
}

/// One of everything: what stands before, and after.
fn changes() -> Vec<(&'static str, Option<File>, Option<File>)> {
    vec![
        ("Cargo.lock", file("locked\n"), file("locked\n")),
        ("README.md", file("read\n"), None),
        ("Readme.md", None, file("read me\n")),
        ("heavy.toml", file(LOCK), file(&moved_lock())),
        ("kept.txt", file("edited\n"), file("edited\n")),
        ("logo.png", file("\0mine"), file("\0mine")),
        ("logo.png.template", None, file("\0theirs")),
        ("name", file("a file\n"), None),
        ("name/inner.txt", None, file("a file in a folder\n")),
        ("new/a/b.txt", None, file("new\n")),
        ("new/run", None, program("#!/bin/sh\n")),
        ("old/deep/gone.txt", file("gone\n"), None),
        ("old2/gone.txt", file("gone\n"), None),
        ("private.txt", file("secret\n"), file("secret, new\n")),
        ("run.sh", program("old\n"), program("new\n")),
        ("src/main.rs", file("fn main() {}\n"), file("fn main() { new() }\n")),
        ("src/routes.rs", file("a\nb\nd\n"), file(MARKED)),
        ("tool.sh", file("tool\n"), program("tool\n")),
        ("was/inner.txt", file("in a folder\n"), None),
        ("was", None, file("no longer a folder\n")),
    ]
}

fn the_move() -> Move {
    let conflict = |at: &str, kind, sides: [Option<File>; 3], beside: Option<&str>| {
        let [base, ours, theirs] = sides;
        Conflict { path: path(at), kind, base, ours, theirs, beside: beside.map(path) }
    };
    Move {
        changes: changes()
            .into_iter()
            .map(|(at, before, after)| Change { path: path(at), before, after })
            .filter(|change| change.before != change.after)
            .collect(),
        conflicts: vec![
            conflict(
                "src/routes.rs",
                ConflictKind::Content,
                [file("a\nd\n"), file("a\nb\nd\n"), file("a\nc\nd\n")],
                None,
            ),
            conflict(
                "logo.png",
                ConflictKind::Binary,
                [file("\0"), file("\0mine"), file("\0theirs")],
                Some("logo.png.template"),
            ),
            conflict("kept.txt", ConflictKind::DeletedByTemplate, [file("x\n"), file("edited\n"), None], None),
        ],
        lock_by_cargo: true,
        ..Move::default()
    }
}

fn header(verb: &str) -> Header {
    Header {
        verb: verb.to_owned(),
        from: "1".to_owned(),
        to: "2".to_owned(),
        labels: Labels { yours: "yours".to_owned(), template: "template 2".to_owned() },
    }
}

/// A project in a git repository.
struct Fixture {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // Not at the top of the repository.
        let fixture = Self { root: folder.path().join("repo/app"), _folder: folder };
        fs::create_dir_all(&fixture.root).expect("a folder");
        for (at, before, _) in changes() {
            if let Some(before) = before {
                fixture.put(at, &before);
            }
        }
        fixture.put("old2/mine.txt", &File::new("the user's own"));
        fixture.put("src/mine.rs", &File::new("the user's own"));
        fixture.mode("private.txt", 0o600);
        fixture.mode("run.sh", 0o750);
        fixture.mode("old", 0o700);
        fixture.git(&["init", "--quiet", "--template=", ".."]);
        fixture.git(&["config", "core.logAllRefUpdates", "false"]);
        fixture.git(&["add", "--all"]);
        fixture.git(&["-c", "user.name=T", "-c", "user.email=t@localhost", "commit", "--quiet", "-m", "first"]);
        fixture.git(&["pack-refs", "--all"]);
        fixture
    }

    /// The same, elsewhere.
    fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(self.root.parent().expect("the repository"), &folder.path().join("repo"));
        Self { root: folder.path().join("repo/app"), _folder: folder }
    }

    fn put(&self, at: &str, file: &File) {
        let on_disk = self.root.join(at);
        fs::create_dir_all(on_disk.parent().expect("a folder")).expect("a folder");
        fs::write(&on_disk, &file.bytes).expect("a file");
        self.mode(at, if file.executable { 0o755 } else { 0o644 });
    }

    fn mode(&self, at: &str, mode: u32) {
        fs::set_permissions(self.root.join(at), fs::Permissions::from_mode(mode)).expect("a file");
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("HOME", &self.root).current_dir(&self.root).args(["-c", "commit.gpgsign=false"]);
        let output = command.args(arguments).output().expect("git is installed");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn apply(&self) -> Self {
        let copy = self.copy();
        Deed::Apply.run(&copy.root, &Interference::none()).expect("applied");
        copy
    }

    fn standing(&self) -> Standing {
        Moves::of(&Project::at(&self.root).expect("a project")).standing().expect("readable")
    }

    /// Resolves every conflict and concludes the move.
    fn conclude(&self) {
        self.put("src/routes.rs", &File::new("a\nb, c\nd\n"));
        fs::remove_file(self.root.join("logo.png.template")).expect("it stands beside");
        self.git(&["add", "--all"]);
        let project = Project::at(&self.root).expect("a project");
        let concluded = Moves::of(&project).conclude().expect("concluded");
        assert!(matches!(concluded, Conclusion::Done(_)), "{concluded:?}");
    }

    /// Everything that a person or git could tell apart: each file and folder with its content and mode, and the index.
    fn state(&self) -> BTreeMap<String, String> {
        let mut state = BTreeMap::new();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a readable folder") {
                let path = entry.expect("readable").path();
                let found = path.symlink_metadata().expect("it exists");
                let name = path.strip_prefix(&self.root).expect("below the root").display().to_string();
                let mode = found.permissions().mode() & 0o7777;
                let content = match () {
                    () if found.is_dir() => "folder".into(),
                    () if found.is_symlink() => "link".into(),
                    () => fs::read(&path).expect("readable"),
                };
                state.insert(name, format!("{mode:o} {}", String::from_utf8_lossy(&content)));
                folders.extend(found.is_dir().then_some(path));
            }
        }
        state.insert("the index".to_owned(), index(&self.root.join("../.git/index")));
        state
    }
}

fn index(at: &Path) -> String {
    let options = gix::index::decode::Options::default();
    let index = gix::index::File::at(at, gix::hash::Kind::Sha1, false, options).expect("an index");
    let line = |entry: &gix::index::Entry| {
        format!("{:o} {} {} {}\n", entry.mode.bits(), entry.id, entry.stage_raw(), entry.path(&index))
    };
    index.entries().iter().map(line).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("readable").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a copy");
        }
    }
    fs::set_permissions(to, fs::metadata(from).expect("a folder").permissions()).expect("a folder");
}

fn steps_of(deed: Deed, from: &Fixture) -> usize {
    let watch = Interference::none();
    deed.run(&from.copy().root, &watch).expect("done");
    watch.steps()
}

/// Kills `deed`, which leads from one state to another, just before and just after each of its steps; `exit` then leads
/// to one of them, exactly, and does so too if it is killed itself.
fn is_exact_wherever_it_is_killed(deed: Deed, (from, to): (&Fixture, &Fixture), exit: Deed, end: &Fixture) {
    let end = end.state();
    let mut interrupted = 0;
    for step in 0..steps_of(deed, from) {
        for moment in [Moment::Before, Moment::After] {
            let victim = from.copy();
            deed.killed(&victim.root, step, moment);
            if !matches!(victim.standing(), Standing::Interrupted(..)) {
                // Before it was noted down, or after it was closed.
                let state = victim.state();
                assert!(state == from.state() || state == to.state(), "{deed:?}, {step} {moment:?}");
                continue;
            }
            interrupted += 1;
            let survivor = victim.copy();
            let outcome = exit.run(&survivor.root, &Interference::none()).expect("recovered");
            assert_eq!(outcome.left, [], "{deed:?}, {step} {moment:?}, {exit:?}");
            assert_eq!(survivor.state(), end, "{deed:?}, {step} {moment:?}, {exit:?}");
            assert!(!matches!(survivor.standing(), Standing::Interrupted(..)));
            match moment {
                // Of this, a sample: it takes hundreds of projects.
                Moment::Before if step % 16 == 9 => recovers_wherever_the_recovery_is_killed(&victim, exit, &end),
                Moment::Before => recovers_in_many_attempts(&victim, exit, &end),
                Moment::After => {}
            }
        }
    }
    assert!(interrupted > 20, "{interrupted}");
}

/// The recovery is killed before each of its steps, and the next one is exact.
fn recovers_wherever_the_recovery_is_killed(victim: &Fixture, exit: Deed, end: &BTreeMap<String, String>) {
    for step in 0.. {
        let survivor = victim.copy();
        let killed = panics_at(step, &survivor, exit);
        if matches!(survivor.standing(), Standing::Interrupted(..)) {
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
    while matches!(victim.standing(), Standing::Interrupted(..)) {
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

/// A project with open conflicts, one of them half resolved and staged.
fn half_resolved(before: &Fixture) -> Fixture {
    let open = before.apply();
    open.put("src/routes.rs", &File::new("a\nb, c\nd\n"));
    open.git(&["add", "src/routes.rs"]);
    open.put("new/run", &program("#!/bin/sh\necho mine\n").expect("a file"));
    fs::remove_file(open.root.join("tool.sh")).expect("it exists");
    open
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

/// A concluded move, after which one file was edited and another put back by hand; and the same undone.
fn concluded(before: &Fixture) -> (Fixture, Fixture) {
    let done = before.apply();
    done.conclude();
    done.put("src/main.rs", &File::new("fn main() { new(); mine() }\n"));
    done.put("private.txt", &File::new("secret\n"));
    let undone = done.copy();
    let outcome = Deed::Undo.run(&undone.root, &Interference::none()).expect("undone");
    let left: Vec<_> = outcome.left.iter().map(|left| left.path.as_str()).collect();
    assert_eq!(left, ["src/main.rs"]);
    assert_eq!(fs::read_to_string(outcome.left[0].kept.as_ref().expect("kept")).expect("text"), "fn main() {}\n");
    (done, undone)
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
                    assert_eq!(victim.standing(), from.standing(), "{deed:?} {step}");
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
            assert_eq!(victim.standing(), from.standing(), "{deed:?} {step}");
        }
    }
}

/// Does something else at a step.
struct Meanwhile<'a> {
    steps: Mutex<usize>,
    at: usize,
    act: &'a (dyn Fn() + Sync),
}

impl Watch for Meanwhile<'_> {
    fn before(&self, _: &Step) -> io::Result<()> {
        let mut steps = self.steps.lock().expect("no panic holds it");
        if *steps == self.at {
            (self.act)();
        }
        *steps += 1;
        Ok(())
    }

    fn after(&self, _: &Step) {}
}

#[test]
fn of_two_at_once_the_second_is_refused() {
    let fixture = Fixture::new();
    let second = Mutex::new(Vec::new());
    let act = || {
        let moves = Moves::of(&Project::at(&fixture.root).expect("a project")).standing().map(drop);
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
        assert_eq!(fixture.standing(), Standing::Nothing);
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
    assert_eq!(fixture.standing(), Standing::Nothing);
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
        assert_eq!(outcome.left.len(), 1, "{outcome:?}");
        assert_eq!(outcome.left[0].path, path("run.sh"));
        assert_eq!(fs::read_to_string(outcome.left[0].kept.as_ref().expect("kept")).expect("text"), kept);
        assert_eq!(fs::read_to_string(survivor.root.join("run.sh")).expect("text"), "mine\n");
    }
}

#[test]
fn conflicts_are_shown_by_git_and_concluded_when_they_are_resolved() {
    let fixture = Fixture::new().apply();
    let status = fixture.git(&["status", "--porcelain", "src/routes.rs", "logo.png", "kept.txt"]);
    assert_eq!(status, "UD app/kept.txt\nUU app/logo.png\nUU app/src/routes.rs\n");
    assert!(matches!(fixture.standing(), Standing::Conflicts(_)));
    let project = Project::at(&fixture.root).expect("a project");
    let moves = Moves::of(&project);
    assert_eq!(
        moves.apply(&the_move(), &header("sync")).expect_err("refused").to_string(),
        "`heavy sync` left conflicts that are still open"
    );
    assert_eq!(
        moves.conclude().expect("readable"),
        Conclusion::Open(vec![
            Unresolved::Marker(path("src/routes.rs"), 2),
            Unresolved::Marker(path("src/routes.rs"), 6),
            Unresolved::Beside { path: path("logo.png"), beside: path("logo.png.template") },
            Unresolved::Unmerged(path("kept.txt")),
            Unresolved::Unmerged(path("logo.png")),
            Unresolved::Unmerged(path("src/routes.rs")),
        ])
    );
    fixture.conclude();
    assert_eq!(fs::read_to_string(fixture.root.join("heavy.toml")).expect("text"), LOCK.replace("\"1\"", "\"2\""));
    assert!(matches!(fixture.standing(), Standing::Concluded(_)));
}

#[test]
fn a_clone_knows_of_open_conflicts_and_can_conclude_them() {
    let before = Fixture::new();
    before.put("heavy.toml", &File::new(moved_lock()));
    before.put("src/routes.rs", &File::new(MARKED));
    assert_eq!(
        before.standing(),
        Standing::ConflictsElsewhere(vec![path("src/routes.rs"), path("logo.png"), path("kept.txt")])
    );
    let project = Project::at(&before.root).expect("a project");
    let open = Moves::of(&project).conclude().expect("readable");
    let lines = [2, 6].map(|line| Unresolved::Marker(path("src/routes.rs"), line));
    assert_eq!(open, Conclusion::Open(lines.to_vec()));
    before.put("src/routes.rs", &File::new("a\n"));
    assert!(matches!(Moves::of(&project).conclude().expect("readable"), Conclusion::Done(_)));
    assert_eq!(before.standing(), Standing::Nothing);
}

#[test]
fn a_move_that_was_thrown_away_with_git_is_no_longer_open() {
    let before = Fixture::new();
    let fixture = before.apply();
    fixture.git(&["reset", "--quiet", "--hard"]);
    fixture.git(&["clean", "--quiet", "--force", "-d"]);
    assert_eq!(fixture.standing(), Standing::Nothing);
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
    fixture.conclude();
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
    assert!(matches!(fixture.standing(), Standing::Conflicts(_)));
    Moves::of(&project()).abort().expect("put back");
    assert_eq!(fs::read_to_string(fixture.root.join("src/main.rs")).expect("text"), "fn main() {}\n");
    assert!(!fixture.root.join("new").exists());
}

#[test]
fn a_repository_that_the_environment_names_is_the_one() {
    let before = Fixture::new();
    let (top, elsewhere) = (before.root.join(".."), before.root.join("../../elsewhere"));
    fs::rename(top.join(".git"), &elsewhere).expect("a folder");
    assert!(Project::at(&before.root).expect("a project").git().is_none());
    for work_tree in [Some(&top), None] {
        let fixture = elsewhere.join("index");
        let mut command = Deed::Apply.in_a_process(&before.root, "9999 Before Abort");
        command.current_dir(&top).env("GIT_DIR", &elsewhere).envs(work_tree.map(|folder| ("GIT_WORK_TREE", folder)));
        assert!(command.status().expect("it starts").success());
        assert!(index(&fixture).contains(" 3 app/src/routes.rs\n"), "{work_tree:?}");
        assert!(elsewhere.join("heavy/in-app/moves/1").is_dir(), "{work_tree:?}");
        let mut command = Deed::Abort.in_a_process(&before.root, "9999 Before Abort");
        command.current_dir(&top).env("GIT_DIR", &elsewhere).envs(work_tree.map(|folder| ("GIT_WORK_TREE", folder)));
        assert!(command.status().expect("it starts").success());
        assert!(!index(&fixture).contains(" 3 app/"), "{work_tree:?}");
    }
}
