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
fn every_verb_shows_what_changes_in_the_files_where_it_is_asked_to() {
    let env = project();
    next_version(&env);
    let stamp = regex::Regex::new("[0-9a-f]{64}").expect("a pattern");
    insta::assert_snapshot!(stamp.replace_all(&run(&env, &["sync", "--dry-run", "--diff"]), "$$STAMP"), @r#"
    exit 0
    --- out
        update    heavy.toml
        create    new.txt
        delete    old.txt
        update    src/routes.rs
    diff --git a/heavy.toml b/heavy.toml
    --- a/heavy.toml
    +++ b/heavy.toml
    @@ -1,7 +1,7 @@
     [template]
     source = "$WORK/template"
    -version = "1.2.3"
    -stamp = "$STAMP"
    +version = "1.3.0"
    +stamp = "$STAMP"
     
     [answers]
     name = "my_app"
    diff --git a/new.txt b/new.txt
    new file mode 100644
    --- /dev/null
    +++ b/new.txt
    @@ -0,0 +1,1 @@
    +new
    diff --git a/old.txt b/old.txt
    deleted file mode 100644
    --- a/old.txt
    +++ /dev/null
    @@ -1,1 +0,0 @@
    -old
    diff --git a/src/routes.rs b/src/routes.rs
    --- a/src/routes.rs
    +++ b/src/routes.rs
    @@ -1,3 +1,4 @@
     pub const ROUTES: &[&str] = &[
         "/",
    +    "/health",
     ];
    --- err
          Moving `my_app`: from 1.2.3 to 1.3.0
    note: nothing was written
    "#);
    let verbs: [&[&str]; 4] = [&["add-feature", "vectors"], &["rename", "shop"], &["sync"], &["undo"]];
    for verb in verbs {
        let difference = |shown: &str| -> Vec<String> {
            let is_part = |line: &&str| line.starts_with(['+', '-', '@']) && !line.starts_with("--- ");
            shown.lines().filter(is_part).map(str::to_owned).collect()
        };
        let dry = difference(&run(&env, &[verb, &["--dry-run", "--diff"]].concat()));
        assert!(dry.len() > 4, "{verb:?}: {dry:#?}");
        let json = env.heavy(&[verb, &["--dry-run", "--diff", "--json", "--project", "my-app"]].concat()).stdout;
        let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(difference(json["diff"].as_str().expect("a text")), dry, "{verb:?}");
        assert_eq!(difference(&run(&env, &[verb, &["--diff", "--allow-dirty"]].concat())), dry, "{verb:?}");
    }
    let new = env.run(&["new", "other", "--template", "template", "--dry-run", "--diff"]);
    assert!(new.contains("+++ b/heavy.toml\n"), "{new}");
}

#[test]
fn the_template_whose_fault_an_error_is_is_named() {
    let env = project();
    next_version(&env);
    env.write("template/broken.txt", "{{ no_such_question }}\n");
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 3
    --- err
    error: `broken.txt`, line 1, uses `no_such_question`, which the template does not declare
    caused by: the fault is in template 1.3.0 of `$WORK/template`, not in your project
    hint: it declares `crate_name`, `crate_type`, `is_init`, `queue`, `title`, `vectors` and `within_cargo_project`
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
    error: `../x` is outside of the project
    hint: paths are those in `$WORK/my-app`, for example `heavy diff src/routes.rs`
    ");
}

#[test]
fn the_paths_of_a_diff_are_meant_from_where_one_is_and_one_that_is_nowhere_is_an_error() {
    let env = project();
    env.write("my-app/src/main.rs", "fn main() {}\n");
    env.write("my-app/own.txt", "own\n");
    let diff = |paths: &[&str]| {
        let mut command = env.command(&[&["diff", "--name-only"], paths].concat());
        let output = command.current_dir(env.path("my-app/src")).output().expect("heavy starts");
        env.shown(&output)
    };
    let absolute = env.path("my-app/src/main.rs").display().to_string();
    for path in ["main.rs", "./main.rs", "../src", ".", "../src/main.rs", &absolute] {
        assert_eq!(diff(&[path]), "exit 0\n--- out\nsrc/main.rs\n", "{path}");
    }
    assert_eq!(diff(&[".."]), "exit 0\n--- out\nown.txt\nsrc/main.rs\n");
    assert_eq!(diff(&["routes.rs"]), "exit 0\n", "it does not differ");
    insta::assert_snapshot!(diff(&["own.txt"]) + &diff(&["../../template"]), @"
    exit 2
    --- err
    error: `own.txt` is no file or folder of the project or its template
    hint: `heavy diff --name-only` lists what differs
    exit 2
    --- err
    error: `../../template` is outside of the project
    hint: paths are those in `$WORK/my-app`, for example `heavy diff src/routes.rs`
    ");
}
