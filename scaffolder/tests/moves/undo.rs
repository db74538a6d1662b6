//! Cases about doing something twice, and about taking it back.

use std::fs;

use crate::state::{assert_same, files};
use crate::world::World;

const GUIDE: &str = "# Guide\n\nfirst\n\nsecond\n\nthird\n";

fn moved(world: &World) {
    world.template("1.0.0", &files(&[("guide.md", GUIDE), ("other.txt", "one\n"), ("gone.txt", "one\n")]));
    world.create(&[]);
    world.is_pristine();
    world.write("guide.md", GUIDE.replace("third", "third, of mine"));
    world.commit();
    let next = files(&[("guide.md", &*GUIDE.replace("first", "First")), ("other.txt", "two\n"), ("new.txt", "two\n")]);
    world.template("1.1.0", &next);
    assert_eq!(world.moved(&["sync"]).code, 0);
}

#[test]
fn case_35_every_move_does_nothing_the_second_time() {
    for world in World::both() {
        let asks = "[placeholders.queue]\ntype = \"bool\"\nprompt = \"queue: jobs\"\ndefault = false\n";
        let template = files(&[
            ("cargo-generate.toml", crate::world::manifest("1.0.0", asks)),
            ("heavy.toml", crate::world::heavy_toml("1.0.0", "queue = {{queue}}\n")),
            ("a.txt", "{{crate_name}}\n{%- if queue %}\nqueue\n{%- endif %}\nend\n".to_owned()),
        ]);
        world.template("1.0.0", &template);
        world.create(&[]);
        world.is_pristine();
        for command in [
            &["add-feature", "queue"][..],
            &["rename", "shop"],
            &["remove-feature", "queue"],
            &["add-feature", "queue"],
        ] {
            // The second time is part of what every move is checked for.
            assert_eq!(world.moved(command).code, 0);
            world.commit();
            assert_eq!(world.plan(command), Vec::<String>::new());
        }
    }
}

#[test]
fn case_35_a_move_that_did_nothing_does_not_replace_what_undo_takes_back() {
    for world in World::both() {
        moved(&world);
        world.returns(0, &["sync"]);
        world.returns(0, &["undo"]);
        assert_eq!(world.read("other.txt"), "one\n");
        let shown = world.refuses(&["undo"]);
        assert!(shown.contains("undo") || shown.contains("move"), "{shown}");
    }
}

#[test]
fn case_43_undo_after_further_edits_leaves_and_names_them() {
    for world in World::both() {
        moved(&world);
        world.write("guide.md", world.read("guide.md") + "edited after the move\n");
        world.write("new.txt", "edited after the move\n");
        fs::remove_file(world.path("other.txt")).expect("our own file");
        world.write("own.txt", "of my own\n");
        let output = world.heavy(&["undo"]);
        let shown = world.env.shown(&output);
        assert_eq!(output.status.code(), Some(1), "something is left to do: {shown}");
        for file in ["guide.md", "new.txt", "other.txt"] {
            assert!(shown.contains(file), "{file}: {shown}");
        }
        assert!(world.read("guide.md").ends_with("edited after the move\n"));
        assert_eq!(world.read("new.txt"), "edited after the move\n");
        assert_eq!(world.read("own.txt"), "of my own\n");
        assert_eq!(world.read("gone.txt"), "one\n");
    }
}

#[test]
fn case_43_undo_takes_the_move_out_of_what_was_edited_since_and_the_next_undo_goes_further_back() {
    for world in World::both() {
        moved(&world);
        world.template("1.2.0", &files(&[("guide.md", &*GUIDE.replace("first", "FIRST")), ("other.txt", "three\n")]));
        world.commit();
        world.returns(0, &["sync"]);
        world.write("guide.md", world.read("guide.md") + "edited after the move\n");
        let shown = world.returns(0, &["undo"]);
        assert!(shown.contains("update    guide.md"), "{shown}");
        let mine = GUIDE.replace("third", "third, of mine") + "edited after the move\n";
        assert_eq!(world.read("guide.md"), mine.replace("first", "First"));
        assert_eq!(world.read("other.txt"), "two\n");
        let listed = world.returns(0, &["undo", "--list"]);
        assert!(listed.contains("sync  1.1.0 to 1.2.0, 4 files (taken back)"), "{listed}");
        // One step further, through the same edit.
        world.returns(0, &["undo"]);
        assert_eq!(world.read("guide.md"), mine);
        assert_eq!(world.read("other.txt"), "one\n");
        assert!(world.read("heavy.toml").contains("version = \"1.0.0\""));
        world.refuses(&["undo"]);
        world.returns(1, &["check"]);
        // And all of it can be made again.
        world.returns(0, &["sync", "--allow-dirty"]);
        assert_eq!(world.read("guide.md"), mine.replace("first", "FIRST"));
    }
}

