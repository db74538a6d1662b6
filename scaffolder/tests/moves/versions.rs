//! The laws at the level of the command; `tests/laws` has them for random templates and edits.

use crate::state::{State, assert_same, files};
use crate::world::{World, heavy_toml, manifest};

const ASKS: &str = r#"
[placeholders.title]
type = "string"
prompt = "Title"
default = ""

[placeholders.vectors]
type = "bool"
prompt = "vectors: search by similarity"
default = false

[placeholders.queue]
type = "bool"
prompt = "queue: background jobs"
default = false

[conditional."!vectors"]
ignore = ["src/vectors.rs"]

[conditional."!queue"]
ignore = ["src/queue.rs", "migrations/queue"]
"#;

/// A template with features as files and as insertion points; `version` says how far it is.
fn template(version: usize) -> State {
    let number = format!("1.{version}.0");
    let routes = "routes:\n/\n{%- if vectors %}\n/search\n{%- endif %}\n/login\n/logout\n{%- if queue %}\n/jobs\n{%- endif %}\n/health\n";
    let more: String = (0..version).map(|number| format!("/added/{number}\n")).collect();
    let lock = "queue = {{queue}}\ntitle = \"{{title}}\"\nvectors = {{vectors}}\n";
    let mut all = files(&[
        ("cargo-generate.toml", manifest(&number, ASKS)),
        ("heavy.toml", heavy_toml(&number, lock)),
        ("Cargo.toml", "[package]\nname = \"{{crate_name}}\"\ndescription = \"{{title}}\"\n\n[dependencies]\naxum = \"1\"\n{%- if queue %}\nqueue = \"1\"\n{%- endif %}\nserde = \"1\"\n{%- if vectors %}\nvectors = \"2\"\n{%- endif %}\n".to_owned()),
        ("src/routes.txt", format!("{routes}{more}")),
        ("src/vectors.rs", format!("//! Vectors of {{{{crate_name}}}}, {version}.\n")),
        ("src/queue.rs", "//! The queue of {{crate_name}}.\n".to_owned()),
        ("migrations/queue/0001.sql", "CREATE TABLE jobs ();\n".to_owned()),
        ("run/{{crate_name}}.service", "[Service]\nExecStart={{crate_name}}\nRestart=always\nType=simple\nUser=nobody\n".to_owned()),
        ("static/font.bin", format!("\0{{{{ font {version}")),
    ]);
    if version >= 2 {
        all.remove("static/font.bin");
        all.insert("static/type.bin".to_owned(), files(&[("x", "\0type")])["x"].clone());
    }
    all
}

/// What `heavy new` makes of the template as it is now.
fn fresh(world: &World, more: &[&str]) -> State {
    let path = world.env.path("fresh");
    if path.exists() {
        std::fs::remove_dir_all(&path).expect("our own folder");
    }
    let always = ["new", "fresh", "--template", "template", "--defaults", "--quiet", "--vcs", "none"];
    let named: &[&str] = if more.contains(&"--name") { &[] } else { &["--name", "my-app"] };
    let output = world.in_folder("", &[&always, named, more].concat()).output().expect("heavy starts");
    assert!(output.status.success(), "{}", world.env.shown(&output));
    crate::state::read(&path)
}

#[test]
fn case_31_an_unmodified_project_becomes_the_new_one_byte_for_byte() {
    for world in World::both() {
        for features in [&[][..], &["--feature", "queue"], &["--feature", "queue,vectors", "--title", "Shop"]] {
            let world = if world.has_git() { World::with_git() } else { World::without_git() };
            world.template("", &template(0));
            world.create(features);
            world.is_pristine();
            world.template("", &template(1));
            assert_eq!(world.moved(&["sync"]).code, 0);
            assert_same(&world.state(), &fresh(&world, features), "new(1.0), then sync");
        }
    }
}

