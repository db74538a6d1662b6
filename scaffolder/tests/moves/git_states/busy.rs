//! Repositories with work that is not committed, or in the middle of something.

use super::{Edit, GUIDE, merged, project};
use crate::state::files;
use crate::world::World;

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
