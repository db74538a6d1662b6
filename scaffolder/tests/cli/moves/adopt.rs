//! Projects that `heavy` did not make.

use super::{commit, project, run};

#[test]
fn a_project_without_heavy_toml_is_adopted() {
    let env = project();
    std::fs::remove_file(env.path("my-app/heavy.toml")).expect("it was there");
    env.write("my-app/src/main.rs", "fn main() {}\n");
    commit(&env);
    insta::assert_snapshot!(run(&env, &["check"]), @"
    exit 2
    --- err
    error: there is no `heavy.toml` in `$WORK/my-app` or in a folder above it
    hint: go into a project, or take one over with `heavy adopt`
    ");
    insta::assert_snapshot!(run(&env, &["adopt", "--template", "template"]), @r#"
    exit 0
    --- err
           Found `my_app` is most like template 1.2.3: 5 of 6 files are the same
        queue = false (the files do not tell)
        title = "" (the files do not tell)
        vectors = false
        src/main.rs differs
    note: the files do not tell `title` and `queue`; take back what is wrong with `heavy undo`, and answer: `heavy adopt -d title=VALUE`
         Adopted `my_app` as a project of template 1.2.3
    note: `heavy diff` shows what it changed since; `heavy sync` brings what is new
    "#);
    insta::assert_snapshot!(run(&env, &["check"]), @"
    exit 0
    --- out
    up to date with template 1.2.3
    ");
}

#[test]
fn what_the_files_do_not_tell_is_said_with_the_way_to_answer_it() {
    let env = project();
    std::fs::remove_file(env.path("my-app/heavy.toml")).expect("it was there");
    commit(&env);
    let json = env.heavy(&["adopt", "--template", "template", "--dry-run", "--json", "--project", "my-app"]).stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json["unanswered"], serde_json::json!(["title", "queue"]));
    assert_eq!(json["answers"]["vectors"], false);
    let shown = run(&env, &["adopt", "--template", "template", "-d", "queue=true", "-d", "title=Mine"]);
    assert!(!shown.contains("do not tell"), "{shown}");
    assert!(env.read("my-app/heavy.toml").contains("queue = true"));
}

#[test]
fn a_project_that_cargo_generate_made_is_adopted_at_the_version_that_it_names() {
    let env = project();
    // It says what the template's author wrote into `heavy.toml`, which is not where it came from.
    let lock = env.read("my-app/heavy.toml");
    let source = format!("source = \"{}\"", env.path("template").display());
    assert!(lock.contains(&source), "{lock}");
    env.write("my-app/heavy.toml", lock.replace(&source, "source = \"heavy\""));
    env.write("my-app/src/main.rs", "fn main() {}\n");
    commit(&env);
    insta::assert_snapshot!(run(&env, &["adopt", "--template", "template"]), @"
    exit 0
    --- err
           Found `my_app` comes from template 1.2.3 of `$WORK/template`, by its stamp
         Adopted `my_app` as a project of template 1.2.3
    note: `heavy diff` shows what it changed since; `heavy sync` brings what is new
    ");
    assert_eq!(env.read("my-app/heavy.toml"), lock);
    insta::assert_snapshot!(run(&env, &["adopt", "--template", "template"]), @"
    exit 0
    --- err
           Found `my_app` comes from template 1.2.3 of `$WORK/template`, by its stamp
    note: `heavy.toml` says so already
    ");
}
