//! Rewrites of the user's code that a version brings.

use crate::state::{State, files};
use crate::world::{World, heavy_toml, manifest};

const RULES: &str = "\
[[path]]
from = \"my_app::web::complain\"
to = \"my_app::web::report\"

[[removed]]
path = \"my_app::web::gone\"
instead = \"leave it out\"
";

fn template(version: &str, name: &str, rules: Option<&str>) -> State {
    let mut all = files(&[
        ("cargo-generate.toml", manifest(version, "") + "subfolder = \"template\"\n"),
        ("template/heavy.toml", heavy_toml(version, "")),
        ("template/Cargo.toml", "[package]\nname = \"{{crate_name}}\"\n".to_owned()),
        ("template/src/lib.rs", "pub mod web;\n".to_owned()),
        (
            "template/src/web.rs",
            format!("pub fn {name}() {{}}\n\npub fn first() {{}}\n\npub fn last() {{\n    {name}();\n}}\n"),
        ),
        ("template/src/page.rs", format!("use crate::web::{name};\n\npub fn page() {{\n    {name}();\n}}\n")),
    ]);
    if let Some(rules) = rules {
        all.extend(files(&[(&format!("notes/{version}.toml"), rules.to_owned())]));
    }
    all
}

/// A project of version 1.0.0 with code of its own, whose template is at 1.1.0.
fn outdated() -> World {
    let world = World::with_git();
    world.template("", &template("1.0.0", "complain", None));
    world.create(&[]);
    world.write(
        "src/mine.rs",
        "use crate::web::{complain, first};\r\n\r\n// complain\r\nfn f() { complain( ); first() }\r\n",
    );
    world.write("src/page.rs", world.read("src/page.rs") + "\npub fn mine() {\n    complain();\n}\n");
    world.write("tests/it.rs", "#[test]\nfn it() {\n    my_app::web::complain();\n    show!(my_app::web::complain());\n    my_app::web::gone();\n}\n");
    world.commit();
    world.template("", &template("1.1.0", "report", Some(RULES)));
    world
}

#[test]
fn code_of_ones_own_gets_the_new_names_and_the_plan_shows_it() {
    let world = outdated();
    let plan = world.plan(&["sync"]);
    assert!(
        plan.contains(&"update src/mine.rs".to_owned()) && plan.contains(&"update tests/it.rs".to_owned()),
        "{plan:?}"
    );
    let shown = world.returns(0, &["sync"]);
    for line in ["+use crate::web::{report, first};", "-    my_app::web::complain();", "tests/it.rs:4", "tests/it.rs:5"]
    {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert_eq!(
        world.read("src/mine.rs"),
        "use crate::web::{report, first};\r\n\r\n// complain\r\nfn f() { report( ); first() }\r\n"
    );
    assert!(world.read("tests/it.rs").contains("    my_app::web::report();\n    show!(my_app::web::complain());"));
    assert!(world.read("docs/UPGRADING.md").contains("- `tests/it.rs:5`: `my_app::web::gone` is gone: leave it out"));
}

#[test]
fn a_file_that_the_merge_changed_is_finished_where_the_user_wrote() {
    let world = outdated();
    world.returns(0, &["sync"]);
    let expected =
        "use crate::web::report;\n\npub fn page() {\n    report();\n}\n\npub fn mine() {\n    report();\n}\n";
    assert_eq!(world.read("src/page.rs"), expected);
}

#[test]
fn undo_takes_rewrites_back_and_a_second_sync_does_nothing() {
    let world = outdated();
    let before = world.state();
    world.returns(0, &["sync"]);
    let after = world.state();
    assert!(world.returns(0, &["sync"]).contains("Unchanged"));
    crate::state::assert_same(&world.state(), &after, "a second sync");
    world.returns(0, &["undo"]);
    crate::state::assert_same(&world.state(), &before, "what undo brought back");
}

#[test]
fn files_in_conflict_get_the_new_names_when_their_conflicts_are_resolved_and_undo_takes_that_back_too() {
    for world in World::both() {
        world.template("", &template("1.0.0", "complain", None));
        world.create(&[]);
        let mine = "use crate::web::complain;\n\npub fn page() {\n    // Mine.\n    complain();\n}\n";
        let gone = "use crate::web::complain;\n\npub fn page() {\n    complain();\n}\n// edited\n";
        world.write("src/page.rs", mine);
        world.write("src/other.rs", gone);
        world.commit();
        let before = world.state();
        let mut next = template("1.1.0", "report", Some(RULES));
        next.extend(files(&[
            (
                "template/src/page.rs",
                "use crate::web::report;\n\npub fn page() {\n    // Theirs.\n    report();\n}\n".to_owned(),
            ),
            ("template/src/other.rs", "pub fn other() {}\n".to_owned()),
        ]));
        world.template("", &next);
        world.returns(1, &["sync"]);
        // Both taken whole from the user's side.
        world.write("src/page.rs", mine);
        world.returns(1, &["sync", "--continue"]);
        assert_eq!(world.read("src/page.rs"), mine, "not everything is resolved");
        world.write("src/other.rs", gone);
        if world.has_git() {
            world.git(&["add", "--all"]);
        }
        let shown = world.returns(0, &["sync", "--continue"]);
        assert!(shown.contains("+use crate::web::report;"), "{shown}");
        assert_eq!(world.read("src/page.rs"), mine.replace("complain", "report"));
        assert_eq!(world.read("src/other.rs"), gone.replace("complain", "report"));
        world.returns(0, &["undo"]);
        crate::state::assert_same(&world.state(), &before, "what undo brought back");
    }
}

#[test]
fn rules_that_cannot_be_read_stop_no_sync() {
    let world = outdated();
    world.template("", &template("1.1.0", "report", Some("[[path]]\nfrom = 1\n")));
    let shown = world.returns(0, &["sync"]);
    assert!(shown.contains("warning: the codemods of version 1.1.0 cannot be read"), "{shown}");
    assert!(world.read("src/mine.rs").contains("complain"));
}

#[test]
fn a_project_of_0_5_that_uses_old_names_of_the_built_in_template_gets_the_new_ones() {
    let world = World::with_git();
    world.env.succeeds(&["new", "my-app", "--defaults", "--quiet"]);
    world.env.succeeds(&["sync", "--project", "my-app", "--to", "0.5.0", "--quiet"]);
    world.write("src/mine.rs", "use stack_live::Stop;\n\nuse crate::error::Error;\n\npub fn f() -> (Stop, Error) {\n    (Stop::redirect(\"/\"), Error::LogInFirst)\n}\n");
    world.commit();
    world.env.succeeds(&["sync", "--project", "my-app", "--quiet"]);
    let expected = "use stack_live::PageError;\n\nuse crate::error::Error;\n\npub fn f() -> (PageError, Error) {\n    (PageError::redirect(\"/\"), Error::Unauthenticated)\n}\n";
    assert_eq!(world.read("src/mine.rs"), expected);
    assert!(world.read("docs/UPGRADING.md").contains("## 0.6.0: "));
}
