//! Where the repository is: around the project, linked, elsewhere, or nowhere.

use std::fs;

use super::{GUIDE, merged, next, project};
use crate::state::{assert_same, files};
use crate::world::World;

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
