//! The folder of the new project, and the disk.

use crate::environment::Environment;

#[test]
fn a_folder_with_something_in_it_is_refused() {
    let env = Environment::new();
    env.write("my-app/notes.txt", "mine");
    insta::assert_snapshot!(env.run(&["new", "my-app"]), @r"
    exit 2
    --- err
    error: the folder `my-app` is not empty
    hint: choose another path, or add what is missing with `heavy new my-app --force` (it overwrites nothing)
    ");
    assert_eq!(env.list("my-app"), ["notes.txt"]);
}

#[test]
fn a_file_in_the_place_of_the_project_is_refused() {
    let env = Environment::new();
    env.write("my-app", "mine");
    insta::assert_snapshot!(env.run(&["new", "my-app", "--force"]), @r"
    exit 2
    --- err
    error: `my-app` exists and is not a folder
    hint: choose another path for the project
    ");
}

#[cfg(unix)]
#[test]
fn a_path_below_a_file_is_refused() {
    let env = Environment::new();
    env.template(&[]);
    env.write("file", "mine");
    insta::assert_snapshot!(env.run(&["new", "file/my-app", "--template", "template"]), @r"
    exit 4
    --- err
    error: cannot look at `file/my-app`
    caused by: Not a directory (os error 20)
    hint: a part of this path is a file; choose another folder
    ");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let env = Environment::new();
    std::fs::create_dir(env.path("theirs")).expect("a folder");
    std::fs::set_permissions(env.path("theirs"), PermissionsExt::from_mode(0o500)).expect("our own folder");
    // Rights do not stop root, in whose hands a test may be; `/proc` stops everybody.
    let place = if std::fs::write(env.path("theirs/x"), "").is_ok() { "/proc/theirs" } else { "theirs" };
    if place == "/proc/theirs" && !std::path::Path::new("/proc/self").exists() {
        return;
    }
    let shown = env.run(&["new", &format!("{place}/my-app"), "--quiet"]);
    assert!(shown.starts_with("exit 4\n--- err\nerror: cannot create"), "{shown}");
    assert!(shown.contains(place), "{shown}");
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_nothing_half_made() {
    let env = Environment::new();
    env.template(&[("big.txt", &"0123456789abcdef".repeat(4096))]);
    // A limit on the size of a file fails a write in its middle, as a full disk does.
    let limited = |target: &str| {
        let script = format!(
            "trap '' XFSZ; ulimit -f 16; exec {} new {target} --template template --quiet",
            env!("CARGO_BIN_EXE_heavy")
        );
        env.shown(&env.program("sh").args(["-c", &script]).output().expect("a shell"))
    };
    insta::assert_snapshot!(limited("shop/eu/my-app"), @r"
    exit 4
    --- err
    error: cannot write `shop/eu/my-app/big.txt`
    caused by: File too large (os error 27)
    hint: make room on this disk (`df -h` shows what is left) and run the command again
    ");
    assert_eq!(env.list(""), ["template"]);
    env.write("mine/notes.txt", "mine");
    assert!(limited("mine --force").starts_with("exit 4\n"));
    assert_eq!(env.list("mine"), ["notes.txt"]);
}
