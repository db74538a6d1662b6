//! Logs are written here as a watcher would, and cemented; git merges branches for real.

use std::process::Command;

use super::*;
use crate::time::chain::check;
use crate::time::tracker::Work;

const NOW: i64 = 1_795_780_800;
const ADA: &str = "Ada Lovelace <ada@example.org>";

struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().expect("a folder") };
        fs::create_dir(world.root()).expect("a folder");
        world.git(&["init", "--quiet", "--initial-branch=main"]);
        fs::write(world.root().join("a.txt"), "a").expect("a file");
        world.commit();
        world
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    fn paths(&self) -> TimePaths {
        TimePaths::around(&self.root()).expect("a repository")
    }

    fn git(&self, arguments: &[&str]) -> bool {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.root()).args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]);
        git.args(["-c", "commit.gpgsign=false"]).args(arguments);
        git.output().expect("git").status.success()
    }

    fn commit(&self) {
        assert!(self.git(&["add", "--all"]) && self.git(&["commit", "--quiet", "--message=state"]));
    }

    /// An hour of work, so many hours ago.
    fn works(&self, hours_ago: i64) {
        let from = NOW - hours_ago * 3600;
        let work = Work { id: format!("run-{hours_ago}"), from, to: from + 3000, done: true };
        let paths = self.paths();
        let path = paths.made().expect("a folder").join("main.jsonl");
        let text = [fs::read_to_string(&path).unwrap_or_default(), log::line(&work, ADA)].concat();
        fs::write(path, text).expect("a log");
    }

    fn cements(&self) -> Result<Cemented> {
        cement(&self.paths(), ADA, &self.folder.path().join("settings"), NOW)
    }

    fn file(&self) -> PathBuf {
        let files = cemented_files(&self.paths()).expect("a folder");
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }

    fn entries(&self) -> usize {
        let checked = check(&fs::read(self.file()).expect("a file"), NOW);
        assert!(checked.findings.is_empty(), "{:?}", checked.findings);
        checked.spans.len()
    }
}

#[test]
fn what_is_cemented_is_not_cemented_again() {
    let world = World::new();
    world.works(9);
    world.works(7);
    let done = world.cements().expect("cemented");
    assert_eq!(done.spans.len(), 2);
    assert_eq!(done.files[0], Path::new("time/.gitattributes"));
    let before = fs::read(world.file()).expect("a file");
    let again = world.cements().expect("nothing to do");
    assert!(again.spans.is_empty() && again.files.is_empty());
    assert_eq!(fs::read(world.file()).expect("a file"), before);
    world.works(5);
    assert_eq!(world.cements().expect("cemented").spans.len(), 1);
    let after = fs::read(world.file()).expect("a file");
    assert!(after.starts_with(&before));
    assert_eq!(world.entries(), 3);
}

#[test]
fn nothing_to_cement_makes_no_file_and_no_key() {
    let world = World::new();
    assert!(world.cements().expect("nothing to do").files.is_empty());
    assert!(!world.root().join("time").exists() && !world.folder.path().join("settings").exists());
}

#[test]
fn a_kill_between_the_clones_copy_and_the_file_loses_and_doubles_nothing() {
    let world = World::new();
    world.works(9);
    world.cements().expect("cemented");
    let early = fs::read(world.file()).expect("a file");
    world.works(7);
    world.cements().expect("cemented");
    fs::write(world.file(), early).expect("the file as it was before the kill");
    let again = world.cements().expect("cemented");
    assert!(again.spans.is_empty());
    assert_eq!(again.files.len(), 1);
    assert_eq!(world.entries(), 2);
}

#[test]
fn two_branches_that_both_cemented_merge_without_a_conflict() {
    let world = World::new();
    world.works(20);
    world.cements().expect("cemented");
    world.commit();
    assert!(world.git(&["switch", "--quiet", "--create", "side"]));
    world.works(15);
    world.cements().expect("cemented");
    world.commit();
    assert!(world.git(&["switch", "--quiet", "main"]));
    assert_eq!(world.entries(), 1);
    world.works(10);
    world.cements().expect("cemented");
    assert_eq!(world.entries(), 3);
    world.commit();
    assert!(world.git(&["merge", "--quiet", "--no-edit", "side"]), "a conflict");
    assert_eq!(world.entries(), 3);
    // Time of a branch that is thrown away is not.
    assert!(world.cements().expect("cemented").spans.is_empty());
}

