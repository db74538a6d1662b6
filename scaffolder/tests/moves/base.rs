//! Cases about finding what a project was made from.

use std::fs;

use crate::state::{State, files};
use crate::world::World;

const GUIDE: &str = "# Guide\n\nfirst\n\nsecond\n\nthird\n";

fn v1() -> State {
    files(&[("guide.md", GUIDE), ("other.txt", "one\n"), ("gone.txt", "one\n")])
}

fn v2() -> State {
    files(&[("guide.md", &*GUIDE.replace("first", "First")), ("other.txt", "two\n"), ("new.txt", "two\n")])
}

fn mine() -> String {
    GUIDE.replace("third", "third, of mine")
}

/// Commits `template/` as it is, and gives the commit a tag.
fn commit_template(world: &World, tag: &str) {
    let git = |arguments: &[&str]| world.env.git("template", arguments);
    if !world.env.path("template/.git").exists() {
        git(&["init", "--quiet", "--initial-branch=main"]);
    }
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--allow-empty", &format!("--message={tag}")]);
    git(&["tag", "--force", tag]);
}

/// A project at tag `v1` of a template in a repository, with an edit; `v2` is there too.
fn from_a_repository() -> World {
    let world = World::with_git();
    world.template("1.0.0", &v1());
    commit_template(&world, "v1");
    let url = url(&world, "template");
    let new = ["new", "my-app", "--template", &url, "--rev", "v1", "--defaults", "--quiet"];
    let output = world.in_folder("", &new).output().expect("heavy starts");
    assert!(output.status.success(), "{}", world.env.shown(&output));
    world.is_pristine();
    world.write("guide.md", mine());
    world.commit();
    world.template("1.1.0", &v2());
    commit_template(&world, "v2");
    world
}

fn url(world: &World, folder: &str) -> String {
    format!("file://{}", world.env.path(folder).display())
}

