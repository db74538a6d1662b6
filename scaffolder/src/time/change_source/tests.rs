//! Events as the system reports them, in a repository of git's own.

use std::process::Command;

use notify::EventKind;
use notify::event::CreateKind;

use super::*;

struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::tempdir().expect("a folder"));
        world.git(&["init", "--quiet", "--initial-branch=main"]);
        world.write("a.txt");
        world.commit();
        world
    }

    fn root(&self) -> PathBuf {
        self.0.path().canonicalize().expect("a folder")
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.root()).args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]);
        git.args(["-c", "commit.gpgsign=false"]).args(arguments);
        let output = git.output().expect("git");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn write(&self, name: &str) {
        fs::write(self.root().join(name), name).expect("a file");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=work"]);
    }
}

fn counts(source: &mut ChangeSource<'_>, path: &Path) -> bool {
    let event = Event::new(EventKind::Create(CreateKind::Any)).add_path(path.to_owned());
    source.is_change(&event, &mut |_| ()).expect("an event")
}

#[test]
fn a_switch_of_branches_is_no_work_and_a_commit_is() {
    let world = World::new();
    let paths = TimePaths::around(&world.root()).expect("a work tree");
    let (events, _inbox) = std::sync::mpsc::channel();
    let mut source = ChangeSource::begin(&paths, true, events, &mut |_| ()).expect("a source");
    let log = paths.git_dir().join("logs").join("HEAD");
    assert!(!counts(&mut source, &log), "the commits from before are not news");
    world.git(&["checkout", "--quiet", "-b", "other"]);
    world.git(&["checkout", "--quiet", "main"]);
    assert!(!counts(&mut source, &log));
    world.write("b.txt");
    world.commit();
    world.git(&["checkout", "--quiet", "other"]);
    assert!(counts(&mut source, &log), "the commit is seen behind the switch");
    assert!(!counts(&mut source, &log), "once");
}

#[test]
fn what_cementing_makes_is_no_work_and_a_note_beside_it_is() {
    let world = World::new();
    let paths = TimePaths::around(&world.root()).expect("a work tree");
    let (events, _inbox) = std::sync::mpsc::channel();
    let mut source = ChangeSource::begin(&paths, true, events, &mut |_| ()).expect("a source");
    fs::create_dir(paths.committed()).expect("a folder");
    for name in ["", ".gitattributes", "ada-9f31c2d4.jsonl"] {
        let path = if name.is_empty() { paths.committed() } else { paths.committed().join(name) };
        assert!(!counts(&mut source, &path), "{}", path.display());
    }
    assert!(counts(&mut source, &paths.committed().join("notes.md")));
    assert!(counts(&mut source, &world.root().join("new-folder")));
}
