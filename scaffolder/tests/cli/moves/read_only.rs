//! Commands that only look write nothing, wherever it is, and need not be allowed to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{next_version, project, run};
use crate::environment::Environment;

/// Everything below a folder, git's folder too, with its content and when it was last written.
fn everything(root: &Path) -> BTreeMap<PathBuf, (Option<Vec<u8>>, SystemTime)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("readable").path();
            let metadata = fs::symlink_metadata(&path).expect("it exists");
            let content = metadata.is_file().then(|| fs::read(&path).expect("readable"));
            if metadata.is_dir() {
                folders.push(path.clone());
            }
            found.insert(path, (content, metadata.modified().expect("a time")));
        }
    }
    found
}

fn assert_writes_nothing(env: &Environment, arguments: &[&str]) -> String {
    let all = || [everything(&env.path("")), everything(&env.home())];
    let before = all();
    let shown = run(env, arguments);
    for (before, after) in before.into_iter().zip(all()) {
        let changed: Vec<_> = after
            .iter()
            .filter(|(path, now)| before.get(*path) != Some(*now))
            .map(|(path, _)| path)
            .chain(before.keys().filter(|path| !after.contains_key(*path)))
            .collect();
        assert!(changed.is_empty(), "heavy {arguments:?} wrote {changed:#?}\n{shown}");
    }
    shown
}

/// Commands that only look, with what they return in a project whose template has a newer version.
const LOOKING: [(&[&str], &str); 8] = [
    (&["check"], "exit 1"),
    (&["check", "--json"], "exit 1"),
    (&["sync", "--dry-run"], "exit 0"),
    (&["rename", "shop", "--dry-run"], "exit 0"),
    (&["remove-feature", "vectors", "--dry-run"], "exit 0"),
    (&["undo", "--dry-run"], "exit 0"),
    (&["diff"], "exit 0"),
    (&["adopt", "--template", "template", "--dry-run"], "exit 0"),
];

/// On a mount that nobody can write to, in a name space of its own for mounts. Where the system lets nobody make one, nothing is tried here,
/// and the test below has to do.
#[cfg(target_os = "linux")]
#[test]
fn commands_that_only_look_run_on_a_read_only_mount() {
    let alone = |script: &str, env: &Environment| {
        let mut command = env.program("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-ec", script, "sh", env!("CARGO_BIN_EXE_heavy")]);
        command
    };
    let env = project();
    run(&env, &["add-feature", "vectors"]);
    super::commit(&env);
    next_version(&env);
    let read_only = "here=$PWD; for folder in \"$here\" \"$HOME\"; do mount --bind \"$folder\" \"$folder\"; \
                     mount -o remount,bind,ro \"$folder\"; done; cd /; cd \"$here\"";
    if !alone(read_only, &env).output().is_ok_and(|output| output.status.success()) {
        return;
    }
    let there = |arguments: &[&str]| {
        let mut command = alone(&format!("{read_only}; exec \"$@\""), &env);
        env.shown(&command.args(arguments).args(["--project", "my-app"]).output().expect("unshare starts"))
    };
    for (arguments, code) in LOOKING {
        let shown = there(arguments);
        assert!(shown.starts_with(code), "heavy {arguments:?}: {shown}");
    }
    let shown = there(&["sync", "--yes"]);
    assert!(shown.contains("Read-only file system"), "it could be written to: {shown}");
}

#[test]
fn check_diff_and_dry_runs_write_nothing_and_take_no_lock_that_is_not_there() {
    let env = project();
    run(&env, &["add-feature", "vectors"]);
    super::commit(&env);
    next_version(&env);
    // As a tool that copies checkouts leaves it: the state of moves, and no lock. And what a kill would leave, for the next move to sweep.
    let state = env.path("my-app/.git/heavy/top");
    fs::remove_file(state.join("lock")).expect("it was there");
    fs::create_dir(state.join("moves/9.new")).expect("a folder");
    for (arguments, code) in LOOKING {
        let shown = assert_writes_nothing(&env, arguments);
        assert!(shown.starts_with(code), "heavy {arguments:?}: {shown}");
    }
}

#[cfg(unix)]
#[test]
fn a_copy_of_a_secret_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let env = project();
    env.write("my-app/old.txt", "old, and a secret\n");
    fs::set_permissions(env.path("my-app/old.txt"), fs::Permissions::from_mode(0o600)).expect("our own file");
    super::commit(&env);
    next_version(&env);
    env.write("template/old.txt", "new\n");
    // A conflict, resolved and then given up: the resolution is kept aside.
    assert!(run(&env, &["sync"]).starts_with("exit 1\n"));
    env.write("my-app/old.txt", "a resolution with a secret\n");
    assert!(run(&env, &["sync", "--abort"]).contains("is kept in"));
    assert!(run(&env, &["add-feature", "queue"]).starts_with("exit 0\n"));
    let state = env.path("my-app/.git/heavy/top");
    for folder in ["moves", "kept"] {
        let mode = fs::metadata(state.join(folder)).expect("a folder").permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{folder}");
    }
    let files: Vec<_> = everything(&state).into_iter().filter(|(_, (content, _))| content.is_some()).collect();
    let mut secrets = 0;
    for (path, (content, _)) in files.into_iter().filter(|(path, _)| !path.ends_with("lock")) {
        secrets += u32::from(String::from_utf8_lossy(&content.unwrap_or_default()).contains("secret"));
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    }
    assert_ne!(secrets, 0, "a copy is kept");
    let mode = fs::metadata(env.path("my-app/old.txt")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "and the file has its own mode again");
}
