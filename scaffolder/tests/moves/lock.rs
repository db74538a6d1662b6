//! Cases about `heavy.toml`.

use std::fs;

use crate::state::{Entry, State, files};
use crate::world::{World, heavy_toml};

fn project() -> World {
    let world = World::with_git();
    world.template("1.0.0", &files(&[("notes.txt", "one\n"), ("other.txt", "one\n")]));
    world.create(&[]);
    world.is_pristine();
    world.template("1.1.0", &files(&[("notes.txt", "two\n"), ("other.txt", "two\n")]));
    world
}

/// `heavy.toml` is this; every move refuses.
fn refused_with(content: Option<&[u8]>) -> Vec<String> {
    let world = project();
    match content {
        Some(bytes) => world.write("heavy.toml", bytes),
        None => fs::remove_file(world.path("heavy.toml")).expect("our own file"),
    }
    world.commit();
    let moves = [
        &["sync"][..],
        &["sync", "--allow-dirty"],
        &["rename", "shop"],
        &["add-feature", "queue"],
        &["check"],
        &["diff"],
    ];
    moves
        .into_iter()
        .map(|command| {
            let shown = world.refuses(command);
            assert!(shown.contains("heavy.toml"), "{command:?}: {shown}");
            shown
        })
        .collect()
}

#[test]
fn case_28_a_missing_lock_is_refused_and_adopt_is_named() {
    for shown in refused_with(None) {
        assert!(shown.contains("heavy adopt"), "{shown}");
    }
}

#[test]
fn case_28_a_corrupt_lock_is_refused() {
    refused_with(Some(b"[template\nsource = "));
    refused_with(Some(b"\xff\xfe\x00"));
    refused_with(Some(b""));
    refused_with(Some(b"[template]\nsource = 3\nversion = true\n"));
}

#[test]
fn case_28_a_lock_that_is_itself_in_conflict_is_refused() {
    let side = |version: &str| format!("version = \"{version}\"\n");
    let lock =
        format!("[template]\nsource = \"heavy\"\n<<<<<<< HEAD\n{}=======\n{}>>>>>>> branch\n", side("1"), side("2"));
    for shown in refused_with(Some(lock.as_bytes())) {
        assert!(!shown.contains("panicked"), "{shown}");
    }
}

#[test]
fn case_28_a_lock_that_a_newer_heavy_wrote_is_refused() {
    let world = project();
    let lock = world.read("heavy.toml") + "\n[something_new]\nkey = \"value\"\n";
    refused_with(Some(lock.as_bytes()));
}

#[test]
fn case_28_a_name_or_stamp_that_was_edited_into_nonsense_is_refused_or_a_conflict() {
    let world = project();
    let lock = world.read("heavy.toml");
    world.write("heavy.toml", lock.replace("name = \"my_app\"", "name = \"no good\""));
    world.commit();
    world.refuses(&["sync"]);
    world.write("heavy.toml", lock.replace("name = \"my_app\"", "name = \"shop\""));
    world.commit();
    // Another good name is another answer; the files do not carry it, so nothing of them is lost.
    world.moved(&["sync"]);
}

#[test]
fn case_28_comments_and_order_in_the_lock_stay() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("notes.txt", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        let lock = world.read("heavy.toml").replace("[answers]", "# Mine: do not touch.\n[answers] # here");
        world.write("heavy.toml", &lock);
        world.commit();
        world.template("1.1.0", &files(&[("notes.txt", "two\n")]));
        assert_eq!(world.moved(&["sync"]).code, 0);
        let now = world.read("heavy.toml");
        assert!(now.contains("# Mine: do not touch.\n[answers] # here\n"), "{now}");
        assert!(now.contains("version = \"1.1.0\""), "{now}");
    }
}

#[test]
fn case_28_what_other_tools_keep_in_a_template_without_lock_is_refused() {
    let world = World::with_git();
    world.template("1.0.0", &files(&[("notes.txt", "one\n")]));
    fs::remove_file(world.env.path("template/heavy.toml")).expect("our own file");
    world.create(&[]);
    let shown = world.refuses(&["sync"]);
    assert!(shown.contains("heavy.toml"), "{shown}");
}

#[test]
fn case_28_the_lock_has_the_new_answer() {
    let world = World::without_git();
    let manifest = crate::world::manifest(
        "1.0.0",
        "[placeholders.queue]\ntype = \"bool\"\nprompt = \"queue: jobs\"\ndefault = false\n",
    );
    let insertion_point = "one\n{%- if queue %}\nqueue\n{%- endif %}\n";
    let template = |lock: String| -> State {
        files(&[("cargo-generate.toml", manifest.as_str()), ("a.txt", insertion_point), ("heavy.toml", &lock)])
    };
    world.template("1.0.0", &template(heavy_toml("1.0.0", "queue = {{queue}}\n")));
    world.create(&[]);
    world.is_pristine();
    let moved = world.moved(&["add-feature", "queue"]);
    assert_eq!(moved.code, 0, "{}", moved.shown);
    assert_eq!(world.read("a.txt"), "one\nqueue\n");
    assert!(
        matches!(&moved.state["heavy.toml"], Entry::File { bytes, .. } if String::from_utf8_lossy(bytes).contains("queue = true"))
    );
}
