//! What git merges by itself, with the driver of `heavy setup-git`.

use std::process::Output;

use crate::state::files;
use crate::world::World;

const ROUTES: &str = "pub fn routes() -> Router {\n    Router::new()\n        .route(\"/\", get(home))\n}\n";

fn routes(more: &str) -> String {
    ROUTES.replace("        .route(\"/\", get(home))\n", &format!("        .route(\"/\", get(home))\n{more}"))
}

/// A project whose branches `one` and `two` each add a module, a route and a service at the same places.
fn two_branches(one: &str, two: &str) -> World {
    let world = World::with_git();
    let base = files(&[
        ("src/lib.rs", "mod home;\n".to_owned()),
        ("src/routes.rs", ROUTES.to_owned()),
        ("compose.yaml", "services:\n  db:\n    image: postgres\n".to_owned()),
    ]);
    world.template("1", &base);
    world.create(&[]);
    world.returns(0, &["setup-git"]);
    world.commit();
    world.git(&["branch", "two"]);
    for (branch, name) in [("one", one), ("two", two)] {
        world.git(if branch == "one" { &["checkout", "-q", "-b", "one"] } else { &["checkout", "-q", "two"] });
        world.write("src/lib.rs", format!("mod home;\nmod {name};\n"));
        world.write("src/routes.rs", routes(&format!("        .route(\"/{name}\", get({name}::{branch}))\n")));
        world.write("compose.yaml", format!("services:\n  db:\n    image: postgres\n  {name}:\n    image: {branch}\n"));
        world.commit();
    }
    world
}

fn git(world: &World, arguments: &[&str]) -> Output {
    let mut command = world.env.program("git");
    command.current_dir(world.path("")).env("GIT_EDITOR", "true");
    for name in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{name}_NAME"), "Test").env(format!("GIT_{name}_EMAIL"), "test@localhost");
    }
    command.args(arguments).output().expect("git is installed")
}

#[test]
fn merge_rebase_and_cherry_pick_take_both_sides_of_a_set() {
    for arguments in [&["merge", "-m", "both", "one"][..], &["rebase", "one"], &["cherry-pick", "one"]] {
        let world = two_branches("books", "cards");
        // A clone in which nobody ran `heavy setup-git`.
        world.git(&["config", "--remove-section", "merge.heavy"]);
        let before = git(&world, arguments);
        assert_eq!(before.status.code(), Some(1), "git alone: {}", world.env.shown(&before));
        assert_eq!(world.unmerged(), ["compose.yaml", "src/lib.rs", "src/routes.rs"]);
        world.git(&[arguments[0], "--abort"]);
        let shown = world.returns(0, &["setup-git"]);
        assert!(!shown.contains("which files"), "{shown}");
        let merged = git(&world, arguments);
        assert_eq!(merged.status.code(), Some(0), "{}", world.env.shown(&merged));
        assert_eq!(world.read("src/lib.rs"), "mod home;\nmod books;\nmod cards;\n");
        for name in ["books", "cards"] {
            assert_eq!(world.read("src/routes.rs").matches(&format!("/{name}\"")).count(), 1);
            assert_eq!(world.read("compose.yaml").matches(&format!("  {name}:\n")).count(), 1);
        }
    }
}

#[test]
fn one_key_with_two_values_is_a_conflict_for_git_marked_in_its_style() {
    for (style, has_base) in [("merge", false), ("diff3", true), ("zdiff3", true)] {
        let world = two_branches("books", "books");
        let setting = format!("merge.conflictStyle={style}");
        let merged = git(&world, &["-c", &setting, "merge", "-m", "both", "one"]);
        assert_eq!(merged.status.code(), Some(1), "{}", world.env.shown(&merged));
        assert_eq!(world.unmerged(), ["compose.yaml", "src/routes.rs"], "the same module from both is there once");
        let text = world.read("src/routes.rs");
        assert!(text.contains("<<<<<<< HEAD\n") && text.contains(">>>>>>> one\n"), "{text}");
        assert_eq!(text.contains("|||||||"), has_base, "{text}");
    }
}

