//! Cases about what stands in files.

use crate::state::files;
use crate::world::World;

/// `count` paragraphs; the first line of each is written by whoever is named.
fn paragraphs(count: usize, by: &str) -> String {
    (0..count).map(|number| format!("{number}: {by}\n\nfirst {number}\nsecond {number}\nthird {number}\n\n")).collect()
}

#[test]
fn case_12_more_than_127_conflicts_in_one_file_are_all_there() {
    for world in World::both() {
        let count = 300;
        world.template("1.0.0", &files(&[("book.txt", paragraphs(count, "nobody"))]));
        world.create(&[]);
        world.is_pristine();
        world.write("book.txt", paragraphs(count, "me"));
        world.commit();
        world.template("1.1.0", &files(&[("book.txt", paragraphs(count, "the template"))]));
        let moved = world.moved(&["sync"]);
        assert_eq!((moved.code, moved.plan), (1, vec!["conflict book.txt".to_owned()]));
        let text = world.read("book.txt");
        for number in 0..count {
            let hunk = format!(
                "<<<<<<< yours\n{number}: me\n=======\n{number}: the template\n>>>>>>> template 1.1.0\n\nfirst {number}\n"
            );
            assert!(text.contains(&hunk), "hunk {number}");
        }
        assert_eq!(text.matches("<<<<<<< yours\n").count(), count);
    }
}

/// A project in the middle of a sync, with one conflict in `notes.txt` and another in `todo.txt`.
fn with_open_conflicts(world: &World) {
    world.template("1.0.0", &files(&[("notes.txt", "one\n"), ("todo.txt", "one\n"), ("other.txt", "one\n")]));
    world.create(&[]);
    world.is_pristine();
    world.write("notes.txt", "mine\n");
    world.write("todo.txt", "mine\n");
    world.commit();
    world.template("1.1.0", &files(&[("notes.txt", "two\n"), ("todo.txt", "two\n"), ("other.txt", "two\n")]));
    let moved = world.moved(&["sync"]);
    assert_eq!(moved.code, 1, "{}", moved.shown);
}

#[test]
fn case_25_with_conflicts_open_no_other_move_begins() {
    for world in World::both() {
        with_open_conflicts(&world);
        for command in [&["sync"][..], &["sync", "--allow-dirty"], &["rename", "shop"], &["sync", "--dry-run"]] {
            let shown = world.refuses(command);
            assert!(shown.contains("notes.txt") && shown.contains("heavy sync --continue"), "{shown}");
        }
    }
}

#[test]
fn case_25_markers_that_are_left_are_not_taken_for_a_resolution() {
    for world in World::both() {
        with_open_conflicts(&world);
        let shown = world.returns(1, &["sync", "--continue"]);
        assert!(shown.contains("notes.txt") && shown.contains("todo.txt"), "{shown}");

        world.write("notes.txt", "mine and two\n");
        if world.has_git() {
            // Staged with markers, or not staged at all: neither is a resolution.
            world.git(&["add", "todo.txt"]);
        }
        let shown = world.returns(1, &["sync", "--continue"]);
        assert!(shown.contains("todo.txt"), "{shown}");
        world.returns(1, &["check"]);

        world.write("todo.txt", "mine and two\n");
        world.commit();
        world.returns(0, &["sync", "--continue"]);
        world.returns(0, &["check"]);
        assert!(!world.read("heavy.toml").contains("conflicts"), "{}", world.read("heavy.toml"));
        assert_eq!(world.read("notes.txt"), "mine and two\n");
        assert!(world.unmerged().is_empty());
        world.commit();
        world.returns(0, &["sync"]);
    }
}

#[test]
fn case_25_a_clone_of_a_project_with_open_conflicts_sees_them_too() {
    let world = World::with_git();
    with_open_conflicts(&world);
    world.commit();
    let clone = world.env.path("clone");
    world.env.git("", &["clone", "--quiet", "my-app", &clone.to_string_lossy()]);
    let output = world.in_folder("clone", &["check"]).output().expect("heavy starts");
    assert_eq!(output.status.code(), Some(1), "{}", world.env.shown(&output));
    let refused = world.in_folder("clone", &["sync"]).output().expect("heavy starts");
    assert_eq!(refused.status.code(), Some(2), "{}", world.env.shown(&refused));
    for file in ["notes.txt", "todo.txt"] {
        world.env.write(&format!("clone/{file}"), "resolved by a colleague\n");
    }
    world.env.git("clone", &["commit", "--quiet", "--all", "--message=resolved"]);
    let done = world.in_folder("clone", &["sync", "--continue"]).output().expect("heavy starts");
    assert_eq!(done.status.code(), Some(0), "{}", world.env.shown(&done));
}

#[test]
fn case_25_lines_of_the_users_own_that_look_like_markers_are_no_conflict() {
    for world in World::both() {
        let lesson = "# Merging\n\n    <<<<<<< HEAD\n    ours\n    =======\n    theirs\n    >>>>>>> branch\n\nHeading\n=======\n";
        world.template("1.0.0", &files(&[("lesson.md", lesson), ("other.txt", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        world.write("lesson.md", lesson.replace("# Merging", "# Merging, as I see it"));
        world.commit();
        world.template("1.1.0", &files(&[("lesson.md", &*lesson.replace("Heading", "Title")), ("other.txt", "two\n")]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 0, "{}", moved.shown);
        assert_eq!(
            world.read("lesson.md"),
            lesson.replace("# Merging", "# Merging, as I see it").replace("Heading", "Title")
        );
    }
}
