use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::files::Reach;
use super::*;
use crate::merge::{Conflict, ConflictKind, Driver, Labels};
use crate::snapshot::Obstacle;
use crate::tree::tests::tree;
use crate::tree::{File, Tree, TreePath};

const LOCK: &str = "[template]\nsource = \"heavy\"\nversion = \"1\"\nstamp = \"\"\n\n[answers]\nname = \"app\"\n";

/// A folder with a project in it.
struct Place {
    _folder: tempfile::TempDir,
    root: PathBuf,
}

impl Place {
    /// Without a repository.
    fn plain() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Self { root: folder.path().canonicalize().expect("a folder"), _folder: folder };
        place.write("heavy.toml", LOCK);
        place
    }

    /// At the top of a repository that has no commit yet.
    fn git() -> Self {
        let place = Self::plain();
        place.run(&["init", "--quiet", "--initial-branch=main"]);
        for (key, value) in [("user.name", "T"), ("user.email", "t@localhost"), ("commit.gpgsign", "false")] {
            place.run(&["config", key, value]);
        }
        place
    }

    fn write(&self, at: &str, text: &str) {
        let on_disk = self.root.join(at);
        fs::create_dir_all(on_disk.parent().expect("a folder")).expect("a folder");
        fs::write(on_disk, text).expect("a file");
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("GIT_CONFIG_NOSYSTEM", "1");
        let output = command.env("HOME", &self.root).current_dir(&self.root).args(arguments).output().expect("git");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    fn commit(&self) {
        self.run(&["add", "--all"]);
        self.run(&["commit", "--quiet", "--message=x"]);
    }

    fn project(&self) -> Project {
        Project::discover(&self.root).expect("a project")
    }

    fn files(&self, base: &Tree, theirs: &Tree, reach: Reach) -> Vec<String> {
        let snapshot = self.project().snapshot(base, theirs, reach).expect("a snapshot");
        snapshot.files.keys().map(|path| path.as_str().to_owned()).filter(|path| path != "heavy.toml").collect()
    }
}

fn path(text: &str) -> TreePath {
    TreePath::parse(text).expect("a good path")
}

fn paths(texts: &[&str]) -> Vec<TreePath> {
    texts.iter().map(|text| path(text)).collect()
}

fn shown(place: &Place, error: &Error) -> String {
    let hints = error.hints.iter().map(|hint| format!("\nhint: {hint}"));
    format!("{error}{}", hints.collect::<String>()).replace(&*place.root.to_string_lossy(), "$ROOT")
}

#[test]
fn a_project_is_found_from_any_folder_in_it() {
    let place = Place::plain();
    place.write("src/deep/x.rs", "");
    assert_eq!(Project::discover(&place.root.join("src/deep")).expect("a project").root(), place.root);
}

