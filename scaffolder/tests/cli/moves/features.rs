//! Features that come and go, and what became one.

use super::{commit, project, run};
use crate::environment::Environment;

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
fn a_project_of_a_release_keeps_what_became_a_feature_since() {
    let env = Environment::new();
    env.succeeds(&["new", "my-app", "--defaults"]);
    let back = run(&env, &["sync", "--to", "0.5.0"]);
    assert!(back.starts_with("exit 0\n"), "{back}");
    commit(&env);
    assert!(!env.read("my-app/heavy.toml").contains("load"));
    let output = run(&env, &["sync"]);
    assert!(output.starts_with("exit 0\n"), "{output}");
    let lock = env.read("my-app/heavy.toml");
    for feature in ["browser_tests", "load", "otel", "stack_tests"] {
        assert!(lock.contains(&format!("{feature} = true\n")), "{lock}");
    }
    for path in ["stack/load/Cargo.toml", "tests/browser/package.json"] {
        assert!(env.path("my-app").join(path).is_file(), "{path}");
    }
}
