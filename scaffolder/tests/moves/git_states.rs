//! Cases about git: what state the repository is in, where it is, and how it is set up.

use std::fs;

use crate::state::{assert_same, files};
use crate::world::World;

const GUIDE: &str = "# Guide\n\nfirst\n\nsecond\n\nthird\n";

/// A project of 1.0.0 with an edit of the user's committed, and 1.1.0 to come, which merge.
fn project() -> World {
    let world = World::with_git();
    world.template("1.0.0", &files(&[("guide.md", GUIDE), ("other.txt", "one\n")]));
    world.create(&[]);
    world.is_pristine();
    world.write("guide.md", GUIDE.replace("third", "third, of mine"));
    world.commit();
    next(&world);
    world
}

fn next(world: &World) {
    world.template("1.1.0", &files(&[("guide.md", &*GUIDE.replace("first", "First")), ("other.txt", "two\n")]));
}

fn merged() -> String {
    GUIDE.replace("first", "First").replace("third", "third, of mine")
}

/// What a user does to a project.
type Edit = fn(&World);

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
fn case_21_a_dirty_work_tree_needs_consent_and_is_just_as_safe() {
    let dirty: [(&str, Edit); 4] = [
        ("edited", |world| world.write("guide.md", GUIDE.replace("second", "second, not committed"))),
        ("staged", |world| {
            world.write("guide.md", GUIDE.replace("second", "second, not committed"));
            world.git(&["add", "guide.md"]);
        }),
        ("only staged", |world| {
            world.write("guide.md", GUIDE.replace("second", "only staged"));
            world.git(&["add", "guide.md"]);
            world.write("guide.md", GUIDE.replace("second", "second, not committed"));
        }),
        ("untracked", |world| world.write("new.txt", "second, not committed\n")),
    ];
    for (how, make) in dirty {
        let world = World::with_git();
        world.template("1.0.0", &files(&[("guide.md", GUIDE)]));
        world.create(&[]);
        world.is_pristine();
        make(&world);
        let next = files(&[("guide.md", &*GUIDE.replace("first", "First")), ("new.txt", "of the template\n")]);
        world.template("1.1.0", &next);
        let staged = world.git(&["diff", "--cached"]);
        let shown = world.refuses(&["sync"]);
        assert!(shown.contains("--allow-dirty"), "{how}: {shown}");
        world.moved(&["sync", "--allow-dirty"]);
        let all = world.read("guide.md") + &world.read("new.txt");
        assert!(all.contains("not committed"), "{how}: {all}");
        if how != "untracked" {
            assert_eq!(
                world.git(&["diff", "--cached", "--", "guide.md"]),
                staged,
                "{how}: what is staged stays staged"
            );
        }
    }
}