#[test]
fn case_43_undo_of_lines_that_were_edited_since_is_a_conflict_that_can_be_resolved_or_given_up() {
    for world in World::both() {
        moved(&world);
        world.write("guide.md", world.read("guide.md").replace("First", "First, edited since"));
        let edited = world.state();
        let shown = world.returns(1, &["undo", "--dry-run"]);
        assert!(shown.contains("conflict  guide.md"), "{shown}");
        assert_same(&world.state(), &edited, "a dry run");
        let shown = world.returns(1, &["undo"]);
        assert!(shown.contains("guide.md"), "{shown}");
        let text = world.read("guide.md");
        for line in ["<<<<<<< yours\n", "First, edited since\n", "=======\nfirst\n", ">>>>>>> before heavy sync\n"] {
            assert!(text.contains(line), "{line}: {text}");
        }
        if world.has_git() {
            assert_eq!(world.unmerged(), ["guide.md"]);
        }
        world.refuses(&["undo"]);
        world.returns(0, &["sync", "--abort"]);
        assert_same(&world.state(), &edited, "given up");
        world.returns(1, &["undo"]);
        world.write("guide.md", GUIDE.replace("first", "resolved"));
        if world.has_git() {
            world.git(&["add", "guide.md"]);
        }
        world.returns(0, &["sync", "--continue"]);
        assert!(world.read("heavy.toml").contains("version = \"1.0.0\""));
        assert!(!world.read("heavy.toml").contains("[conflicts]"));
        world.refuses(&["undo"]);
    }
}

#[test]
fn case_43_the_moves_that_are_remembered_are_listed_with_their_time() {
    let world = World::with_git();
    world.template("1.0.0", &files(&[("guide.md", GUIDE)]));
    world.create(&[]);
    assert!(world.returns(0, &["undo", "--list"]).contains("no move is remembered"));
    for version in 1..=12 {
        world.template(
            &format!("1.{version}.0"),
            &files(&[("guide.md", &*GUIDE.replace("first", &version.to_string()))]),
        );
        world.returns(0, &["sync", "--allow-dirty"]);
    }
    let output = world.heavy(&["undo", "--list"]);
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = regex::Regex::new(r"^\d{4}-\d\d-\d\d \d\d:\d\d  sync  1\.(\d+)\.0 to 1\.(\d+)\.0, 2 files$")
        .expect("a pattern");
    let to: Vec<&str> = listed
        .lines()
        .map(|text| line.captures(text).and_then(|found| found.get(2)).map_or(text, |to| to.as_str()))
        .collect();
    assert_eq!(to, ["12", "11", "10", "9", "8", "7", "6", "5", "4", "3"], "{listed}");
    let json = world.heavy(&["undo", "--list", "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json[0]["verb"], "sync");
    assert!(json[0]["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{json}");
    // As many steps back as are remembered.
    for _ in 0..10 {
        world.returns(0, &["undo"]);
    }
    assert!(world.read("heavy.toml").contains("version = \"1.2.0\""));
    world.refuses(&["undo"]);
}

#[test]
fn case_43_undo_after_a_commit_brings_back_what_was() {
    for world in World::both() {
        moved(&world);
        world.commit();
        world.write("own.txt", "of my own\n");
        world.returns(0, &["undo"]);
        assert_eq!(world.read("guide.md"), GUIDE.replace("third", "third, of mine"));
        assert_eq!(world.read("own.txt"), "of my own\n");
        assert!(!world.path("new.txt").exists());
        assert!(world.read("heavy.toml").contains("version = \"1.0.0\""));
    }
}

#[test]
fn case_43_abort_after_resolving_takes_nothing_away_unsaid() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("guide.md", GUIDE), ("other.txt", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        world.write("guide.md", GUIDE.replace("first", "first, of mine"));
        world.commit();
        let before = world.state();
        world.template("1.1.0", &files(&[("guide.md", &*GUIDE.replace("first", "First")), ("other.txt", "two\n")]));
        assert_eq!(world.moved(&["sync"]).code, 1);
        let resolution = GUIDE.replace("first", "a resolution that took a while");
        world.write("guide.md", &resolution);
        let output = world.heavy(&["sync", "--abort"]);
        let shown = world.env.shown(&output);
        match output.status.code() {
            // Everything is as it was, and the resolution is named with the place where it is kept …
            Some(0) => {
                assert_same(&world.state(), &before, "abort");
                assert!(shown.contains("guide.md"), "{shown}");
            }
            // … or it stays where it is, and is named.
            Some(1 | 2) => {
                assert_eq!(world.read("guide.md"), resolution);
                assert!(shown.contains("guide.md"), "{shown}");
            }
            other => panic!("{other:?}: {shown}"),
        }
    }
}

#[test]
fn case_43_without_a_move_there_is_nothing_to_undo() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("guide.md", GUIDE)]));
        world.create(&[]);
        world.refuses(&["undo"]);
        world.refuses(&["sync", "--abort"]);
        world.refuses(&["sync", "--continue"]);
    }
}

#[cfg(unix)]
#[test]
fn case_43_undo_brings_modes_back() {
    use crate::state::{is_executable, set_executable};
    for world in World::both() {
        world.template("1.0.0", &files(&[("run", "#!/bin/sh\n"), ("other", "#!/bin/sh\n")]));
        world.create(&[]);
        world.is_pristine();
        set_executable(&world.path("run"), true);
        world.commit();
        world.template("1.1.0", &files(&[("run", "#!/bin/sh\necho new\n"), ("other", "#!/bin/sh\n")]));
        set_executable(&world.env.path("template/other"), true);
        assert_eq!(world.moved(&["sync"]).code, 0);
        assert!(is_executable(&world.path("run")) && is_executable(&world.path("other")));
        world.returns(0, &["undo"]);
        assert!(is_executable(&world.path("run")) && !is_executable(&world.path("other")));
    }
}
