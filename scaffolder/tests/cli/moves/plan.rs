//! The plan of a move: for people, for programs, and as a difference.

use super::{next_version, project, run};

#[test]
fn a_plan_names_every_file_before_it_is_done() {
    let env = project();
    next_version(&env);
    insta::assert_snapshot!(run(&env, &["sync", "--dry-run"]), @"
    exit 0
    --- out
        update    heavy.toml
        create    new.txt
        delete    old.txt
        update    src/routes.rs
    --- err
          Moving `my_app`: from 1.2.3 to 1.3.0
    note: nothing was written
    ");
    assert_eq!(env.git("my-app", &["status", "--porcelain"]), "");
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 0
    --- err
          Moving `my_app`: from 1.2.3 to 1.3.0
        update    heavy.toml
        create    new.txt
        delete    old.txt
        update    src/routes.rs
           Moved `my_app`: 1 created, 2 updated, 1 deleted
    note: `heavy undo` puts everything back
    ");
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 0
    --- err
       Unchanged the project is at the template's version 1.3.0 already
    ");
}

#[test]
fn a_program_reads_the_plan_as_json() {
    let env = project();
    next_version(&env);
    let text = env.succeeds(&["sync", "--json", "--dry-run", "--project", "my-app"]);
    let plan: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(plan["command"], "sync");
    assert_eq!(plan["from"]["version"], "1.2.3");
    assert_eq!(plan["to"]["version"], "1.3.0");
    assert_eq!(plan["applied"], false);
    assert_eq!(plan["plan"][0], serde_json::json!({ "action": "update", "path": "heavy.toml" }));
    let applied = env.succeeds(&["sync", "--json", "--project", "my-app"]);
    let applied: serde_json::Value = serde_json::from_str(&applied).expect("JSON");
    assert_eq!(applied["plan"], plan["plan"]);
    assert_eq!(applied["applied"], true);
}

#[test]
fn check_tells_three_cases_apart() {
    let env = project();
    insta::assert_snapshot!(run(&env, &["check"]), @"
    exit 0
    --- out
    up to date with template 1.2.3
    ");
    next_version(&env);
    insta::assert_snapshot!(run(&env, &["check"]), @"
    exit 1
    --- out
    template 1.3.0 is there, the project is at 1.2.3; `heavy sync` brings it
    ");
    std::fs::rename(env.path("template"), env.path("elsewhere")).expect("moved");
    insta::assert_snapshot!(run(&env, &["check"]), @"
    exit 2
    --- err
    error: there is no folder `$WORK/template` to take a template from, which `heavy.toml` names
    hint: name where it is now: `heavy sync --template SOURCE`
    ");
    insta::assert_snapshot!(env.run(&["check", "--project", "elsewhere"]), @"
    exit 2
    --- err
    error: `heavy.toml` is not valid TOML
    caused by: TOML parse error at line 9, column 12
          |
        9 | vectors = {{vectors}}
          |            ^
        missing key for inline table element, expected key
    hint: correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    ");
}

#[test]
fn a_diff_shows_what_is_yours_and_what_would_come() {
    let env = project();
    env.write("my-app/src/main.rs", "fn main() {\n    println!(\"mine\");\n}\n");
    env.write("my-app/own.txt", "own\n");
    insta::assert_snapshot!(run(&env, &["diff"]), @r#"
    exit 0
    --- out
    diff --git a/own.txt b/own.txt
    new file mode 100644
    --- /dev/null
    +++ b/own.txt
    @@ -0,0 +1,1 @@
    +own
    diff --git a/src/main.rs b/src/main.rs
    --- a/src/main.rs
    +++ b/src/main.rs
    @@ -1,3 +1,3 @@
     fn main() {
    -    println!("hello");
    +    println!("mine");
     }
    "#);
    insta::assert_snapshot!(run(&env, &["diff", "--name-only", "src"]), @"
    exit 0
    --- out
    src/main.rs
    ");
    next_version(&env);
    insta::assert_snapshot!(run(&env, &["diff", "--incoming", "src"]), @r#"
    exit 0
    --- out
    diff --git a/src/routes.rs b/src/routes.rs
    --- a/src/routes.rs
    +++ b/src/routes.rs
    @@ -1,3 +1,4 @@
     pub const ROUTES: &[&str] = &[
         "/",
    +    "/health",
     ];
    "#);
    insta::assert_snapshot!(run(&env, &["diff", "../x"]), @"
    exit 2
    --- err
    error: the path `../x` leaves its folder with `..`
    hint: paths are those in the project, for example `heavy diff src/routes.rs`
    ");
}