#[test]
fn case_21_untracked_files_that_the_template_does_not_touch_are_no_obstacle() {
    let world = project();
    world.write("notes.txt", "not committed\n");
    let moved = world.moved(&["sync"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    assert_eq!(world.read("notes.txt"), "not committed\n");
    assert_eq!(world.read("guide.md"), merged());
}

#[test]
fn case_21_in_the_middle_of_a_merge_nothing_moves() {
    let world = project();
    world.git(&["switch", "--quiet", "--create", "side", "HEAD~1"]);
    world.write("side.txt", "side\n");
    world.commit();
    world.git(&["switch", "--quiet", "-"]);
    world.git(&["merge", "--quiet", "--no-ff", "--no-commit", "side"]);
    for command in [&["sync"][..], &["sync", "--allow-dirty"], &["rename", "shop", "--allow-dirty"]] {
        let shown = world.refuses(command);
        assert!(shown.contains("merge"), "{shown}");
    }
    world.git(&["merge", "--abort"]);
    assert_eq!(world.moved(&["sync"]).code, 0);
}

#[test]
fn case_21_in_the_middle_of_a_rebase_nothing_moves() {
    let world = project();
    world.git(&["switch", "--quiet", "--create", "side", "HEAD~1"]);
    world.write("guide.md", "all of it is different\n");
    world.commit();
    let failed = world.env.program("git").current_dir(world.path("")).args(["rebase", "-"]).output().expect("git");
    assert!(!failed.status.success());
    let shown = world.refuses(&["sync", "--allow-dirty"]);
    assert!(shown.contains("rebase"), "{shown}");
}

#[test]
fn case_21_with_unmerged_paths_of_another_merge_nothing_moves() {
    let world = project();
    world.git(&["switch", "--quiet", "--create", "side", "HEAD~1"]);
    world.write("guide.md", "all of it is different\n");
    world.git(&["stash", "--quiet"]);
    world.git(&["switch", "--quiet", "-"]);
    let failed = world.env.program("git").current_dir(world.path("")).args(["stash", "pop"]).output().expect("git");
    assert!(!failed.status.success(), "the stash conflicts");
    let shown = world.refuses(&["sync", "--allow-dirty"]);
    assert!(shown.contains("guide.md"), "{shown}");
}

/// A move in a project whose repository is not simply the folder around it.
#[track_caller]
fn moves_in(world: &World, folder: &str) {
    let path = |file: &str| world.env.path(folder).join(file);
    let run = |arguments: &[&str]| {
        let output = world.in_folder(folder, arguments).output().expect("heavy starts");
        (output.status.code().unwrap_or(-1), world.env.shown(&output))
    };
    let before = crate::state::read(&world.env.path(folder));
    let (code, shown) = run(&["sync"]);
    assert_eq!(code, 0, "{shown}");
    assert_eq!(fs::read_to_string(path("guide.md")).expect("a file"), merged());
    let status = world.env.git(folder, &["status", "--porcelain", "--", "."]);
    let changed: Vec<&str> = status.lines().filter_map(|line| line.rsplit(['/', ' ']).next()).collect();
    assert_eq!(changed, ["guide.md", "heavy.toml", "other.txt"], "nothing but the project's files, no state of moves");
    let (code, shown) = run(&["undo"]);
    assert_eq!(code, 0, "{shown}");
    assert_same(&crate::state::read(&world.env.path(folder)), &before, "undo");

    // And with a conflict, which git shows below the project's folder.
    fs::write(path("guide.md"), GUIDE.replace("first", "first, of mine")).expect("a file");
    world.env.git(folder, &["commit", "--quiet", "--all", "--message=conflict"]);
    let (code, shown) = run(&["sync"]);
    assert_eq!(code, 1, "{shown}");
    let unmerged = world.env.git(folder, &["diff", "--name-only", "--diff-filter=U", "--relative"]);
    assert_eq!(unmerged.trim(), "guide.md");
    let (code, shown) = run(&["sync", "--abort"]);
    assert_eq!(code, 0, "{shown}");
    assert_eq!(world.env.git(folder, &["status", "--porcelain", "--", "."]), "");
}

#[test]
fn case_22_the_project_is_a_subfolder_of_a_larger_repository() {
    let world = World::without_git();
    world.template("1.0.0", &files(&[("guide.md", GUIDE), ("other.txt", "one\n")]));
    world.env.write("whole/apps/README.md", "apps\n");
    world.env.git("whole", &["init", "--quiet"]);
    let template = world.env.path("template");
    let new = ["new", "my-app", "--template", &template.to_string_lossy(), "--defaults", "--quiet"];
    let output = world.in_folder("whole/apps", &new).output().expect("heavy starts");
    assert!(output.status.success(), "{}", world.env.shown(&output));
    world.env.write("whole/apps/my-app/guide.md", GUIDE.replace("third", "third, of mine"));
    world.env.git("whole", &["add", "--all"]);
    world.env.git("whole", &["commit", "--quiet", "--message=all"]);
    next(&world);
    // What lies outside of the project is none of its business.
    world.env.write("whole/apps/README.md", "apps, not committed\n");
    moves_in(&world, "whole/apps/my-app");
    assert_eq!(world.env.read("whole/apps/README.md"), "apps, not committed\n");
}

#[test]
fn case_22_the_project_is_a_linked_work_tree() {
    let world = project();
    world.git(&["worktree", "add", "--quiet", "../linked", "-b", "linked"]);
    moves_in(&world, "linked");
    assert!(world.git(&["status", "--porcelain"]).is_empty(), "the main work tree is not touched");
}

#[test]
fn case_22_the_project_is_a_submodule() {
    let world = project();
    world.env.write("outer/README.md", "outer\n");
    world.env.git("outer", &["init", "--quiet"]);
    let inner = world.path("");
    let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &inner.to_string_lossy(), "inner"];
    world.env.git("outer", &add);
    world.env.git("outer", &["commit", "--quiet", "--message=with a submodule"]);
    moves_in(&world, "outer/inner");
}

#[test]
fn case_22_a_submodule_of_the_projects_is_left_alone() {
    let world = project();
    let template = world.env.path("template");
    world.env.git("template", &["init", "--quiet"]);
    world.env.git("template", &["add", "--all"]);
    world.env.git("template", &["commit", "--quiet", "--message=x"]);
    let add =
        ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &template.to_string_lossy(), "vendor"];
    world.git(&add);
    world.commit();
    world.write("vendor/other.txt", "mine\n");
    let moved = world.moved(&["sync", "--allow-dirty"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    assert_eq!(world.read("vendor/other.txt"), "mine\n");
}

#[test]
fn case_22_git_dir_in_the_environment_is_the_repository() {
    let world = project();
    let elsewhere = world.env.path("elsewhere.git");
    fs::rename(world.path(".git"), &elsewhere).expect("our own folder");
    let run = |arguments: &[&str]| {
        let mut command = world.command(arguments);
        command.env("GIT_DIR", &elsewhere).env("GIT_WORK_TREE", world.path(""));
        let output = command.output().expect("heavy starts");
        (output.status.code(), world.env.shown(&output))
    };
    world.write("other.txt", "not committed\n");
    let (code, shown) = run(&["sync"]);
    assert!(code == Some(2) && shown.contains("--allow-dirty"), "{shown}");
    world.write("other.txt", "one\n");
    let (code, shown) = run(&["sync"]);
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(world.read("guide.md"), merged());
    assert!(!world.path(".heavy").exists(), "the repository holds the state of moves");
}

#[test]
fn case_22_git_dir_of_another_repository_does_not_confuse_a_move() {
    // As git sets it for its hooks and aliases.
    let world = project();
    world.env.write("other/README.md", "other\n");
    world.env.git("other", &["init", "--quiet"]);
    let before = crate::state::read(&world.env.path("other"));
    let index = fs::read(world.env.path("other/.git/index")).ok();
    let mut command = world.command(&["sync"]);
    command.env("GIT_DIR", world.env.path("other/.git")).env("GIT_WORK_TREE", world.env.path("other"));
    let output = command.output().expect("heavy starts");
    let shown = world.env.shown(&output);
    assert!(matches!(output.status.code(), Some(0 | 2)), "{shown}");
    assert_same(&crate::state::read(&world.env.path("other")), &before, "the other repository's files");
    assert_eq!(fs::read(world.env.path("other/.git/index")).ok(), index, "the other repository's index");
}

#[test]
fn case_23_without_a_repository_a_move_is_as_safe() {
    let world = World::without_git();
    world.template("1.0.0", &files(&[("guide.md", GUIDE), ("other.txt", "one\n")]));
    world.create(&[]);
    world.is_pristine();
    world.write("guide.md", GUIDE.replace("third", "third, of mine"));
    next(&world);
    assert_eq!(world.moved(&["sync"]).code, 0);
    assert_eq!(world.read("guide.md"), merged());
    assert_eq!(fs::read_to_string(world.path(".heavy/.gitignore")).expect("a file").trim(), "*");
}

#[test]
fn case_23_without_the_program_git_a_move_is_as_safe() {
    let world = project();
    let mut command = world.command(&["sync"]);
    let output = command.env("PATH", world.env.tmp()).output().expect("heavy starts");
    assert_eq!(output.status.code(), Some(0), "{}", world.env.shown(&output));
    assert_eq!(world.read("guide.md"), merged());
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