#[test]
fn two_branches_that_both_began_the_file_merge_without_a_conflict() {
    let world = World::new();
    assert!(world.git(&["branch", "side"]));
    world.works(20);
    world.cements().expect("cemented");
    world.commit();
    assert!(world.git(&["switch", "--quiet", "side"]));
    world.works(15);
    world.cements().expect("cemented");
    world.commit();
    assert!(world.git(&["merge", "--quiet", "--no-edit", "main"]), "a conflict");
    assert_eq!(world.entries(), 2);
}

#[test]
fn a_file_that_somebody_edited_is_left_alone_and_the_line_is_named() {
    let world = World::new();
    world.works(9);
    world.works(7);
    world.cements().expect("cemented");
    let edited = fs::read_to_string(world.file()).expect("a file").replacen("T02:58", "T01:58", 1);
    fs::write(world.file(), &edited).expect("a file");
    world.works(5);
    let error = world.cements().expect_err("it was edited");
    assert!(error.causes[0].starts_with("line 2 (entry 1, "), "{error:?}");
    assert_eq!(fs::read_to_string(world.file()).expect("a file"), edited);
}

#[test]
fn a_clone_that_was_put_back_from_a_backup_goes_on_where_the_file_is() {
    let world = World::new();
    world.works(9);
    world.cements().expect("cemented");
    let copies = world.paths().folder().join("cemented").join(location(world.paths().folder()));
    let name = world.file().file_name().expect("a name").to_owned();
    let old = fs::read(copies.join(&name)).expect("a copy");
    world.works(7);
    world.cements().expect("cemented");
    fs::write(copies.join(&name), old).expect("the backup");
    world.works(5);
    assert_eq!(world.cements().expect("cemented").spans.len(), 1);
    assert_eq!(world.entries(), 3);
}

#[test]
fn a_clone_that_was_copied_as_a_folder_begins_a_file_of_its_own() {
    let world = World::new();
    world.works(20);
    world.cements().expect("cemented");
    world.commit();
    let settings = world.folder.path().join("settings");
    let copied = Command::new("cp").arg("-r").arg(world.root()).arg(world.folder.path().join("copy")).status();
    assert!(copied.expect("cp").success());
    world.works(15);
    world.cements().expect("cemented");
    world.commit();
    let copy = World { folder: tempfile::tempdir().expect("a folder") };
    fs::rename(world.folder.path().join("copy"), copy.root()).expect("the copy, elsewhere");
    copy.works(10);
    assert_eq!(cement(&copy.paths(), ADA, &settings, NOW).expect("cemented").spans.len(), 1);
    copy.commit();
    let other = copy.root().display().to_string();
    assert!(world.git(&["pull", "--quiet", "--no-rebase", "--no-edit", &other, "main"]), "a conflict");
    let files = cemented_files(&world.paths()).expect("a folder");
    let mut entries: Vec<usize> = files
        .iter()
        .map(|path| check(&fs::read(path).expect("a file"), NOW))
        .inspect(|checked| assert!(checked.findings.is_empty(), "{:?}", checked.findings))
        .map(|checked| checked.spans.len())
        .collect();
    entries.sort_unstable();
    assert_eq!(entries, [1, 2]);
    assert!(world.cements().expect("in order").spans.is_empty());
}

#[test]
fn another_key_begins_another_file() {
    let world = World::new();
    world.works(9);
    world.cements().expect("cemented");
    fs::remove_dir_all(world.folder.path().join("settings")).expect("our own folder");
    world.works(7);
    world.cements().expect("cemented");
    let files = cemented_files(&world.paths()).expect("a folder");
    let entries = files.iter().map(|path| check(&fs::read(path).expect("a file"), NOW).spans.len());
    assert_eq!(entries.collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn somebody_elses_log_is_not_cemented_as_ones_own() {
    let world = World::new();
    world.works(9);
    let other = cement(&world.paths(), "Bob <bob@example.org>", &world.folder.path().join("settings"), NOW);
    assert!(other.expect("nothing to do").spans.is_empty());
}

#[test]
fn of_two_at_once_each_span_is_written_by_one() {
    let world = World::new();
    for hours in 1..20 {
        world.works(hours * 2);
    }
    let written: usize = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| world.cements().expect("cemented").spans.len())).collect();
        all.into_iter().map(|one| one.join().expect("no panic")).sum()
    });
    assert_eq!(written, 19);
    assert_eq!(world.entries(), 19);
}

#[test]
fn files_are_called_after_people() {
    assert_eq!(short_name("Ada Lovelace <ada@example.org>"), "ada-lovelace");
    assert_eq!(short_name("李 <li.wei@example.org>"), "li-wei");
    assert_eq!(short_name("../../etc <x>"), "etc");
    assert_eq!(short_name("李 <李@例>"), "somebody");
}
