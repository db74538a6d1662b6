//! What git tells the programs that it starts, and repositories that are stored in another way.

use std::fs;
use std::path::Path;

use super::{GUIDE, merged, next, project};
use crate::state::{assert_same, files, set_executable};
use crate::world::World;

/// Another repository, with one commit and something staged.
fn other(world: &World) {
    world.env.write("other/f", "1\n");
    world.env.git("other", &["init", "--quiet", "--initial-branch=main"]);
    world.env.git("other", &["add", "f"]);
    world.env.git("other", &["commit", "--quiet", "--message=first"]);
    world.env.write("other/staged", "work\n");
    world.env.git("other", &["add", "staged"]);
}

/// All that could lead to it.
fn leading_to_other(world: &World) -> Vec<(&'static str, String)> {
    let git = |path: &str| world.env.path("other/.git").join(path).display().to_string();
    vec![
        ("GIT_DIR", git("")),
        ("GIT_INDEX_FILE", git("index")),
        ("GIT_OBJECT_DIRECTORY", git("objects")),
        ("GIT_COMMON_DIR", git("")),
        ("GIT_NAMESPACE", "elsewhere".to_owned()),
        ("GIT_SHALLOW_FILE", git("shallow")),
        ("GIT_CONFIG_COUNT", "1".to_owned()),
        ("GIT_CONFIG_KEY_0", "core.worktree".to_owned()),
        ("GIT_CONFIG_VALUE_0", world.env.path("other").display().to_string()),
    ]
}

/// Every file of the other repository, in its git folder too.
fn all_of_other(world: &World) -> crate::state::State {
    let mut all = crate::state::read(&world.env.path("other"));
    all.extend(crate::state::read(&world.env.path("other/.git")));
    all
}

#[test]
fn a_project_made_by_a_hook_of_another_repository_has_its_own_index_and_leaves_the_others_alone() {
    let world = World::without_git();
    world.template("1.0.0", &files(&[("guide.md", GUIDE)]));
    world.env.write("outer/f", "1\n");
    world.env.git("outer", &["init", "--quiet"]);
    world.env.git("outer", &["add", "f"]);
    world.env.git("outer", &["commit", "--quiet", "--message=first"]);
    let hook = world.env.path("outer/.git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().expect("a folder")).expect("a folder");
    let (heavy, made) = (Path::new(env!("CARGO_BIN_EXE_heavy")), world.env.path("made"));
    let template = world.env.path("template");
    let line = format!(
        "#!/bin/sh\n\"{}\" new \"{}\" --template \"{}\" --defaults --quiet\n",
        heavy.display(),
        made.display(),
        template.display()
    );
    fs::write(&hook, line).expect("a file");
    set_executable(&hook, true);
    world.env.write("outer/f", "2\n");
    world.env.git("outer", &["commit", "--quiet", "--all", "--message=second"]);
    assert_eq!(world.env.git("outer", &["ls-files"]), "f\n");
    assert_eq!(world.env.git("outer", &["rev-list", "--count", "HEAD"]), "2\n");
    assert_eq!(world.env.git("made", &["status", "--porcelain"]), "", "it has an index of its own");
}

#[test]
fn what_the_environment_says_of_another_repository_changes_nothing_in_it() {
    let world = project();
    other(&world);
    let before = all_of_other(&world);
    let run = |arguments: &[&str]| {
        let output = world.command(arguments).envs(leading_to_other(&world)).output().expect("heavy starts");
        (output.status.code(), world.env.shown(&output))
    };
    let (code, shown) = run(&["sync"]);
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(world.read("guide.md"), merged());
    let (code, shown) = run(&["undo"]);
    assert_eq!(code, Some(0), "{shown}");
    // A conflict is shown in the index of the project.
    world.write("guide.md", GUIDE.replace("first", "first, of mine"));
    world.commit();
    let (code, shown) = run(&["sync"]);
    assert_eq!(code, Some(1), "{shown}");
    assert_eq!(world.unmerged(), ["guide.md"]);
    // And a new project gets a repository of its own.
    let template = world.env.path("template").display().to_string();
    let (code, shown) = run(&["new", "../fresh", "--template", &template, "--defaults"]);
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(world.env.git("fresh", &["status", "--porcelain"]), "");
    assert_same(&all_of_other(&world), &before, "the other repository");
}

#[test]
fn who_somebody_is_and_settings_of_the_environment_are_taken_over() {
    let world = World::with_git();
    world.template("1.0.0", &files(&[("guide.md", GUIDE)]));
    let mut command = world.in_folder("", &["new", "my-app", "--template", "template", "--defaults", "--quiet"]);
    command
        .env("GIT_INDEX_FILE", world.env.path("nowhere"))
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_AUTHOR_EMAIL", "a@b.c");
    command.env("GIT_COMMITTER_NAME", "Ada").env("GIT_COMMITTER_EMAIL", "a@b.c");
    command
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "init.defaultBranch")
        .env("GIT_CONFIG_VALUE_0", "trunk");
    let output = command.output().expect("heavy starts");
    assert!(output.status.success(), "{}", world.env.shown(&output));
    assert_eq!(world.git(&["log", "--format=%an <%ae>"]), "Ada <a@b.c>\n");
    assert_eq!(world.git(&["branch", "--show-current"]), "trunk\n");
}

#[test]
fn a_repository_that_cannot_be_read_is_as_none_and_that_is_said() {
    for (format, what) in
        [("--object-format=sha256", "sha256 hashes"), ("--ref-format=reftable", "reftable references")]
    {
        let world = World::without_git();
        world.template("1.0.0", &files(&[("guide.md", GUIDE), ("other.txt", "one\n")]));
        world.create(&[]);
        let init = world.env.program("git").args(["init", "--quiet", format]).current_dir(world.path("")).output();
        if !init.is_ok_and(|output| output.status.success()) {
            // This git does not know the format.
            continue;
        }
        world.git(&["add", "--all"]);
        world.git(&["commit", "--quiet", "--message=mine"]);
        let before = world.state();
        next(&world);
        let shown = world.returns(0, &["sync"]);
        assert!(shown.contains(what), "{shown}");
        assert_eq!(world.read("guide.md"), GUIDE.replace("first", "First"));
        // What is kept of the move is nothing that git would commit.
        let changed = world.git(&["status", "--porcelain"]);
        assert!(!changed.contains(".heavy"), "{changed}");
        world.returns(0, &["undo"]);
        assert_same(&world.state(), &before, "undo");
        world.returns(1, &["check"]);
        let shown = world.returns(2, &["time", "status"]);
        assert!(shown.contains(what), "{shown}");
    }
}
