//! Links and folders where the template has files.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use crate::state::files;
use crate::world::World;

#[test]
fn case_16_a_link_of_the_users_in_the_place_of_a_file_stays() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("notes.txt", "one\n"), ("other.txt", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        world.write("real.txt", "of my own\n");
        fs::remove_file(world.path("notes.txt")).expect("our own file");
        symlink("real.txt", world.path("notes.txt")).expect("a link");
        world.commit();
        world.template("1.1.0", &files(&[("notes.txt", "two\n"), ("other.txt", "two\n")]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 1, "{}", moved.shown);
        assert!(moved.plan.contains(&"conflict notes.txt".to_owned()), "{:?}", moved.plan);
        assert_eq!(fs::read_link(world.path("notes.txt")).expect("still a link"), std::path::Path::new("real.txt"));
        assert_eq!(world.read("real.txt"), "of my own\n");
        assert_eq!(world.read("other.txt"), "two\n");
    }
}

#[test]
fn case_16_a_link_where_the_template_changes_nothing_is_no_conflict() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("notes.txt", "one\n"), ("other.txt", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        fs::remove_file(world.path("notes.txt")).expect("our own file");
        symlink("/does/not/exist", world.path("notes.txt")).expect("a link");
        world.commit();
        world.template("1.1.0", &files(&[("notes.txt", "one\n"), ("other.txt", "two\n")]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 0, "{}", moved.shown);
    }
}

#[test]
fn case_16_a_folder_of_the_users_where_the_template_gets_a_file_stays() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("other.txt", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        world.write("notes/mine.txt", "of my own\n");
        world.commit();
        world.template("1.1.0", &files(&[("other.txt", "two\n"), ("notes", "a file\n")]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 1, "{}", moved.shown);
        assert_eq!(world.read("notes/mine.txt"), "of my own\n");
        assert!(moved.plan.contains(&"conflict notes".to_owned()), "{:?}", moved.plan);
    }
}

#[test]
fn case_16_a_file_of_the_users_where_the_template_gets_a_folder_stays() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("other.txt", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        world.write("notes", "of my own\n");
        world.commit();
        world.template("1.1.0", &files(&[("other.txt", "two\n"), ("notes/start.txt", "a file\n")]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 1, "{}", moved.shown);
        assert_eq!(world.read("notes"), "of my own\n");
    }
}

#[test]
fn case_16_a_file_becomes_a_folder_and_a_folder_a_file_in_the_template() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("a", "file\n"), ("b/inside.txt", "one\n"), ("b/more.txt", "more\n")]));
        world.create(&[]);
        world.is_pristine();
        world.template("1.1.0", &files(&[("a/inside.txt", "new\n"), ("b", "now a file\n")]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 0, "{}", moved.shown);
        assert_eq!((world.read("a/inside.txt"), world.read("b")), ("new\n".to_owned(), "now a file\n".to_owned()));
    }
}

#[test]
fn case_16_a_folder_becomes_a_file_in_the_template_and_the_user_has_edits_in_it() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("b/inside.txt", "one\n"), ("b/more.txt", "more\n")]));
        world.create(&[]);
        world.is_pristine();
        world.write("b/inside.txt", "of my own\n");
        world.write("b/added.txt", "added by me\n");
        world.commit();
        world.template("1.1.0", &files(&[("b", "now a file\n")]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 1, "{}", moved.shown);
    }
}

#[test]
fn case_17_nothing_is_written_through_a_link_to_a_folder_outside() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("docs/guide.md", "one\n"), ("other.txt", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        world.env.write("outside/guide.md", "one\n");
        fs::remove_dir_all(world.path("docs")).expect("our own folder");
        symlink("../outside", world.path("docs")).expect("a link");
        world.commit();
        let next = files(&[("docs/guide.md", "two\n"), ("docs/new.md", "new\n"), ("other.txt", "two\n")]);
        world.template("1.1.0", &next);
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 1, "{}", moved.shown);
        assert_eq!(world.env.list("outside"), ["guide.md"]);
        assert_eq!(world.env.read("outside/guide.md"), "one\n");
        assert_eq!(world.read("other.txt"), "two\n");
        assert_eq!(fs::read_link(world.path("docs")).expect("still a link"), std::path::Path::new("../outside"));
    }
}

#[test]
fn case_17_nothing_is_deleted_through_a_link_to_a_folder_outside() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("docs/guide.md", "one\n"), ("other.txt", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        world.env.write("outside/guide.md", "one\n");
        fs::remove_dir_all(world.path("docs")).expect("our own folder");
        symlink("../outside", world.path("docs")).expect("a link");
        world.commit();
        world.template("1.1.0", &files(&[("other.txt", "two\n")]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 0, "{}", moved.shown);
        assert_eq!(world.env.read("outside/guide.md"), "one\n");
    }
}