/// The sync to `v2` with its base known.
#[track_caller]
fn syncs_with_its_base(world: &World) {
    let moved = world.moved(&["sync", "--to", "v2"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    assert_eq!(world.read("guide.md"), mine().replace("first", "First"));
    assert!(!world.path("gone.txt").exists() && world.path("new.txt").exists());
}

/// The sync to `v2` with its base not known: files that equal the new version or were never touched by the template
/// are fine, every other difference is a conflict.
#[track_caller]
fn syncs_without_its_base(world: &World, command: &[&str]) {
    let moved = world.moved(command);
    assert_eq!(moved.code, 1, "{}", moved.shown);
    assert!(moved.plan.contains(&"conflict guide.md".to_owned()), "{:?}", moved.plan);
    let guide = world.read("guide.md");
    for line in ["third, of mine", "First"] {
        assert!(guide.contains(line), "{guide}");
    }
    assert!(world.path("new.txt").exists());
}

#[test]
fn case_26_the_base_is_found_in_the_templates_history() {
    let world = from_a_repository();
    world.clear_cache();
    syncs_with_its_base(&world);
}

#[test]
fn case_26_a_tag_that_moved_does_not_change_the_base() {
    let world = from_a_repository();
    world.env.git("template", &["tag", "--force", "v1", "v2"]);
    world.clear_cache();
    syncs_with_its_base(&world);
}

#[test]
fn case_26_a_tag_that_was_deleted_is_not_needed() {
    let world = from_a_repository();
    world.env.git("template", &["tag", "--delete", "v1"]);
    world.clear_cache();
    syncs_with_its_base(&world);
}

#[test]
fn case_26_after_a_forced_push_the_cache_still_knows_the_base() {
    let world = from_a_repository();
    force_push(&world);
    syncs_with_its_base(&world);
}

#[test]
fn case_26_after_a_forced_push_without_cache_every_difference_is_a_conflict() {
    let world = from_a_repository();
    force_push(&world);
    world.clear_cache();
    syncs_without_its_base(&world, &["sync", "--to", "v2"]);
}

/// The template's history begins with `v2`; nothing of `v1` is left.
fn force_push(world: &World) {
    let git = |arguments: &[&str]| world.env.git("template", arguments);
    git(&["checkout", "--quiet", "--orphan", "fresh"]);
    git(&["commit", "--quiet", "--message=fresh"]);
    git(&["tag", "--delete", "v1"]);
    git(&["tag", "--force", "v2"]);
    git(&["branch", "--force", "main"]);
    git(&["checkout", "--quiet", "main"]);
    git(&["branch", "--delete", "--force", "fresh"]);
    git(&["reflog", "expire", "--expire=now", "--all"]);
    git(&["gc", "--quiet", "--prune=now"]);
}

#[test]
fn case_26_a_shallow_clone_of_the_template_is_as_good_as_what_it_holds() {
    let world = from_a_repository();
    let from = url(&world, "template");
    world.env.git(
        "",
        &["clone", "--quiet", "--depth=1", "--branch=v2", &from, &world.env.path("shallow").to_string_lossy()],
    );
    let shallow = url(&world, "shallow");
    // Nothing else is left of it.
    fs::rename(world.env.path("template"), world.env.path("gone")).expect("our own folder");
    world.clear_cache();
    syncs_without_its_base(&world, &["sync", "--template", &shallow]);
}

#[test]
fn case_26_a_revision_that_does_not_exist_is_refused() {
    let world = from_a_repository();
    let shown = world.refuses(&["sync", "--to", "v3"]);
    assert!(shown.contains("v3"), "{shown}");
}

#[test]
fn case_26_offline_it_says_so_and_does_what_it_still_can() {
    let world = from_a_repository();
    // Nothing listens there.
    let lock = world.read("heavy.toml").replace(&url(&world, "template"), "http://127.0.0.1:9/t.git");
    assert!(lock.contains("\"http://127.0.0.1"), "{lock}");
    world.write("heavy.toml", lock);
    world.commit();
    let before = world.state();
    for command in [&["sync"][..], &["check"]] {
        let output = world.heavy(command);
        let shown = world.env.shown(&output);
        assert!(matches!(output.status.code(), Some(2 | 4)), "{command:?}: {shown}");
        assert!(shown.contains("127.0.0.1") && shown.contains("hint: "), "{shown}");
        crate::state::assert_same(&world.state(), &before, "offline");
    }
    // What the cache has is enough for the moves that stay at this version.
    assert!(world.returns(0, &["diff"]).contains("of mine"));
    world.returns(0, &["rename", "shop"]);
    assert!(world.read("heavy.toml").contains("name = \"shop\""));
    world.returns(0, &["undo"]);
    crate::state::assert_same(&world.state(), &before, "undo");
}

/// A project from a folder, with an edit, whose template has moved on and is known nowhere else.
fn from_a_folder(git: bool) -> World {
    let world = if git { World::with_git() } else { World::without_git() };
    world.template("1.0.0", &v1());
    world.create(&[]);
    world.is_pristine();
    world.write("guide.md", mine());
    world.commit();
    world.template("1.1.0", &v2());
    world.clear_cache();
    world
}

#[test]
fn case_27_a_base_that_cannot_be_had_makes_every_difference_a_conflict() {
    for git in [true, false] {
        let world = from_a_folder(git);
        syncs_without_its_base(&world, &["sync"]);
        assert!(world.path("gone.txt").exists(), "it may be the user's own");
    }
}

#[test]
fn case_27_a_stamp_that_no_template_has_is_a_base_that_cannot_be_had() {
    let world = from_a_repository();
    let lock = world.read("heavy.toml");
    let stamp = lock.lines().find_map(|line| line.strip_prefix("stamp = \"")).expect("a stamp").trim_end_matches('"');
    world.write("heavy.toml", lock.replace(stamp, &"0".repeat(64)));
    world.commit();
    syncs_without_its_base(&world, &["sync", "--to", "v2"]);
    assert!(!world.path("gone.txt").exists(), "it is as another version of the template has it");
}

#[test]
fn case_27_a_cached_template_that_is_damaged_is_not_believed() {
    let world = from_a_folder(true);
    world.template("1.0.0", &v1());
    let output = world.in_folder("", &["new", "again", "--template", "template", "--defaults", "--quiet"]).output();
    assert!(output.expect("heavy starts").status.success());
    let mut damaged = 0;
    let mut folders = vec![world.cache()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let mut bytes = fs::read(&entry).expect("readable");
                let middle = bytes.len() / 2;
                bytes[middle..].reverse();
                fs::write(&entry, bytes).expect("our own file");
                damaged += 1;
            }
        }
    }
    assert!(damaged > 0, "the template of a new project is in the cache");
    world.template("1.1.0", &v2());
    syncs_without_its_base(&world, &["sync"]);
}

#[test]
fn case_27_moves_that_stay_at_an_unknown_version_are_refused() {
    let world = from_a_folder(true);
    let before = world.state();
    let output = world.heavy(&["rename", "shop"]);
    let shown = world.env.shown(&output);
    assert!(matches!(output.status.code(), Some(2 | 4)), "{shown}");
    assert!(shown.contains("hint: `heavy sync`"), "{shown}");
    crate::state::assert_same(&world.state(), &before, "refused");
}

#[test]
fn case_27_a_base_that_cannot_be_rendered_is_a_base_that_cannot_be_had() {
    let world = from_a_repository();
    // The recorded answers lack what the old version needs.
    let asks = "[placeholders.place]\ntype = \"string\"\nprompt = \"Place\"\n";
    let mut old = v1();
    old.extend(files(&[
        ("cargo-generate.toml", crate::world::manifest("1.2.0", asks)),
        ("heavy.toml", crate::world::heavy_toml("1.2.0", "place = \"{{place}}\"\n")),
        ("place.txt", "{{place}}\n".to_owned()),
    ]));
    world.template("1.2.0", &old);
    commit_template(&world, "v3");
    assert_eq!(world.moved(&["sync", "--to", "v3", "-d", "place=here"]).code, 0);
    world.write("heavy.toml", world.read("heavy.toml").replace("place = \"here\"\n", ""));
    world.commit();
    world.template("1.1.0", &v2());
    commit_template(&world, "v4");
    let output = world.heavy(&["sync", "--to", "v4"]);
    let shown = world.env.shown(&output);
    assert!(matches!(output.status.code(), Some(1 | 2)), "{shown}");
    assert!(world.read("guide.md").contains("third, of mine"));
}
