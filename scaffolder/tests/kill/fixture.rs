//! A project in a repository, and a move with one of everything.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use heavy_stack::merge::{Conflict, ConflictKind, Labels};
use heavy_stack::plan::moves::{CommitResult, Header, Moves, Status};
use heavy_stack::project::Project;
use heavy_stack::transition::{Change, Move};
use heavy_stack::tree::{File, Tree, TreePath};

use crate::interference::{Deed, Interference};

pub(crate) fn path(text: &str) -> TreePath {
    TreePath::parse(text).expect("a good path")
}

pub(crate) fn file(text: &str) -> Option<File> {
    Some(File::new(text))
}

pub(crate) fn program(text: &str) -> Option<File> {
    Some(File { bytes: text.into(), executable: true })
}

pub(crate) const LOCK: &str = "# mine\n[template]\nsource = \"heavy\"\nversion = \"1\"\nstamp = \"\"\n\n[answers]\n";
pub(crate) const MARKED: &str = "a\n<<<<<<< yours\nb\n=======\nc\n>>>>>>> template 2\nd\n";

pub(crate) fn moved_lock() -> String {
    LOCK.replace("\"1\"", "\"2\"") + "\n[conflicts]\npaths = [\"src/routes.rs\", \"logo.png\", \"kept.txt\"]\n"
}

/// One of everything: what stands before, and after.
pub(crate) fn changes() -> Vec<(&'static str, Option<File>, Option<File>)> {
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

pub(crate) fn the_move() -> Move {
    let conflict = |at: &str, kind, sides: [Option<File>; 3], side_file: Option<&str>| {
        let [base, ours, theirs] = sides;
        Conflict { path: path(at), kind, base, ours, theirs, side_file: side_file.map(path) }
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

pub(crate) fn header(verb: &str) -> Header {
    Header {
        verb: verb.to_owned(),
        from: "1".to_owned(),
        to: "2".to_owned(),
        labels: Labels::new("yours", "template 2"),
    }
}

/// A project in a git repository.
pub(crate) struct Fixture {
    _folder: tempfile::TempDir,
    pub(crate) root: PathBuf,
}

impl Fixture {
    pub(crate) fn new() -> Self {
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
    pub(crate) fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(self.root.parent().expect("the repository"), &folder.path().join("repo"));
        Self { root: folder.path().join("repo/app"), _folder: folder }
    }

    pub(crate) fn put(&self, at: &str, file: &File) {
        let on_disk = self.root.join(at);
        fs::create_dir_all(on_disk.parent().expect("a folder")).expect("a folder");
        fs::write(&on_disk, &file.bytes).expect("a file");
        self.mode(at, if file.executable { 0o755 } else { 0o644 });
    }

    pub(crate) fn mode(&self, at: &str, mode: u32) {
        fs::set_permissions(self.root.join(at), fs::Permissions::from_mode(mode)).expect("a file");
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("HOME", &self.root).current_dir(&self.root).args(["-c", "commit.gpgsign=false"]);
        let output = command.args(arguments).output().expect("git is installed");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub(crate) fn apply(&self) -> Self {
        let copy = self.copy();
        Deed::Apply.run(&copy.root, &Interference::none()).expect("applied");
        copy
    }

    pub(crate) fn status(&self) -> Status {
        Moves::of(&Project::at(&self.root).expect("a project")).status().expect("readable")
    }

    /// Resolves every conflict and concludes the move.
    pub(crate) fn commit(&self) {
        self.put("src/routes.rs", &File::new("a\nb, c\nd\n"));
        fs::remove_file(self.root.join("logo.png.template")).expect("it stands beside");
        self.git(&["add", "--all"]);
        let project = Project::at(&self.root).expect("a project");
        let concluded = Moves::of(&project).commit(&|| Ok(Tree::new())).expect("concluded");
        assert!(matches!(concluded, CommitResult::Done(_)), "{concluded:?}");
    }

    /// Everything that a person or git could tell apart: each file and folder with its content and mode, and the index.
    pub(crate) fn state(&self) -> BTreeMap<String, String> {
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

pub(crate) fn index(at: &Path) -> String {
    let options = gix::index::decode::Options::default();
    let index = gix::index::File::at(at, gix::hash::Kind::Sha1, false, options).expect("an index");
    let line = |entry: &gix::index::Entry| {
        format!("{:o} {} {} {}\n", entry.mode.bits(), entry.id, entry.stage_raw(), entry.path(&index))
    };
    index.entries().iter().map(line).collect()
}

pub(crate) fn copy(from: &Path, to: &Path) {
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

/// A project with open conflicts, one of them half resolved and staged.
pub(crate) fn half_resolved(before: &Fixture) -> Fixture {
    let open = before.apply();
    open.put("src/routes.rs", &File::new("a\nb, c\nd\n"));
    open.git(&["add", "src/routes.rs"]);
    open.put("new/run", &program("#!/bin/sh\necho mine\n").expect("a file"));
    fs::remove_file(open.root.join("tool.sh")).expect("it exists");
    open
}

/// A concluded move, after which one file was edited and another put back by hand; and the same undone.
pub(crate) fn concluded(before: &Fixture) -> (Fixture, Fixture) {
    let done = before.apply();
    done.commit();
    done.put("src/main.rs", &File::new("fn main() { new(); mine() }\n"));
    done.put("private.txt", &File::new("secret\n"));
    let undone = done.copy();
    let outcome = Deed::Undo.run(&undone.root, &Interference::none()).expect("undone");
    let left: Vec<_> = outcome.skipped.iter().map(|left| left.path.as_str()).collect();
    assert_eq!(left, ["src/main.rs"]);
    assert_eq!(fs::read_to_string(outcome.skipped[0].kept.as_ref().expect("kept")).expect("text"), "fn main() {}\n");
    (done, undone)
}
