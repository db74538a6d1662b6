//! `heavy new` when all goes well.

use crate::environment::{Environment, files};

const DEFAULTS: [&str; 4] = ["new", "shop/my-app", "--template", "template"];

#[test]
fn a_path_gives_the_project_its_name_and_title() {
    let env = Environment::new();
    env.template(&[]);
    insta::assert_snapshot!(env.run(&DEFAULTS), @r#"
    exit 0
    --- err
        Creating `my_app` ("My App") in shop/my-app
         Created 4 files, and the first commit
    note: git knows no name to sign with, so the commit is signed `heavy <heavy@localhost>`
    "#);
    assert_eq!(env.list("shop/my-app"), [".git", ".gitignore", "Cargo.toml", "heavy.toml", "src"]);
    assert!(env.read("shop/my-app/Cargo.toml").contains("name = \"my_app\""));
}

#[test]
fn without_template_the_one_in_the_binary_is_rendered() {
    let env = Environment::new();
    env.succeeds(&["new", "my-app", "--quiet"]);
    assert!(env.read("my-app/Cargo.toml").contains("name = \"my_app\""));
    assert!(env.read("my-app/heavy.toml").contains("source = \"heavy\""));
}

#[test]
fn a_name_that_a_crate_of_the_project_has_is_refused_by_new_and_by_rename() {
    let env = Environment::new();
    let dependency = "[package]\nname = \"{{crate_name}}\"\n\n[workspace.dependencies]\n{%- if queue %}\n\"tower-http\".version = \"1\"\n{%- endif %}\n";
    env.template(&[("Cargo.toml", dependency)]);
    insta::assert_snapshot!(env.run(&["new", "TowerHttp", "--template", "template"]), @"
    exit 2
    --- err
    error: the name `TowerHttp` belongs to a crate that the project uses; `cargo doc` tells no two of one name apart
    hint: give it another name: `heavy new TowerHttp --name my-app`
    ");
    env.succeeds(&["new", "version", "--template", "template", "--quiet"]);
    insta::assert_snapshot!(env.run(&["rename", "tower_http", "--project", "version"]), @"
    exit 2
    --- err
    error: the name `tower_http` belongs to a crate that the project uses; `cargo doc` tells no two of one name apart
    hint: choose another name, for example `my-app`
    ");
}

#[test]
fn the_project_says_where_its_template_came_from() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&DEFAULTS);
    let text = env.read("shop/my-app/heavy.toml").replace(&*env.path("").to_string_lossy(), "$WORK/");
    assert!(text.contains("source = \"$WORK/template\""), "{text}");
    assert!(!text.contains("stamp = \"\""), "{text}");
}

#[test]
fn flags_win_over_definitions_and_those_over_the_answers_file() {
    let env = Environment::new();
    env.template(&[]);
    env.write("answers.toml", "title = \"file\"\nvectors = true\nqueue = true\n");
    env.succeeds(&[
        "new",
        "a",
        "--template",
        "template",
        "--answers",
        "answers.toml",
        "-d",
        "title=defined",
        "-d",
        "queue=false",
        "--title",
        "Flag",
    ]);
    let text = env.read("a/heavy.toml");
    for line in ["title = \"Flag\"", "vectors = true", "queue = false"] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn the_lock_file_of_another_project_is_an_answers_file() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&["new", "first", "--template", "template", "--feature", "queue", "--title", "Same"]);
    env.succeeds(&["new", "second", "--template", "template", "--answers", "first/heavy.toml"]);
    let text = env.read("second/heavy.toml");
    for line in ["name = \"second\"", "title = \"Same\"", "vectors = false", "queue = true"] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn all_features_are_all_of_them() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&["new", "a", "--template", "template", "--all-features"]);
    let text = env.read("a/heavy.toml");
    assert!(text.contains("vectors = true") && text.contains("queue = true"), "{text}");
}

