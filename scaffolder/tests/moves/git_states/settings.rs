//! How git is set up.

use std::fs;

use super::{GUIDE, merged, next, project};
use crate::state::files;
use crate::world::World;

#[test]
fn case_15_without_file_modes_a_bit_on_the_disk_is_no_edit() {
    let world = World::with_git();
    world.template("1.0.0", &files(&[("guide.md", GUIDE), ("other.txt", "one\n"), ("gone.txt", "one\n")]));
    world.create(&[]);
    world.is_pristine();
    world.git(&["config", "core.fileMode", "false"]);
    // As a file system that cannot hold modes shows them.
    for file in ["guide.md", "other.txt", "gone.txt"] {
        crate::state::set_executable(&world.path(file), true);
    }
    next(&world);
    let moved = world.moved(&["sync"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    assert!(moved.plan.contains(&"delete gone.txt".to_owned()), "{:?}", moved.plan);
    assert_eq!(world.read("guide.md"), GUIDE.replace("first", "First"));
}

#[test]
fn case_23_identity_hooks_and_signing_play_no_part_in_a_move() {
    let world = project();
    fs::write(
        world.env.home().join(".gitconfig"),
        "[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = /does/not/exist\n[user]\n\tuseConfigOnly = true\n",
    )
    .expect("a file");
    let ran = world.env.path("a-hook-ran");
    for hook in ["pre-commit", "post-checkout", "post-index-change", "post-merge"] {
        let path = world.path(".git/hooks").join(hook);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, format!("#!/bin/sh\ntouch {}\nexit 1\n", ran.display())).expect("a file");
        crate::state::set_executable(&path, true);
    }
    let output = world.heavy(&["sync"]);
    assert_eq!(output.status.code(), Some(0), "{}", world.env.shown(&output));
    assert_eq!(world.read("guide.md"), merged());
    assert!(!ran.exists());
    world.returns(0, &["undo"]);
    world.write("guide.md", GUIDE.replace("first", "first, of mine"));
    world.returns(1, &["sync", "--allow-dirty"]);
    assert!(!ran.exists());
}

#[test]
fn case_24_the_users_settings_for_diffs_play_no_part_in_a_move() {
    for settings in [
        "[diff]\n\tnoprefix = true\n\tmnemonicPrefix = true\n\texternal = /bin/false\n\trenames = false\n\tcontext = 0\n",
        "[core]\n\tquotePath = true\n\tsafecrlf = true\n\tpager = false\n\tfsmonitor = false\n\tuntrackedCache = true\n",
        "[merge]\n\tconflictStyle = diff3\n\trenames = false\n\ttool = vimdiff\n[rerere]\n\tenabled = true\n",
        "[status]\n\tshowUntrackedFiles = no\n\trelativePaths = false\n[color]\n\tui = always\n",
    ] {
        let world = project();
        fs::write(world.env.home().join(".gitconfig"), settings).expect("a file");
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 0, "{settings}: {}", moved.shown);
        assert_eq!(world.read("guide.md"), merged(), "{settings}");
    }
}

#[test]
fn a_file_that_is_marked_so_that_edits_are_not_committed_is_no_sparse_checkout() {
    let world = project();
    world.write("user.conf", "u\n");
    world.commit();
    world.git(&["update-index", "--skip-worktree", "user.conf", "other.txt"]);
    world.write("user.conf", "mine\n");
    world.returns(0, &["sync"]);
    assert_eq!(world.read("user.conf"), "mine\n");
    assert_eq!(world.git(&["ls-files", "-v", "user.conf"]), "S user.conf\n", "the mark is still there");
    // One that is gone, and that the template does not have, is nobody's concern.
    world.returns(0, &["undo"]);
    fs::remove_file(world.path("user.conf")).expect("our own file");
    world.returns(0, &["sync"]);
    // One that is gone and that the template has would be taken for deleted.
    world.returns(0, &["undo"]);
    fs::remove_file(world.path("other.txt")).expect("our own file");
    let shown = world.refuses(&["sync"]);
    assert!(shown.contains("git update-index --no-skip-worktree other.txt") && !shown.contains("sparse"), "{shown}");
}

#[test]
fn case_24_with_autocrlf_what_is_on_the_disk_has_crlf_and_stays_so() {
    let world = World::with_git();
    fs::write(world.env.home().join(".gitconfig"), "[core]\n\tautocrlf = true\n").expect("a file");
    world.template("1.0.0", &files(&[("guide.md", GUIDE), ("other.txt", "one\n")]));
    world.create(&[]);
    world.is_pristine();
    world.commit();
    // As a checkout on Windows leaves it.
    fs::remove_file(world.path("guide.md")).expect("our own file");
    fs::remove_file(world.path("other.txt")).expect("our own file");
    world.git(&["checkout", "--", "."]);
    assert_eq!(world.read("other.txt"), "one\r\n");
    next(&world);
    let moved = world.moved(&["sync"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    assert_eq!(world.read("guide.md"), GUIDE.replace("first", "First").replace('\n', "\r\n"));
    assert_eq!(world.read("other.txt"), "two\r\n");
}

#[test]
fn case_24_a_merge_driver_that_the_user_configured_decides() {
    let world = World::with_git();
    let attributes = "*.list merge=together\n";
    world.template("1.0.0", &files(&[(".gitattributes", attributes), ("items.list", "one\n")]));
    world.create(&[]);
    world.is_pristine();
    world.git(&["config", "merge.together.driver", "cat %B >> %A"]);
    world.write("items.list", "mine\n");
    world.commit();
    world.template("1.1.0", &files(&[(".gitattributes", attributes), ("items.list", "two\n")]));
    let moved = world.moved(&["sync"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    assert_eq!(world.read("items.list"), "mine\ntwo\n");
}
