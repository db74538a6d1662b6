//! Another name for a project.

use super::{commit, project, run};
use crate::environment::Environment;

#[test]
fn a_rename_lists_what_still_has_the_old_name() {
    let env = project();
    env.write("my-app/notes.md", "my-app is deployed by my_app.service\nmy-apple is none of it\n");
    commit(&env);
    insta::assert_snapshot!(run(&env, &["rename", "the-shop", "--dry-run"]), @"
    exit 0
    --- out
        update    Cargo.toml
        update    Dockerfile
        update    heavy.toml
    --- err
          Moving `the_shop`: from `my_app` to `the_shop`
    note: these lines of yours have the old name:
        notes.md:1: my-app is deployed by my_app.service
        add --replace to give them the new one
    note: nothing was written
    ");
    insta::assert_snapshot!(run(&env, &["rename", "the-shop", "--replace"]), @"
    exit 0
    --- err
          Moving `the_shop`: from `my_app` to `the_shop`
        update    Cargo.toml
        update    Dockerfile
        update    heavy.toml
        update    notes.md
    note: these lines of yours get the new name:
        notes.md:1: my-app is deployed by my_app.service
                    the-shop is deployed by the_shop.service
           Moved `the_shop`: 4 updated
    note: `heavy undo` puts everything back
    ");
    assert_eq!(env.read("my-app/notes.md"), "the-shop is deployed by the_shop.service\nmy-apple is none of it\n");
    insta::assert_snapshot!(env.read("my-app/heavy.toml").replace(&env.path("").display().to_string(), "$WORK/"), @r#"
    [template]
    source = "$WORK/template"
    version = "1.2.3"
    stamp = "c2dde0cd53e71d6cba55b0249be3f0e705020d7ccc9643bba59a2324c215e973"

    [answers]
    name = "the_shop"
    title = ""
    vectors = false
    queue = false
    "#);
}

#[test]
fn a_rename_leaves_what_is_written_once_and_the_list_of_conflicts_alone() {
    let env = Environment::new();
    env.template(&[("migrations/1_a.sql", "create schema {{crate_name}};\n"), ("my_app.md", "{{crate_name}}, made\n")]);
    let manifest = env.read("template/cargo-generate.toml");
    let once = manifest.replace("version = \"1.2.3\"", "version = \"1.2.3\"\nonce = [\"/migrations/\"]");
    assert_ne!(once, manifest);
    env.write("template/cargo-generate.toml", once);
    env.succeeds(&["new", "my-app", "--template", "template"]);
    env.write("my-app/my_app.md", "my_app, mine\n");
    commit(&env);
    let said = run(&env, &["rename", "the-shop", "--replace"]);
    assert!(said.contains("1 conflict is left for you: `my_app.md`"), "{said}");
    assert!(env.read("my-app/heavy.toml").contains("paths = [\"my_app.md\"]"));
    assert_eq!(env.read("my-app/migrations/1_a.sql"), "create schema my_app;\n");
}
