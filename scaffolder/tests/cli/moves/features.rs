//! Features that come and go, and what became one.

use std::collections::BTreeSet;

use super::{commit, project, run};
use crate::environment::{Environment, files};

#[test]
fn features_come_and_go() {
    let env = project();
    insta::assert_snapshot!(run(&env, &["add-feature", "vectors"]), @"
    exit 0
    --- err
          Moving `my_app`: add `vectors`
        update    heavy.toml
        create    src/vectors.rs
           Moved `my_app`: 1 created, 1 updated
    note: `heavy undo` puts everything back
    ");
    insta::assert_snapshot!(run(&env, &["add-feature", "vectors", "--allow-dirty"]), @"
    exit 0
    --- err
       Unchanged the project has `vectors` already
    ");
    insta::assert_snapshot!(run(&env, &["remove-feature", "vectors", "--allow-dirty"]), @"
    exit 0
    --- err
          Moving `my_app`: remove `vectors`
        update    heavy.toml
        delete    src/vectors.rs
           Moved `my_app`: 1 updated, 1 deleted
    note: `heavy undo` puts everything back
    ");
    assert_eq!(env.git("my-app", &["status", "--porcelain"]), "");
    insta::assert_snapshot!(run(&env, &["add-feature", "vectrs"]), @"
    exit 2
    --- err
    error: there is no feature `vectrs`
    hint: did you mean `vectors`?
    ");
    insta::assert_snapshot!(run(&env, &["add-feature", "mail"]), @"
    exit 2
    --- err
    error: there is no feature `mail`
    hint: there are `vectors` and `queue`
    ");
}

#[test]
fn migrations_of_a_feature_that_is_removed_stay_and_that_is_said() {
    let env = Environment::new();
    env.template(&[("migrations/0001_vectors.sql", "CREATE TABLE vectors ();\n")]);
    let manifest =
        env.read("template/cargo-generate.toml").replace("[heavy]\n", "[heavy]\nonce = [\"/migrations/\"]\n");
    env.write(
        "template/cargo-generate.toml",
        manifest + "\n[conditional.'!vectors']\nignore = [\"migrations/0001_vectors.sql\"]\n",
    );
    env.succeeds(&["new", "my-app", "--template", "template", "--feature", "vectors"]);
    insta::assert_snapshot!(run(&env, &["remove-feature", "vectors"]), @"
    exit 0
    --- err
          Moving `my_app`: remove `vectors`
        update    heavy.toml
    note: `migrations/0001_vectors.sql` stays: a database may have run what is written once, so no move deletes it
           Moved `my_app`: 1 updated
    note: `heavy undo` puts everything back
    ");
    assert!(env.path("my-app/migrations/0001_vectors.sql").is_file());
    commit(&env);
    let again = run(&env, &["add-feature", "vectors"]);
    assert!(!again.contains("stay"), "{again}");
}

#[test]
fn a_project_of_a_release_keeps_what_became_a_feature_since() {
    let env = Environment::new();
    env.succeeds(&["new", "my-app", "--defaults"]);
    let back = run(&env, &["sync", "--to", "0.5.0"]);
    assert!(back.starts_with("exit 0\n"), "{back}");
    commit(&env);
    assert!(!env.read("my-app/heavy.toml").contains("load"));
    let output = run(&env, &["sync"]);
    assert!(output.starts_with("exit 0\n"), "{output}");
    let note = "note: `load`, `otel`, `browser-tests`, `showcase`, `stack-tests`, `test-daemon` and `phone` are features \
                now, and stay: `heavy remove-feature FEATURE` takes one out\n";
    assert!(output.contains(note), "{output}");

    let features = ["load", "otel", "browser-tests", "showcase", "stack-tests", "test-daemon", "phone"];
    let features = features.map(|feature| ["--feature", feature]);
    env.succeeds(&[&["new", "fresh/my-app", "--defaults"], features.as_flattened()].concat());
    let (moved, fresh) = (files(&env.path("my-app")), files(&env.path("fresh/my-app")));
    let paths: BTreeSet<&String> = moved.keys().chain(fresh.keys()).collect();
    // What is new is said to projects that come to a version.
    let different: Vec<&String> = paths.into_iter().filter(|path| moved.get(*path) != fresh.get(*path)).collect();
    assert_eq!(different, ["docs/UPGRADING.md"], "a project made now has other files");
}
