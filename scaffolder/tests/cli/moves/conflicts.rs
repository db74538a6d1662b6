//! Conflicts: where they are, how to go on, and what is no resolution.

use super::{commit, next_version, project, run};
use crate::environment::Environment;

#[test]
fn a_file_that_was_edited_and_the_template_deleted_says_how_to_decide() {
    let env = project();
    env.write("my-app/old.txt", "mine\n");
    commit(&env);
    next_version(&env);
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 1
    --- err
          Moving `my_app`: from 1.2.3 to 1.3.0
        update    heavy.toml
        create    new.txt
        update    src/routes.rs
        conflict  old.txt (you changed it, the template deleted it; yours stays)
           Moved `my_app`: 1 created, 2 updated, 1 in conflict
    error: 1 conflict is left for you: `old.txt`
    hint: edit until both sides are as you want them, `git add`, then `heavy sync --continue`
    hint: where the template deleted a file: `git rm FILE` deletes it, `git add FILE` keeps it
    hint: or put everything back as it was with `heavy sync --abort`
    ");
    env.git("my-app", &["rm", "--quiet", "old.txt"]);
    insta::assert_snapshot!(run(&env, &["sync", "--continue"]), @"
    exit 0
    --- err
        Resolved every conflict of the last move
    ");
    assert!(!env.path("my-app/old.txt").exists());
}

#[test]
fn a_conflict_says_where_it_is_and_how_to_go_on() {
    let env = project();
    env.write("my-app/src/routes.rs", "pub const ROUTES: &[&str] = &[\"/\", \"/cart\"];\n");
    commit(&env);
    next_version(&env);
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 1
    --- err
          Moving `my_app`: from 1.2.3 to 1.3.0
        update    heavy.toml
        create    new.txt
        delete    old.txt
        conflict  src/routes.rs (you and the template changed the same lines)
           Moved `my_app`: 1 created, 1 updated, 1 deleted, 1 in conflict
    error: 1 conflict is left for you: `src/routes.rs`
    hint: edit until both sides are as you want them, `git add`, then `heavy sync --continue`
    hint: or put everything back as it was with `heavy sync --abort`
    ");
    insta::assert_snapshot!(env.read("my-app/src/routes.rs"), @r#"
    <<<<<<< yours
    pub const ROUTES: &[&str] = &["/", "/cart"];
    =======
    pub const ROUTES: &[&str] = &[
        "/",
        "/health",
    ];
    >>>>>>> template 1.3.0
    "#);
    insta::assert_snapshot!(env.git("my-app", &["status", "--short"]), @"
     M heavy.toml
     D old.txt
    UU src/routes.rs
    ?? new.txt
    ");
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 2
    --- err
    error: the last move left conflicts in `src/routes.rs`
    hint: resolve them, then run `heavy sync --continue`
    hint: or put everything back as it was with `heavy sync --abort`
    ");
    insta::assert_snapshot!(run(&env, &["check"]), @"
    exit 1
    --- out
    conflicts are open in `src/routes.rs`; resolve them, then `heavy sync --continue`
    ");
    insta::assert_snapshot!(run(&env, &["sync", "--continue"]), @"
    exit 1
    --- err
    error: not everything is resolved
    caused by: a conflict marker in `src/routes.rs`, line 1
    caused by: a conflict marker in `src/routes.rs`, line 8
    hint: tell git that it is resolved: `git add src/routes.rs`
    ");
    env.write(
        "my-app/src/routes.rs",
        "pub const ROUTES: &[&str] = &[\n    \"/\",\n    \"/cart\",\n    \"/health\",\n];\n",
    );
    insta::assert_snapshot!(run(&env, &["sync", "--continue"]), @"
    exit 1
    --- err
    error: not everything is resolved
    hint: tell git that it is resolved: `git add src/routes.rs`
    ");
    env.git("my-app", &["add", "src/routes.rs"]);
    insta::assert_snapshot!(run(&env, &["sync", "--continue"]), @"
    exit 0
    --- err
        Resolved every conflict of the last move
    ");
    insta::assert_snapshot!(run(&env, &["check"]), @"
    exit 0
    --- out
    up to date with template 1.3.0
    ");
}

#[test]
fn abort_puts_everything_back() {
    let env = project();
    env.write("my-app/src/routes.rs", "pub const ROUTES: &[&str] = &[];\n");
    commit(&env);
    next_version(&env);
    run(&env, &["sync"]);
    insta::assert_snapshot!(run(&env, &["sync", "--abort"]), @"
    exit 0
    --- err
        Put back 4 files of `heavy sync`
    ");
    assert_eq!(env.git("my-app", &["status", "--porcelain"]), "");
    insta::assert_snapshot!(run(&env, &["sync", "--abort"]), @"
    exit 2
    --- err
    error: no move is open
    hint: `heavy check` shows the state of the project
    ");
}

#[test]
fn an_ignored_file_at_the_name_for_the_templates_version_stays() {
    let env = Environment::new();
    env.template(&[("logo.png", "\0one")]);
    env.succeeds(&["new", "my-app", "--template", "template"]);
    env.write("my-app/logo.png", "\0mine");
    env.write("my-app/.gitignore", "*.template\n");
    env.write("my-app/logo.png.template", "my own");
    commit(&env);
    next_version(&env);
    env.write("template/logo.png", "\0two");
    let said = run(&env, &["sync"]);
    assert!(said.contains("the template's version is `logo.png.template2`"), "{said}");
    assert_eq!(env.read("my-app/logo.png.template"), "my own");
}

#[test]
fn markers_of_a_merge_driver_are_no_resolution() {
    let env = project();
    env.write("my-app/.gitattributes", "src/routes.rs merge=mine\n");
    env.write("my-app/src/routes.rs", "pub const ROUTES: &[&str] = &[\n    \"/\",\n    \"/cart\",\n];\n");
    env.git("my-app", &["config", "merge.mine.driver", "git merge-file %A %O %B"]);
    commit(&env);
    next_version(&env);
    assert!(run(&env, &["sync"]).starts_with("exit 1\n"));
    let text = env.read("my-app/src/routes.rs");
    assert!(text.contains("<<<<<<< ") && !text.contains("<<<<<<< yours\n"), "{text}");
    env.git("my-app", &["add", "--all"]);
    let shown = run(&env, &["sync", "--continue"]);
    assert!(shown.starts_with("exit 1\n") && shown.contains("`src/routes.rs`, line 3"), "{shown}");
}

#[test]
fn a_clone_knows_of_the_file_that_stands_beside() {
    let env = project();
    env.write("my-app/.gitattributes", "src/routes.rs -merge\n");
    env.write("my-app/src/routes.rs", "// mine\n");
    commit(&env);
    next_version(&env);
    assert!(run(&env, &["sync"]).starts_with("exit 1\n"));
    commit(&env);
    env.git("", &["clone", "--quiet", "my-app", "clone"]);
    insta::assert_snapshot!(env.run(&["sync", "--continue", "--project", "clone"]), @"
    exit 1
    --- err
    error: not everything is resolved
    hint: take what you want from `src/routes.rs.template` into `src/routes.rs`, then remove it: `rm src/routes.rs.template`
    ");
    std::fs::remove_file(env.path("clone/src/routes.rs.template")).expect("it was there");
    assert!(env.run(&["sync", "--continue", "--project", "clone"]).starts_with("exit 0\n"));
}
