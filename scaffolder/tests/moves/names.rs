//! Cases about paths, and about the project's name.

use crate::state::{self, files};
use crate::world::{World, heavy_toml, manifest};

/// A project whose template's next version renders a file to `path`, by an answer that the user gives.
fn with_path_in_an_answer() -> World {
    let world = World::with_git();
    let asks = "[placeholders.place]\ntype = \"string\"\nprompt = \"Place\"\ndefault = \"docs\"\n";
    let lock = |version| heavy_toml(version, "place = \"{{place}}\"\n");
    let one = files(&[
        ("cargo-generate.toml", manifest("1.0.0", asks)),
        ("heavy.toml", lock("1.0.0")),
        ("{{place}}/guide.md", "one\n".to_owned()),
    ]);
    world.template("1.0.0", &one);
    world.create(&[]);
    world.is_pristine();
    world.commit();
    world
}

#[test]
fn case_18_a_path_that_leaves_the_project_is_refused() {
    for path in ["..", "../outside", "/tmp/outside", "C:", "C:/x", "a/../../b", ".git", ".git/hooks", "x\\..\\..\\y"] {
        let world = with_path_in_an_answer();
        let before = world.state();
        let output = world.heavy(&["sync", "-d", &format!("place={path}")]);
        let shown = world.env.shown(&output);
        assert_eq!(output.status.code(), Some(3), "{path}: {shown}");
        state::assert_same(&world.state(), &before, path);
        assert!(!world.env.path("outside").exists(), "{path}");
    }
}

#[test]
fn case_18_a_name_that_windows_keeps_is_refused() {
    for path in ["CON", "nul.txt", "com1", "trailing.", "ab:c", "what?"] {
        let world = with_path_in_an_answer();
        let output = world.heavy(&["sync", "-d", &format!("place={path}")]);
        let shown = world.env.shown(&output);
        assert_eq!(output.status.code(), Some(3), "{path}: {shown}");
        assert!(shown.contains("Windows"), "{path}: {shown}");
    }
}

#[test]
fn case_18_a_lock_that_names_such_a_path_is_refused_too() {
    let world = with_path_in_an_answer();
    world.write("heavy.toml", world.read("heavy.toml").replace("place = \"docs\"", "place = \"../outside\""));
    world.commit();
    let output = world.heavy(&["sync"]);
    assert!(matches!(output.status.code(), Some(2 | 3)), "{}", world.env.shown(&output));
    assert!(!world.env.path("outside").exists());
}

const ODD: [&str; 9] = [
    "with space.txt",
    "it's.txt",
    "größe.txt",
    "日本語.txt",
    "-leading.txt",
    "--help",
    "a&b;c.txt",
    "#hash %20 $HOME.txt",
    "dir with space/-x y.txt",
];

#[test]
fn case_20_odd_names_are_names_like_any_other() {
    for world in World::both() {
        let text = |change: &str| format!("first\n\nsecond\n\n{change}\n");
        let template = |change: &str| {
            let all: Vec<_> = ODD.iter().map(|name| (*name, text(change))).collect();
            files(&all)
        };
        world.template("1.0.0", &template("one"));
        world.create(&[]);
        world.is_pristine();
        for name in ODD {
            world.write(name, text("one").replace("first", "first, of mine"));
        }
        world.commit();
        world.template("1.1.0", &template("two"));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 0, "{}", moved.shown);
        for name in ODD {
            assert_eq!(world.read(name), text("two").replace("first", "first, of mine"), "{name}");
        }
        world.commit();
        for name in ODD {
            world.write(name, "mine\n");
        }
        world.commit();
        world.template("1.2.0", &template("three"));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 1, "{}", moved.shown);
        assert_eq!(moved.plan.len(), ODD.len(), "{:?}", moved.plan);
        if world.has_git() {
            let mut expected = ODD.map(str::to_owned);
            expected.sort();
            assert_eq!(moved.unmerged, expected);
        }
    }
}

#[cfg(unix)]
#[test]
fn case_20_a_users_own_file_whose_name_no_template_can_have_stays() {
    use std::os::unix::ffi::OsStrExt;
    for world in World::both() {
        world.template("1.0.0", &files(&[("docs/guide.md", "one\n"), ("gone.txt", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        let names = ["docs/\"quoted\".txt", "docs/new\nline.txt", "docs/back\\slash.txt", "docs/tab\t.txt", "docs/CON"];
        for name in names {
            world.write(name, "of my own\n");
        }
        let no_unicode = world.path("docs").join(std::ffi::OsStr::from_bytes(b"\xff.txt"));
        std::fs::write(&no_unicode, "of my own\n").expect("a file");
        world.commit();
        world.template("1.1.0", &files(&[("book/guide.md", "one\n")]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 0, "{}", moved.shown);
        assert!(no_unicode.exists());
        for name in names {
            assert_eq!(world.read(name), "of my own\n");
        }
    }
}

#[test]
fn case_34_a_name_that_is_part_of_other_words_leaves_them_alone() {
    for world in World::both() {
        let text = "{{crate_name}}, apple, app-le and the {{crate_name}}.\n";
        world.template("1.0.0", &files(&[("README.md", text)]));
        world.create(&["--name", "app"]);
        world.is_pristine();
        let notes = "app apple my_app app_ APP app-store snapp app.\n";
        world.write("notes.txt", notes);
        world.commit();
        let moved = world.moved(&["rename", "shop"]);
        assert_eq!(moved.code, 0, "{}", moved.shown);
        assert_eq!(world.read("README.md"), "shop, apple, app-le and the shop.\n");
        assert_eq!(world.read("notes.txt"), notes, "the user's own files are only listed");
        assert!(moved.shown.contains("notes.txt:1"), "{}", moved.shown);
    }
}

#[test]
fn case_34_with_replace_whole_words_of_the_users_files_are_renamed() {
    for world in World::both() {
        world.template("1.0.0", &files(&[("README.md", "# {{crate_name | kebab_case}}\n")]));
        world.create(&[]);
        world.is_pristine();
        let notes = "my_app my-app MY_APP my_apple xmy_app my_app_test my-app-2 (my_app)\r\nno newline: my_app";
        world.write("notes.txt", notes);
        world.commit();
        world.returns(0, &["rename", "the-shop", "--replace"]);
        assert_eq!(
            world.read("notes.txt"),
            "the_shop the-shop THE_SHOP my_apple xmy_app my_app_test my-app-2 (the_shop)\r\nno newline: the_shop"
        );
        assert_eq!(world.read("README.md"), "# the-shop\n");
        world.returns(0, &["undo"]);
        assert_eq!(world.read("notes.txt"), notes);
    }
}