#[test]
fn where_there_is_no_project_the_way_to_one_is_named() {
    let place = Place::plain();
    fs::remove_file(place.root.join("heavy.toml")).expect("it exists");
    insta::assert_snapshot!(shown(&place, &Project::discover(&place.root).expect_err("none")), @"
    there is no `heavy.toml` in `$ROOT` or in a folder above it
    hint: go into a project, or take one over with `heavy adopt`
    ");
}

#[test]
fn a_damaged_lock_file_is_refused_only_when_it_is_read() {
    let place = Place::git();
    place.write("heavy.toml", "<<<<<<< HEAD\n");
    assert!(place.project().lock().is_err());
    fs::remove_file(place.root.join("heavy.toml")).expect("it exists");
    let project = Project::at(&place.root).expect("a folder");
    insta::assert_snapshot!(shown(&place, &project.lock().expect_err("none")), @"
    `$ROOT` has no `heavy.toml`
    hint: take the project over with `heavy adopt`, or put the file back: take it from the last commit with `git checkout HEAD -- heavy.toml`
    ");
}

#[test]
fn a_project_knows_where_it_stands_in_its_work_tree() {
    let place = Place::git();
    assert_eq!(place.project().git().expect("git").prefix(), "");
    place.write("services/app/heavy.toml", LOCK);
    let inner = Project::discover(&place.root.join("services/app")).expect("a project");
    let git = inner.git().expect("git");
    assert_eq!(git.prefix(), "services/app/");
    assert_eq!(git.in_work_tree(&path("src/x")), "services/app/src/x");
    assert_eq!(git.in_project("services/app/src/x".into()), Some(path("src/x")));
    assert_eq!(git.in_project("services/apple/x".into()), None);
}

#[test]
fn a_linked_work_tree_has_a_git_folder_of_its_own() {
    let place = Place::git();
    place.commit();
    place.run(&["worktree", "add", "--quiet", "linked"]);
    let linked = Project::discover(&place.root.join("linked")).expect("a project");
    let git_dir = |project: &Project| project.git().expect("git").repository().git_dir().to_owned();
    assert_eq!(linked.git().expect("git").prefix(), "");
    assert_ne!(git_dir(&linked), git_dir(&place.project()));
}

#[test]
fn a_bare_repository_and_a_git_folder_are_none() {
    let place = Place::plain();
    place.run(&["init", "--quiet", "--bare", "."]);
    assert!(place.project().git().is_none());
}

#[test]
fn a_merge_in_progress_and_unmerged_paths_are_refused() {
    let place = Place::git();
    place.write("x", "a\n");
    place.commit();
    place.run(&["switch", "--quiet", "--create", "side"]);
    place.write("x", "b\n");
    place.commit();
    place.run(&["switch", "--quiet", "main"]);
    place.write("x", "c\n");
    place.commit();
    assert!(place.project().check_settled().is_ok());
    place.run(&["merge", "side"]);
    let error = place.project().check_settled().expect_err("refused");
    insta::assert_snapshot!(shown(&place, &error), @"
    the repository is in the middle of `git merge`
    hint: finish or abort that first; `git status` says how
    ");
    // As after `git stash pop`: nothing is in progress, and a path is unmerged.
    fs::remove_file(place.root.join(".git/MERGE_HEAD")).expect("it exists");
    let error = place.project().check_settled().expect_err("refused");
    insta::assert_snapshot!(shown(&place, &error), @"
    git has `x` as unmerged
    hint: resolve it and `git add` it first; `git status` lists all
    ");
}

#[test]
fn the_template_s_paths_are_read_even_if_git_ignores_them() {
    let place = Place::git();
    for (at, text) in [(".gitignore", ".env\n"), (".env", "SECRET"), ("src/mine.rs", ""), ("a", "a")] {
        place.write(at, text);
    }
    let template = tree(&[("a", ""), (".env", "")]);
    assert_eq!(place.files(&template, &template, Reach::AsNeeded), [".env", "a"]);
}

#[test]
fn the_users_own_files_are_read_where_something_may_have_moved() {
    let place = Place::git();
    for (at, text) in [(".gitignore", "/ignored\n"), ("ignored", ""), ("moved", "x"), ("a", "a"), (".hidden/b", "b")] {
        place.write(at, text);
    }
    place.write("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
    place.write("target/debug/x", "");
    place.write("large", &"x".repeat((4 << 20) + 1));
    place.write("clone/.git/HEAD", "");
    place.write("clone/x", "");
    place.write(".heavy/moves/1/record.json", "");
    let all = [".gitignore", ".hidden/b", "a", "moved"];
    let (one, two) = (tree(&[("a", "")]), tree(&[("a", ""), ("old", "x")]));
    assert_eq!(place.files(&one, &one, Reach::AsNeeded), ["a"]);
    assert_eq!(place.files(&one, &two, Reach::AsNeeded), ["a"]);
    // The user has not what base has: it was deleted, or moved.
    assert_eq!(place.files(&two, &two, Reach::AsNeeded), all);
    // The template has no longer what base has.
    assert_eq!(place.files(&one, &Tree::new(), Reach::AsNeeded), all);
    assert_eq!(place.files(&one, &one, Reach::Everything), all);
}

#[test]
fn without_a_repository_ignore_files_count_as_well() {
    let place = Place::plain();
    for (at, text) in [(".gitignore", "/ignored\n"), ("ignored", ""), ("mine", "")] {
        place.write(at, text);
    }
    assert_eq!(place.files(&Tree::new(), &Tree::new(), Reach::Everything), [".gitignore", "mine"]);
}

#[test]
fn what_was_added_by_force_is_not_ignored() {
    let place = Place::git();
    place.write(".gitignore", "*.log\n");
    place.write("kept.log", "");
    place.write("other.log", "");
    place.run(&["add", "--force", "kept.log"]);
    assert_eq!(place.files(&Tree::new(), &Tree::new(), Reach::Everything), [".gitignore", "kept.log"]);
}

#[test]
fn numbered_files_beside_new_ones_are_seen() {
    let place = Place::plain();
    place.write("migrations/0002_mine.sql", "");
    place.write("migrations/notes.txt", "");
    let (base, theirs) = (Tree::new(), tree(&[("migrations/0002_theirs.sql", "")]));
    assert_eq!(place.files(&base, &theirs, Reach::AsNeeded), ["migrations/0002_mine.sql"]);
}

#[cfg(unix)]
#[test]
fn links_are_never_followed_and_what_is_below_them_is_not_seen() {
    let place = Place::plain();
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("x"), "outside").expect("a file");
    std::os::unix::fs::symlink(outside.path(), place.root.join("docs")).expect("a link");
    std::os::unix::fs::symlink(outside.path().join("x"), place.root.join("link")).expect("a link");
    place.write(".gitignore", "*.log");
    place.write("folder/mine.log", "");
    place.write("known/mine", "");
    fs::create_dir_all(place.root.join("hollow/empty")).expect("a folder");
    place.write("clone/.git/HEAD", "");
    place.write("file", "mine");
    let template = tree(&[
        ("docs/x", ""),
        ("link", ""),
        ("folder", ""),
        ("known", ""),
        ("hollow", ""),
        ("clone/x", ""),
        ("file/x", ""),
    ]);
    let snapshot = place.project().snapshot(&Tree::new(), &template, Reach::AsNeeded).expect("a snapshot");
    let obstacles: Vec<_> = snapshot.obstacles.iter().map(|(path, what)| (path.as_str(), *what)).collect();
    assert_eq!(
        obstacles,
        [
            ("clone", Obstacle::Repository),
            ("docs", Obstacle::Link),
            ("folder", Obstacle::Folder),
            ("hollow", Obstacle::Folder),
            ("link", Obstacle::Link)
        ]
    );
    // A file in the place of a folder is a file, and a folder that is known whole can be merged.
    for at in ["file", "known/mine"] {
        assert!(snapshot.files.contains_key(&path(at)), "{at}");
    }
}

#[cfg(unix)]
#[test]
fn without_file_modes_the_index_says_what_is_executable_and_then_base() {
    let place = Place::git();
    place.write("run", "");
    place.write("new", "");
    place.run(&["add", "run"]);
    place.run(&["update-index", "--chmod=+x", "run"]);
    place.run(&["config", "core.fileMode", "false"]);
    let template =
        Tree::from([(path("run"), File::new("")), (path("new"), File { bytes: Vec::new(), executable: true })]);
    let snapshot = place.project().snapshot(&template, &template, Reach::AsNeeded).expect("a snapshot");
    assert!(snapshot.files.values().all(|file| file.executable));
}

#[test]
fn what_is_not_committed_is_what_is_tracked_and_differs_or_is_touched_and_untracked() {
    let place = Place::git();
    for at in ["same", "edited", "staged", "deleted", "put-back"] {
        place.write(at, "old\n");
    }
    place.write(".gitignore", ".env\n");
    place.write("elsewhere/x", "");
    place.commit();
    place.write("edited", "new, and longer\n");
    for at in ["staged", "put-back"] {
        place.write(at, "new, and longer\n");
        place.run(&["add", at]);
    }
    place.write("put-back", "old\n");
    fs::remove_file(place.root.join("deleted")).expect("it exists");
    place.write(".env", "SECRET");
    place.write("untracked", "");
    place.write("not-touched", "");
    let touched = paths(&["same", ".env", "untracked", "absent"]);
    let found = place.project().uncommitted(&touched).expect("readable");
    assert_eq!(found.changed.into_iter().collect::<Vec<_>>(), paths(&["deleted", "edited", "put-back", "staged"]));
    assert_eq!(found.untracked.into_iter().collect::<Vec<_>>(), paths(&[".env", "untracked"]));
}

#[test]
fn only_the_project_s_own_folder_has_to_be_clean() {
    let place = Place::git();
    place.write("services/app/heavy.toml", LOCK);
    place.write("services/apple", "");
    place.commit();
    place.write("services/apple", "edited");
    let inner = || Project::discover(&place.root.join("services/app")).expect("a project");
    assert!(inner().uncommitted([]).expect("readable").is_clean());
    place.write("services/app/heavy.toml", "");
    assert_eq!(
        inner().uncommitted([]).expect("readable").changed.into_iter().collect::<Vec<_>>(),
        paths(&["heavy.toml"])
    );
}

#[test]
fn line_endings_that_git_converts_are_no_change() {
    let place = Place::git();
    place.run(&["config", "core.autocrlf", "true"]);
    place.write("x", "a\r\n");
    place.commit();
    fs::remove_file(place.root.join("x")).expect("it exists");
    place.write("x", "a\r\n");
    assert!(place.project().uncommitted([]).expect("readable").is_clean());
}

fn labels() -> Labels {
    Labels { yours: "yours".to_owned(), template: "template 2".to_owned() }
}

fn merged(place: &Place, at: &str) -> (Option<Result<String, String>>, Vec<String>) {
    let project = place.project();
    let driver = project.merge_driver().expect("attributes");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let result = driver.merge(&path(at), Some(b"base\n"), b"ours\n", b"theirs\n", &labels());
    (result.map(|result| result.map(text).map_err(text)), driver.notes())
}

#[test]
fn a_merge_driver_gets_the_three_versions_the_path_and_the_labels() {
    let place = Place::git();
    let command = "{ cat %O %B; printf '%s\\n' %L %P %S %X %Y; } >> %A; case %P in *clean) ;; *) exit 3;; esac";
    place.run(&["config", "merge.mine.driver", command]);
    place.write(".gitattributes", "* merge=mine conflict-marker-size=9\n");
    let text = |at: &str| format!("ours\nbase\ntheirs\n9\n{at}\nbase\nyours\ntemplate 2\n");
    assert_eq!(merged(&place, "it's clean"), (Some(Ok(text("it's clean"))), Vec::new()));
    assert_eq!(merged(&place, "a b"), (Some(Err(text("a b"))), Vec::new()));
}

#[test]
fn a_merge_driver_that_cannot_run_is_passed_over_and_named() {
    let place = Place::git();
    place.write(".gitattributes", "* merge=mine\n");
    for command in ["no-such-program %A", "kill -9 $$; true"] {
        place.run(&["config", "merge.mine.driver", command]);
        let (result, notes) = merged(&place, "x");
        assert_eq!(result, None);
        assert!(notes[0].starts_with("the merge driver `mine` was not used for `x`: "), "{notes:?}");
    }
}

#[test]
fn git_s_own_drivers_are_known() {
    let place = Place::git();
    place.write(".gitattributes", "union merge=union\nbinary merge=binary\nunset -merge\nset merge\nodd merge=odd\n");
    assert_eq!(merged(&place, "union").0, Some(Ok("ours\ntheirs\n".to_owned())));
    for at in ["binary", "unset"] {
        assert_eq!(merged(&place, at).0, Some(Err("ours\n".to_owned())), "{at}");
    }
    for at in ["set", "odd", "other"] {
        assert_eq!(merged(&place, at).0, None, "{at}");
    }
    assert_eq!(merged(&Place::plain(), "union").0, None);
}

fn conflict(at: &str, kind: ConflictKind) -> Conflict {
    let side = |text: &str| Some(File::new(text));
    Conflict { path: path(at), kind, base: side("a\n"), ours: side("b\r\n"), theirs: side("c\n"), beside: None }
}

#[test]
fn the_versions_of_a_conflict_are_what_git_would_have_stored() {
    let place = Place::git();
    place.run(&["config", "core.autocrlf", "true"]);
    let project = place.project();
    let conflicts = [conflict("x", ConflictKind::Content)];
    let stages = project.stages(&conflicts).expect("written");
    let changes: Vec<_> = stages.iter().map(|(path, entries)| (*path, entries.as_slice())).collect();
    index::IndexFile::of(project.git().expect("git")).replace(&changes).expect("written");
    assert_eq!(place.run(&["show", ":1:x", ":2:x", ":3:x"]), "a\nb\nc\n");
    assert_eq!(place.run(&["status", "--porcelain", "x"]), "UU x\n");
}

#[test]
fn git_learns_nothing_of_ignored_files_and_of_what_it_cannot_show() {
    let place = Place::git();
    place.write(".gitignore", ".env\n");
    let project = place.project();
    let conflicts = [
        conflict(".env", ConflictKind::BothAdded),
        conflict("blocked", ConflictKind::Blocked),
        conflict("0002", ConflictKind::NumberTaken),
    ];
    assert!(project.stages(&conflicts).expect("written").is_empty());
}

#[test]
fn an_index_in_use_is_named() {
    let place = Place::git();
    place.write(".git/index.lock", "");
    let project = place.project();
    let error = index::IndexFile::of(project.git().expect("git")).replace(&[]).expect_err("refused");
    insta::assert_snapshot!(shown(&place, &error), @"
    git's index is in use by another program
    hint: wait for it to end, and run the command again; if there is none, delete the file
    ");
    assert_eq!(error.causes, [format!("`{}` exists", place.root.join(".git/index.lock").display())]);
}