#[test]
fn a_dry_run_lists_everything_and_writes_nothing() {
    let env = Environment::new();
    env.template(&[]);
    insta::assert_snapshot!(env.run(&["new", "a/b", "--template", "template", "--dry-run"]), @r"
    exit 0
    --- out
    create .gitignore
    create Cargo.toml
    create heavy.toml
    create src/main.rs
    --- err
    note: nothing was written to `a/b`
    ");
    assert_eq!(env.list(""), ["template"]);
}

#[test]
fn json_is_the_only_thing_on_standard_output() {
    let env = Environment::new();
    env.template(&[]);
    let output = env.heavy(&["new", "my-app", "--template", "template", "--feature", "queue", "--json"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", env.shown(&output));
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(result["name"], "my_app");
    assert_eq!(result["title"], "My App");
    assert_eq!(result["path"], env.path("my-app").to_string_lossy().as_ref());
    assert_eq!(result["features"], serde_json::json!(["queue"]));
    assert_eq!(result["files"], serde_json::json!([".gitignore", "Cargo.toml", "heavy.toml", "src/main.rs"]));
    assert_eq!(result["template"]["version"], "1.2.3");
    assert_eq!(result["template"]["stamp"].as_str().map(str::len), Some(64));
}

#[test]
fn quiet_says_nothing() {
    let env = Environment::new();
    env.template(&[]);
    assert_eq!(env.run(&["new", "my-app", "--template", "template", "--quiet"]), "exit 0\n");
}

#[cfg(unix)]
#[test]
fn executable_files_stay_executable() {
    use std::os::unix::fs::PermissionsExt;
    let env = Environment::new();
    env.template(&[("run.sh", "#!/bin/sh\n")]);
    std::fs::set_permissions(env.path("template/run.sh"), PermissionsExt::from_mode(0o755)).expect("our own file");
    env.succeeds(&["new", "my-app", "--template", "template"]);
    let files = files(&env.path("my-app"));
    assert!(files["run.sh"].1 && !files["Cargo.toml"].1);
    assert_eq!(env.git("my-app", &["ls-files", "--stage", "run.sh"]).split(' ').next(), Some("100755"));
}

#[cfg(unix)]
#[test]
fn an_empty_folder_is_filled_and_keeps_its_rights() {
    use std::os::unix::fs::PermissionsExt;
    let env = Environment::new();
    env.template(&[]);
    std::fs::create_dir(env.path("mine")).expect("a folder");
    std::fs::set_permissions(env.path("mine"), PermissionsExt::from_mode(0o700)).expect("our own folder");
    env.succeeds(&["new", "mine", "--template", "template"]);
    assert_eq!(env.list("mine"), [".git", ".gitignore", "Cargo.toml", "heavy.toml", "src"]);
    let mode = std::fs::metadata(env.path("mine")).expect("a folder").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn the_current_folder_can_become_the_project() {
    let env = Environment::new();
    env.template(&[]);
    std::fs::create_dir(env.path("my-app")).expect("a folder");
    let output = env.command(&["new", ".", "--template", "../template"]).current_dir(env.path("my-app")).output();
    assert!(output.expect("heavy starts").status.success());
    assert!(env.read("my-app/Cargo.toml").contains("name = \"my_app\""));
}

#[test]
fn nobody_is_told_to_go_to_the_folder_where_they_are() {
    let env = Environment::new();
    std::fs::create_dir(env.path("my-app")).expect("a folder");
    let output = env.command(&["new", ".", "--defaults"]).current_dir(env.path("my-app")).output();
    let shown = env.shown(&output.expect("heavy starts"));
    assert!(shown.contains("\nNext:\n    cargo dev "), "{shown}");
    let shown = env.run(&["new", "other", "--defaults"]);
    assert!(shown.contains("\nNext:\n    cd other\n    cargo dev "), "{shown}");
}

#[test]
fn force_adds_what_is_missing_and_leaves_and_lists_what_differs() {
    let env = Environment::new();
    env.template(&[]);
    env.write("my-app/Cargo.toml", "mine");
    env.write("my-app/.gitignore", "/target\n");
    env.write("my-app/notes.txt", "mine too");
    insta::assert_snapshot!(env.run(&["new", "my-app", "--template", "template", "--force"]), @r#"
    exit 1
    --- err
        Creating `my_app` ("My App") in my-app
         Created 2 files, and the first commit
    note: git knows no name to sign with, so the commit is signed `heavy <heavy@localhost>`
    error: what stands there already differs from the template and was left as it is: `Cargo.toml`
    hint: to compare, create the same project in another folder and run `diff -r` on the two
    "#);
    assert_eq!(env.read("my-app/Cargo.toml"), "mine");
    assert_eq!(env.read("my-app/notes.txt"), "mine too");
    assert!(env.path("my-app/src/main.rs").exists());
}

#[test]
fn force_into_a_folder_without_conflicts_succeeds() {
    let env = Environment::new();
    env.template(&[]);
    env.write("my-app/notes.txt", "mine");
    env.succeeds(&["new", "my-app", "--template", "template", "--force"]);
    assert_eq!(env.list("my-app"), [".git", ".gitignore", "Cargo.toml", "heavy.toml", "notes.txt", "src"]);
}

#[test]
fn a_file_where_the_template_has_a_folder_is_left_alone() {
    let env = Environment::new();
    env.template(&[]);
    env.write("my-app/src", "a file");
    let shown = env.run(&["new", "my-app", "--template", "template", "--force"]);
    assert!(shown.starts_with("exit 1\n") && shown.contains("`src/main.rs`"), "{shown}");
    assert_eq!(env.read("my-app/src"), "a file");
}

#[test]
fn what_hooks_say_is_said_at_the_end() {
    let env = Environment::new();
    env.template(&[("hooks/post.rhai", "file::delete(\"hooks\");\nprint(\"cd \" + env::destination_directory);")]);
    let manifest = env.read("template/cargo-generate.toml") + "[hooks]\npost = [\"hooks/post.rhai\"]\n";
    env.write("template/cargo-generate.toml", manifest);
    let shown = env.run(&["new", "shop/my-app", "--template", "template"]);
    assert!(shown.ends_with("\n\ncd shop/my-app\n"), "{shown}");
}

#[test]
fn run_starts_the_project_and_passes_on_its_exit_code() {
    let env = Environment::new();
    let main = "fn main() {\n    assert_eq!(env!(\"CARGO_PKG_NAME\"), \"my_app\");\n    \
                std::process::exit(if std::env::var_os(\"OUTER\").is_none() { 7 } else { 8 });\n}\n";
    env.template(&[("src/main.rs", main)]);
    let output = env
        .command(&["new", "my-app", "--template", "template", "--run"])
        .envs([("CARGO_MANIFEST_DIR", "/elsewhere"), ("CARGO_PKG_NAME", "heavy-stack"), ("CARGO_NET_OFFLINE", "true")])
        .output()
        .expect("heavy starts");
    assert_eq!(output.status.code(), Some(7), "{}", env.shown(&output));
}

#[test]
fn features_are_listed_for_people_and_programs() {
    let env = Environment::new();
    env.template(&[
        (
            "Cargo.lock",
            "version = 4\n{%- if queue %}\n\n[[package]]\nname = \"tokio\"\nsource = \"registry\"\n{%- endif %}\n",
        ),
        ("src/lib.rs", "//! All of it.\n{%- if vectors %}\n\n/// Near.\npub fn near() {}\n{%- endif %}\n"),
        ("src/queue.rs", "//! Later.\n"),
    ]);
    let manifest = env.read("template/cargo-generate.toml") + "[conditional.'!queue']\nignore = [\"src/queue.rs\"]\n";
    env.write("template/cargo-generate.toml", manifest);
    insta::assert_snapshot!(env.run(&["features", "--template", "template"]), @r"
    exit 0
    --- out
    vectors  search by similarity
             0 files, 3 lines, 0 crates
    queue    background jobs
             1 file, 1 line, 1 crate
    ");
    let json: serde_json::Value =
        serde_json::from_str(&env.succeeds(&["features", "--template", "template", "--json"])).expect("JSON");
    assert_eq!(json[1]["name"], "queue");
    assert_eq!(json[1]["adds"]["files"], 1);
}

#[test]
fn completions_are_written_for_every_shell() {
    let env = Environment::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(env.succeeds(&["completions", shell]).contains("all-features"), "{shell}");
    }
}

#[test]
fn the_help_documents_the_exit_codes() {
    let env = Environment::new();
    let help = env.succeeds(&["--help"]);
    for code in ["0", "1", "2", "3", "4", "130"] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(&format!("{code} "))), "{code}");
    }
}