#[test]
fn case_32_the_order_of_features_does_not_matter() {
    for world in World::both() {
        world.template("", &template(1));
        world.create(&[]);
        world.is_pristine();
        let both = fresh(&world, &["--feature", "queue", "--feature", "vectors"]);
        world.moved(&["add-feature", "queue"]);
        world.commit();
        world.moved(&["add-feature", "vectors"]);
        assert_same(&world.state(), &both, "queue, then vectors");
        world.commit();
        world.moved(&["remove-feature", "queue", "vectors"]);
        world.commit();
        world.moved(&["add-feature", "vectors"]);
        world.commit();
        world.moved(&["add-feature", "queue"]);
        assert_same(&world.state(), &both, "vectors, then queue");
    }
}

#[test]
fn case_33_add_then_remove_is_the_identity() {
    for edited in [false, true] {
        for world in World::both() {
            world.template("", &template(1));
            world.create(&["--title", "Shop"]);
            world.is_pristine();
            if edited {
                world.write("src/routes.txt", world.read("src/routes.txt").replace("routes:", "my routes:"));
                world.write("src/mine.rs", "//! Mine.\n");
                world.write("migrations/mine.sql", "-- Mine.\n");
                std::fs::remove_file(world.path("static/font.bin")).expect("our own file");
            }
            world.commit();
            let before = world.state();
            for feature in ["queue", "vectors"] {
                assert_eq!(world.moved(&["add-feature", feature]).code, 0);
                world.commit();
                assert_eq!(world.moved(&["remove-feature", feature]).code, 0);
                assert_same(&world.state(), &before, feature);
                world.commit();
            }
        }
    }
}

#[test]
fn case_34_there_and_back_again_is_the_identity() {
    for name in ["shop", "my-app-2", "app", "my_apple", "MyOtherApp", "my"] {
        let world = World::with_git();
        world.template("", &template(1));
        world.create(&["--feature", "queue"]);
        world.is_pristine();
        world.write("src/mine.rs", "//! Mine, my_app's, my-app's and app's.\n");
        let service = world.read("run/my_app.service");
        world.write("run/my_app.service", service.replace("User=nobody", "User=me"));
        world.commit();
        let before = world.state();
        assert_eq!(world.moved(&["rename", name]).code, 0, "{name}");
        assert!(!world.path("run/my_app.service").exists(), "{name}");
        world.commit();
        assert_eq!(world.moved(&["rename", "my-app"]).code, 0, "{name}");
        assert_same(&world.state(), &before, name);
    }
}

#[test]
fn case_34_a_name_with_hyphens_is_the_same_as_with_underscores() {
    let world = World::with_git();
    world.template("", &template(1));
    world.create(&[]);
    world.is_pristine();
    assert_eq!(world.plan(&["rename", "my_app"]), Vec::<String>::new());
    assert_eq!(world.moved(&["rename", "web_shop"]).code, 0);
    assert_same(&world.state(), &fresh(&world, &["--name", "web-shop"]), "a fresh project of that name");
}

#[test]
fn case_42_a_sync_that_skips_versions_is_the_same_syncs_one_by_one() {
    for edited in [false, true] {
        let make = || {
            let world = World::with_git();
            world.template("", &template(0));
            world.create(&["--feature", "vectors"]);
            world.is_pristine();
            if edited {
                world.write("src/mine.rs", "//! Mine.\n");
                world.write(
                    "Cargo.toml",
                    world.read("Cargo.toml").replace("axum = \"1\"", "axum = \"1\"\nbase64 = \"1\""),
                );
                world.write("src/routes.txt", world.read("src/routes.txt").replace("/login", "/log-in"));
            }
            world.commit();
            world
        };
        let slowly = make();
        for version in 1..=3 {
            slowly.template("", &template(version));
            assert_eq!(slowly.moved(&["sync"]).code, 0);
            slowly.commit();
        }
        let at_once = make();
        at_once.template("", &template(3));
        assert_eq!(at_once.moved(&["sync"]).code, 0);
        // The two worlds are two folders, which is all that their locks differ in.
        let without_lock = |world: &World| {
            let mut state = world.state();
            state.remove("heavy.toml");
            state
        };
        assert_same(&without_lock(&at_once), &without_lock(&slowly), "1.0 to 1.3");
        if !edited {
            assert_same(&at_once.state(), &fresh(&at_once, &["--feature", "vectors"]), "a fresh project");
        }
    }
}