#[test]
fn git_is_set_up_once_for_all_work_trees_and_taken_back_without_a_trace() {
    let world = World::with_git();
    world.template("1", &files(&[("src/lib.rs", "mod a;\n")]));
    world.create(&[]);
    let (config, before) = (world.read(".git/config"), world.state());
    insta::assert_snapshot!(world.returns(0, &["setup-git"]), @r"
    exit 0
    --- err
             Git set the merge driver in $WORK/my-app/.git/config
             Git wrote which files it merges into .gitattributes
    note: commit .gitattributes; every clone runs `heavy setup-git` once for itself
    note: `heavy setup-git --undo` takes it back
    ");
    let driver = world.git(&["config", "merge.heavy.driver"]);
    assert!(driver.contains(" merge-driver %O %A %B %P --marker-size %L"), "{driver}");
    insta::assert_snapshot!(world.returns(0, &["setup-git"]), @r"
    exit 0
    --- err
       Unchanged git merges with `heavy` in this repository already
    ");
    world.commit();
    world.git(&["worktree", "add", "-q", "-b", "other", "../other"]);
    world.write("src/lib.rs", "mod a;\nmod b;\n");
    world.commit();
    world.env.write("other/src/lib.rs", "mod a;\nmod c;\n");
    world.env.git("other", &["commit", "-qam", "c"]);
    world.env.git("other", &["merge", "-m", "both", "main"]);
    assert_eq!(world.env.read("other/src/lib.rs"), "mod a;\nmod b;\nmod c;\n");
    let output = world.in_folder("other", &["setup-git"]).output().expect("heavy starts");
    assert!(world.env.shown(&output).contains("Unchanged"), "{}", world.env.shown(&output));
    world.returns(0, &["setup-git", "--undo"]);
    assert_eq!(world.read(".git/config").trim_end(), config.trim_end());
    assert!(!world.path(".gitattributes").exists());
    assert_eq!(world.state().keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    assert!(world.returns(0, &["setup-git", "--undo"]).contains("Unchanged"));
}

#[test]
fn without_a_repository_there_is_no_git_to_set_up() {
    let world = World::without_git();
    world.template("1", &files(&[("a", "a")]));
    world.create(&[]);
    assert!(world.refuses(&["setup-git"]).contains("hint: make one: `git init`"));
}

#[test]
fn a_driver_that_cannot_read_its_files_fails_and_is_no_conflict() {
    let world = World::with_git();
    world.template("1", &files(&[("a", "a")]));
    world.create(&[]);
    world.returns(129, &["merge-driver", "no-base", "no-ours", "no-theirs", "src/lib.rs"]);
}

#[test]
fn a_move_merges_by_itself_where_git_would_run_the_driver() {
    let world = World::with_git();
    world.template("1", &files(&[("src/lib.rs", "mod a;\n")]));
    world.create(&[]);
    world.returns(0, &["setup-git"]);
    world.git(&["config", "merge.heavy.driver", "false"]);
    world.write("src/lib.rs", "mod a;\nmod b;\n");
    world.commit();
    world.template("2", &files(&[("src/lib.rs", "mod a;\nmod c;\n")]));
    let shown = world.returns(0, &["sync"]);
    assert!(!shown.contains("driver"), "{shown}");
    assert_eq!(world.read("src/lib.rs"), "mod a;\nmod b;\nmod c;\n");
}

/// README's own story: a table, and then a feature. And two people with a table each.
#[test]
fn a_table_and_then_a_feature_and_two_tables_on_two_branches_have_no_conflict() {
    const NAMES: [&str; 30] = [
        "books",
        "albums",
        "zones",
        "embeddings",
        "cards",
        "orders",
        "invoices",
        "customers",
        "products",
        "categories",
        "comments",
        "posts",
        "articles",
        "events",
        "tickets",
        "projects",
        "tasks",
        "teams",
        "messages",
        "rooms",
        "recipes",
        "photos",
        "songs",
        "movies",
        "cities",
        "companies",
        "payments",
        "addresses",
        "vehicles",
        "workouts",
    ];
    let full = std::env::var_os("HEAVY_FULL").is_some();
    let world = World::with_git();
    let output = world.in_folder("", &["new", "my-app", "--defaults", "--quiet"]).output().expect("heavy starts");
    assert!(output.status.success(), "{}", world.env.shown(&output));
    let listed = world.heavy(&["features", "--json"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let features = listed["features"].as_array().or(listed.as_array()).expect("features").clone();
    let features: Vec<&str> = features.iter().filter_map(|feature| feature["name"].as_str()).collect();
    assert!(features.len() > 5, "{listed}");
    let table = |name: &str| {
        world.returns(0, &["add-table", name, "title:string", "pages:int", "--quiet"]);
        world.commit();
    };
    let names = if full { &NAMES[..] } else { &NAMES[..1] };
    for name in names {
        world.git(&["checkout", "-q", "-b", name, "main"]);
        table(name);
        let state = world.state();
        for feature in &features {
            world.returns(0, &["add-feature", feature, "--quiet"]);
            world.commit();
            if full {
                world.returns(0, &["remove-feature", feature, "--quiet"]);
                world.returns(0, &["undo", "--quiet"]);
            }
            world.git(&["reset", "-q", "--hard", "HEAD~1"]);
            crate::state::assert_same(&world.state(), &state, "after a reset");
        }
    }
    world.git(&["checkout", "-q", "-b", "other", "main"]);
    table("zebras");
    let alone = git(&world, &["merge", "-m", "both", "books"]);
    // What stands on both sides of what the template has is merged by lines. The factories have no module yet beside which two
    // could stand apart.
    assert_eq!(world.unmerged(), ["tests/app/common/factories.rs"], "{}", world.env.shown(&alone));
    world.git(&["merge", "--abort"]);
    world.returns(0, &["setup-git"]);
    world.commit();
    let merged = git(&world, &["merge", "-m", "both", "books"]);
    assert_eq!(merged.status.code(), Some(0), "{}", world.env.shown(&merged));
}
