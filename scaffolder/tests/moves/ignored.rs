//! Files that git ignores. They are the user's like any other, and no commit has them.

use crate::state::files;
use crate::world::{World, heavy_toml, manifest};

#[test]
fn case_08_an_ignored_env_file_where_the_template_now_has_one_is_not_lost() {
    for world in World::both() {
        world.template("1.0.0", &files(&[(".gitignore", "/.env\n"), ("README.md", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        world.write(".env", "SECRET=only here\n");
        world.commit();
        let next = files(&[(".gitignore", "/.env\n"), ("README.md", "two\n"), (".env", "SECRET=changeme\n")]);
        world.template("1.1.0", &next);
        if world.has_git() {
            // No commit has it, so a clean work tree is not what git says it is.
            let shown = world.refuses(&["sync"]);
            assert!(shown.contains(".env") && shown.contains("--allow-dirty"), "{shown}");
        }
        let moved = world.moved(&["sync", "--allow-dirty"]);
        assert_eq!(moved.code, 1, "{}", moved.shown);
        assert!(moved.plan.contains(&"conflict .env".to_owned()), "{:?}", moved.plan);
        assert!(world.read(".env").contains("SECRET=only here"));
    }
}

#[test]
fn case_08_an_ignored_file_that_is_the_same_is_no_conflict() {
    for world in World::both() {
        world.template("1.0.0", &files(&[(".gitignore", "/.env\n")]));
        world.create(&[]);
        world.is_pristine();
        world.write(".env", "PORT=3000\n");
        world.commit();
        world.template("1.1.0", &files(&[(".gitignore", "/.env\n"), (".env", "PORT=3000\n")]));
        assert_eq!(world.moved(&["sync", "--allow-dirty"]).code, 0);
        assert_eq!(world.read(".env"), "PORT=3000\n");
    }
}

#[test]
fn case_09_a_file_that_becomes_ignored_is_still_merged() {
    for world in World::both() {
        let settings = "host = localhost\nport = 3000\n\nname = app\n\nlevel = info\n";
        world.template("1.0.0", &files(&[(".gitignore", "/target\n"), ("settings.ini", settings)]));
        world.create(&[]);
        world.is_pristine();
        world.write("settings.ini", settings.replace("level = info", "level = debug"));
        world.commit();
        let next = settings.replace("localhost", "127.0.0.1");
        world.template("1.1.0", &files(&[(".gitignore", "/target\n/settings.ini\n"), ("settings.ini", &*next)]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 0, "{}", moved.shown);
        assert_eq!(world.read("settings.ini"), next.replace("level = info", "level = debug"));
        // And once more, now that it is ignored.
        world.commit();
        let later = next.replace("3000", "4000");
        world.template("1.2.0", &files(&[(".gitignore", "/target\n/settings.ini\n"), ("settings.ini", &*later)]));
        assert_eq!(world.moved(&["sync", "--allow-dirty"]).code, 0);
        assert_eq!(world.read("settings.ini"), later.replace("level = info", "level = debug"));
    }
}

#[test]
fn case_09_a_file_that_is_ignored_no_more_is_still_the_users() {
    for world in World::both() {
        world.template("1.0.0", &files(&[(".gitignore", "/cache\n"), ("README.md", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        world.write("cache/index", "of my own\n");
        world.commit();
        world
            .template("1.1.0", &files(&[(".gitignore", "/target\n"), ("README.md", "two\n"), ("cache/list", "new\n")]));
        let moved = world.moved(&["sync"]);
        assert_eq!(moved.code, 0, "{}", moved.shown);
        assert_eq!(world.read("cache/index"), "of my own\n");
        assert_eq!(world.read("cache/list"), "new\n");
    }
}

#[test]
fn case_09_an_edited_ignored_file_that_the_template_deletes_stays() {
    for world in World::both() {
        world.template("1.0.0", &files(&[(".gitignore", "/.env\n"), (".env", "PORT=3000\n"), ("README.md", "one\n")]));
        world.create(&[]);
        world.is_pristine();
        world.write(".env", "PORT=3000\nSECRET=only here\n");
        world.commit();
        world.template("1.1.0", &files(&[(".gitignore", "/.env\n"), ("README.md", "one\n")]));
        let moved = world.moved(&["sync", "--allow-dirty"]);
        assert_eq!((moved.code, moved.plan), (1, vec!["conflict .env".to_owned()]));
        assert_eq!(world.read(".env"), "PORT=3000\nSECRET=only here\n");
    }
}

#[test]
fn ignored_files_that_programs_write_need_no_commit() {
    let lock = |version: &str| {
        format!("version = 4\n\n[[package]]\nname = \"serde\"\nversion = \"{version}\"\nsource = \"registry+x\"\n")
    };
    let note = "+++\ntitle = \"News\"\n+++\n\nNew.\n";
    let template = |version: &str, notes: &[&str]| {
        let ignored = "/docs/UPGRADING.md\nCargo.lock\n".to_owned();
        let mut all = files(&[
            ("cargo-generate.toml", manifest(version, "") + "subfolder = \"template\"\n"),
            ("template/heavy.toml", heavy_toml(version, "")),
            ("template/.gitignore", ignored),
            ("template/Cargo.lock", lock(version)),
        ]);
        for version in notes {
            all.extend(files(&[(&format!("notes/{version}.md"), note.to_owned())]));
        }
        all
    };
    let world = World::with_git();
    world.template("", &template("1.0.0", &[]));
    world.create(&[]);
    world.template("", &template("1.1.0", &["1.1.0"]));
    world.returns(0, &["sync"]);
    world.write("docs/UPGRADING.md", world.read("docs/UPGRADING.md") + "\nDone on Monday.\n");
    world.write("Cargo.lock", world.read("Cargo.lock") + "\n[[package]]\nname = \"mine\"\nversion = \"0.1.0\"\n");
    world.commit();
    world.template("", &template("1.2.0", &["1.1.0", "1.2.0"]));
    world.returns(0, &["sync"]);
    let kept = world.read("docs/UPGRADING.md");
    assert!(kept.contains("## 1.2.0") && kept.contains("Done on Monday."), "{kept}");
    world.returns(0, &["undo"]);
    let kept = world.read("docs/UPGRADING.md");
    assert!(!kept.contains("## 1.2.0") && kept.contains("Done on Monday."), "{kept}");
}
