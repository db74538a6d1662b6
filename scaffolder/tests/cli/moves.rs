//! What people and programs see of a move: plan, question, report. What moves do to files is in `tests/moves`.

use crate::environment::Environment;

/// A project `my-app` of the small template at version 1.2.3, committed, and a routes file to quarrel about.
fn project() -> Environment {
    let env = Environment::new();
    env.template(&[
        ("src/routes.rs", "pub const ROUTES: &[&str] = &[\n    \"/\",\n];\n"),
        ("src/vectors.rs", "// search\n"),
        ("Dockerfile", "FROM scratch\nCOPY {{crate_name}} /\n"),
        ("old.txt", "old\n"),
    ]);
    let manifest = env.read("template/cargo-generate.toml");
    env.write(
        "template/cargo-generate.toml",
        format!("{manifest}\n[conditional.'!vectors']\nignore = [\"src/vectors.rs\"]\n"),
    );
    env.succeeds(&["new", "my-app", "--template", "template"]);
    env
}

/// The template moves on to 1.3.0: another route, a new file, an old one gone.
fn next_version(env: &Environment) {
    let manifest = env.read("template/cargo-generate.toml").replace("1.2.3", "1.3.0");
    env.write("template/cargo-generate.toml", manifest);
    env.write("template/heavy.toml", env.read("template/heavy.toml").replace("1.2.3", "1.3.0"));
    env.write("template/src/routes.rs", "pub const ROUTES: &[&str] = &[\n    \"/\",\n    \"/health\",\n];\n");
    env.write("template/new.txt", "new\n");
    drop(std::fs::remove_file(env.path("template/old.txt")));
}

fn commit(env: &Environment) {
    env.git("my-app", &["add", "--all"]);
    env.git("my-app", &["commit", "--quiet", "--message=mine"]);
}

/// Runs `heavy` in the project.
fn run(env: &Environment, arguments: &[&str]) -> String {
    env.run(&[arguments, &["--project", "my-app"]].concat())
}

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
fn a_conflict_says_where_it_is_and_how_to_go_on() {
    let env = project();
    env.write("my-app/src/routes.rs", "pub const ROUTES: &[&str] = &[\n    \"/\",\n    \"/cart\",\n];\n");
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
    pub const ROUTES: &[&str] = &[
        "/",
    <<<<<<< yours
        "/cart",
    =======
        "/health",
    >>>>>>> template 1.3.0
    ];
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
    hint: resolve them, then say so with `heavy sync --continue`
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
    caused by: a conflict marker in `src/routes.rs`, line 3
    caused by: a conflict marker in `src/routes.rs`, line 7
    hint: say to git that it is resolved: `git add src/routes.rs`
    ");
    env.write(
        "my-app/src/routes.rs",
        "pub const ROUTES: &[&str] = &[\n    \"/\",\n    \"/cart\",\n    \"/health\",\n];\n",
    );
    insta::assert_snapshot!(run(&env, &["sync", "--continue"]), @"
    exit 1
    --- err
    error: not everything is resolved
    hint: say to git that it is resolved: `git add src/routes.rs`
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
    hint: `heavy check` shows how the project stands
    ");
}

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
fn uncommitted_changes_are_refused_unless_they_are_allowed() {
    let env = project();
    env.write("my-app/src/main.rs", "fn main() {}\n");
    next_version(&env);
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 2
    --- err
    error: there are changes that are not committed: `src/main.rs`
    hint: commit them first (`git add --all && git commit`), or put them aside with `git stash --include-untracked`
    hint: or add --allow-dirty: nothing of them is lost, and `heavy undo` takes the move back
    ");
    insta::assert_snapshot!(run(&env, &["sync", "--allow-dirty"]), @"
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
    assert_eq!(env.read("my-app/src/main.rs"), "fn main() {}\n");
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

#[test]
fn undo_takes_back_one_move_after_the_other() {
    let env = project();
    run(&env, &["add-feature", "vectors"]);
    run(&env, &["add-feature", "queue", "--allow-dirty"]);
    env.write("my-app/src/vectors.rs", "// mine\n");
    insta::assert_snapshot!(run(&env, &["undo"]), @"
    exit 0
    --- err
        Put back 1 file of `heavy add-feature`
    ");
    insta::assert_snapshot!(run(&env, &["undo"]), @"
    exit 1
    --- err
        Put back 1 file of `heavy add-feature`
    error: edited since, and so left as they are: `src/vectors.rs`
    hint: `src/vectors.rs` was not there before; remove it if you do not need it
    ");
    insta::assert_snapshot!(run(&env, &["undo"]), @"
    exit 2
    --- err
    error: there is no move to undo
    hint: `git log` shows what was committed
    ");
    assert_eq!(env.read("my-app/src/vectors.rs"), "// mine\n");
}

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
    insta::assert_snapshot!(run(&env, &["adopt", "--template", "template"]), @"
    exit 0
    --- err
           Found `my_app` is most like template 1.2.3: 5 of 6 files are the same
        src/main.rs differs
         Adopted `my_app` as a project of template 1.2.3
    note: `heavy diff` shows what it changed since; `heavy sync` brings what is new
    ");
    insta::assert_snapshot!(run(&env, &["check"]), @"
    exit 0
    --- out
    up to date with template 1.2.3
    ");
}

#[test]
fn no_command_of_a_template_runs_in_a_sync_without_consent() {
    let env = project();
    next_version(&env);
    let manifest = env.read("template/cargo-generate.toml");
    env.write("template/cargo-generate.toml", format!("{manifest}\n[hooks]\npre = [\"hooks/pre.rhai\"]\n"));
    env.write("template/hooks/pre.rhai", "system::command(\"touch\", [\"made\"]);");
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 2
    --- err
    error: a hook of the template wants to run `touch`
    hint: read the template's hooks first, then add `--allow-commands`
    ");
    assert_eq!(env.git("my-app", &["status", "--porcelain"]), "");
    let shown = run(&env, &["sync", "--allow-commands"]);
    assert!(shown.starts_with("exit 0\n") && shown.contains("create    made"), "{shown}");
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

#[test]
fn what_a_sparse_checkout_leaves_out_does_not_count_as_deleted() {
    let env = project();
    next_version(&env);
    // So that git knows its files; it leaves out none that it does not know to be unchanged.
    env.git("my-app", &["status"]);
    env.git("my-app", &["sparse-checkout", "set", "--no-cone", "/*", "!/src"]);
    assert!(!env.path("my-app/src").exists());
    insta::assert_snapshot!(run(&env, &["sync"]), @"
    exit 2
    --- err
    error: a part of the project is not checked out: `src/main.rs`
    hint: a move needs all of it: `git sparse-checkout disable`
    ");
    env.git("my-app", &["sparse-checkout", "disable"]);
    assert!(run(&env, &["sync"]).starts_with("exit 0\n"));
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
