//! Notes of a version: shown when a project comes to it, and kept in the project.

use crate::state::{State, files};
use crate::world::{World, heavy_toml, manifest};

const QUEUE: &str = "[placeholders.queue]\ntype = \"bool\"\nprompt = \"queue: jobs\"\ndefault = false\n";

const NOTE: &str = "\
+++
title = \"jobs have names\"
[sections.\"Name your jobs\"]
features = [\"queue\"]
by-hand = true
[sections.Routes]
files = [\"/src/routes.txt\"]
[sections.\"Not for you\"]
files = [\"/src/gone.rs\"]
+++
Everybody should read this.

## Name your jobs
Each in `src/jobs.rs`.

## Routes
They are sorted.

## Not for you
Secret.
";

/// A template whose notes stand beside its subfolder.
fn template(version: &str, notes: &[(&str, &str)]) -> State {
    let mut all = files(&[
        ("cargo-generate.toml", manifest(version, QUEUE) + "subfolder = \"template\"\n"),
        ("template/heavy.toml", heavy_toml(version, "queue = {{queue}}\n")),
        ("template/src/routes.txt", format!("/{version}\n")),
    ]);
    for (name, text) in notes {
        all.extend(files(&[(&format!("notes/{name}.md"), (*text).to_owned())]));
    }
    all
}

/// A world with a project of version 1.0.0, whose template is at 1.2.0.
fn outdated(git: bool, features: &[&str]) -> World {
    let world = if git { World::with_git() } else { World::without_git() };
    world.template("", &template("1.0.0", &[]));
    world.create(features);
    world.is_pristine();
    let note = NOTE.replace("jobs have names", "routes are faster");
    world.template("", &template("1.2.0", &[("1.1.0", &note), ("1.2.0", NOTE), ("1.0.0", "old")]));
    world
}

#[test]
fn a_sync_shows_the_sections_that_concern_a_project_and_keeps_them() {
    for git in [true, false] {
        let world = outdated(git, &["--feature", "queue"]);
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 0, "{}", moved.shown);
        assert!(moved.plan.contains(&"create docs/UPGRADING.md".to_owned()), "{:?}", moved.plan);
        for line in [
            "note: new in 1.1.0: routes are faster",
            "    Everybody should read this.",
            "    - Name your jobs (by hand)",
        ] {
            assert!(moved.shown.contains(line), "{line}: {}", moved.shown);
        }
        let kept = world.read("docs/UPGRADING.md");
        assert!(kept.find("## 1.2.0: jobs have names") < kept.find("## 1.1.0: routes are faster"), "{kept}");
        assert!(kept.contains("### Routes") && !kept.contains("Secret"), "{kept}");
    }
}

#[test]
fn a_project_without_the_feature_is_not_told_of_it() {
    let world = outdated(true, &[]);
    let moved = world.moved(&["sync"]);
    assert!(!moved.shown.contains("Name your jobs") && moved.shown.contains("- Routes"), "{}", moved.shown);
    assert!(!world.read("docs/UPGRADING.md").contains("Name your jobs"));
}

#[test]
fn what_somebody_wrote_in_the_file_stays_and_a_version_is_added_once() {
    let world = outdated(true, &[]);
    world.write("docs/UPGRADING.md", "# Ours\n\n## 1.1.0\n\nDone by Ann.\n");
    world.commit();
    world.moved(&["sync"]);
    let kept = world.read("docs/UPGRADING.md");
    assert!(kept.starts_with("# Ours\n\n## 1.2.0: jobs have names\n"), "{kept}");
    assert!(kept.ends_with("\n\n## 1.1.0\n\nDone by Ann.\n") && !kept.contains("routes are faster"), "{kept}");
}

#[test]
fn a_file_that_git_ignores_is_extended_and_never_replaced() {
    let world = outdated(true, &[]);
    world.write(".gitignore", "/docs\n");
    world.write("docs/UPGRADING.md", "# Secret plans\n");
    world.commit();
    world.moved(&["sync", "--allow-dirty"]);
    assert!(world.read("docs/UPGRADING.md").starts_with("# Secret plans\n\n## 1.2.0"));
}

#[test]
fn where_the_file_cannot_stand_the_notes_are_shown_all_the_same() {
    let world = outdated(true, &[]);
    world.write("docs", "a file\n");
    world.commit();
    let moved = world.moved(&["sync"]);
    assert!(moved.shown.contains("new in 1.2.0") && !moved.shown.contains("UPGRADING"), "{}", moved.shown);
    assert_eq!(world.read("docs"), "a file\n");
}

#[test]
fn check_says_in_a_line_what_is_new() {
    let world = outdated(true, &[]);
    let shown = world.returns(1, &["check"]);
    assert!(shown.contains("new: jobs have names (1.2.0); routes are faster (1.1.0)"), "{shown}");
}

#[test]
fn a_note_that_cannot_be_read_stops_no_sync() {
    let world = outdated(true, &[]);
    world.template("", &template("1.2.0", &[("1.2.0", "no front matter")]));
    let moved = world.moved(&["sync"]);
    assert_eq!(moved.code, 0);
    assert!(moved.shown.contains("warning: the note of version 1.2.0 has no front matter"), "{}", moved.shown);
}

#[test]
fn a_fresh_project_and_one_that_passes_no_version_get_no_such_file() {
    let world = outdated(true, &[]);
    assert!(!world.path("docs").exists());
    world.template("", &template("1.0.0", &[("1.0.0", NOTE)]));
    world.write("../template/template/new.txt", "new\n");
    world.moved(&["sync"]);
    assert!(!world.path("docs").exists());
}
