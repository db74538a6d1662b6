//! What becomes of what both sides changed: markers in git's style, one side for all, or files that no move touches.

use crate::state::files;
use crate::world::World;

/// A project with a line that it and the template's second version changed, and a file that it edited and that version deletes.
fn disputed() -> World {
    let world = World::with_git();
    world.template("1", &files(&[("a.txt", "1\n2\n3\n"), ("gone.txt", "old\n"), ("docs/b.md", "one\n")]));
    world.create(&[]);
    world.write("a.txt", "1\nmine\n3\n");
    world.write("gone.txt", "mine\n");
    world.write("docs/b.md", "my words\n");
    world.commit();
    world.template("2", &files(&[("a.txt", "1\nnew\n3\nmore\n"), ("docs/b.md", "two\n"), ("docs/c.md", "three\n")]));
    world
}

#[test]
fn markers_are_in_the_style_that_git_is_told() {
    for (style, marked) in [
        ("merge", "<<<<<<< yours\nmine\n=======\nnew\n>>>>>>> template 2\n"),
        ("diff3", "<<<<<<< yours\nmine\n||||||| template 1\n2\n=======\nnew\n>>>>>>> template 2\n"),
        ("zdiff3", "<<<<<<< yours\nmine\n||||||| template 1\n2\n=======\nnew\n>>>>>>> template 2\n"),
    ] {
        let world = disputed();
        world.git(&["config", "merge.conflictStyle", style]);
        world.returns(1, &["sync"]);
        assert_eq!(world.read("a.txt"), format!("1\n{marked}3\nmore\n"));
        world.returns(1, &["sync", "--continue"]);
        world.returns(0, &["sync", "--abort"]);
    }
}

#[test]
fn one_side_can_be_taken_for_everything_that_both_changed() {
    let world = disputed();
    world.returns(0, &["sync", "--ours"]);
    assert_eq!(world.read("a.txt"), "1\nmine\n3\nmore\n", "what only the template changed comes");
    assert_eq!((world.read("gone.txt"), world.read("docs/b.md")), ("mine\n".to_owned(), "my words\n".to_owned()));
    world.returns(0, &["undo"]);
    world.returns(0, &["sync", "--theirs"]);
    assert_eq!(world.read("a.txt"), "1\nnew\n3\nmore\n");
    assert_eq!(world.read("docs/b.md"), "two\n");
    assert!(!world.path("gone.txt").exists());
    world.returns(0, &["undo"]);
    assert_eq!(world.read("gone.txt"), "mine\n");
    world.refuses(&["sync", "--ours", "--theirs"]);
}

#[test]
fn files_that_heavy_toml_keeps_are_not_touched_and_the_plan_says_so() {
    let world = disputed();
    let heavy = world.read("heavy.toml");
    world.write("heavy.toml", format!("{heavy}\n[moves]\nkeep = [\"/docs/\", \"*.txt\"]\n"));
    world.commit();
    let plan = world.plan(&["sync"]);
    assert_eq!(plan, ["keep a.txt", "keep docs/b.md", "keep docs/c.md", "keep gone.txt"]);
    world.returns(0, &["sync"]);
    assert_eq!((world.read("a.txt"), world.read("gone.txt")), ("1\nmine\n3\n".to_owned(), "mine\n".to_owned()));
    assert!(!world.path("docs/c.md").exists());
    let after = world.read("heavy.toml");
    assert!(after.contains("version = \"2\"") && after.contains("keep = ["), "{after}");
    world.commit();
    world.returns(0, &["sync"]);
    world.write("heavy.toml", after.replace("[\"/docs/\", \"*.txt\"]", "\"docs\""));
    world.commit();
    assert!(world.refuses(&["sync"]).contains("`moves.keep`"));
}
