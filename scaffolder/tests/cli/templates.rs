//! Templates that try what they must not, and the commands for authors of templates.

use crate::environment::Environment;

fn with_hook(script: &str) -> Environment {
    let env = Environment::new();
    env.template(&[("hooks/pre.rhai", script)]);
    let manifest = env.read("template/cargo-generate.toml") + "[hooks]\npre = [\"hooks/pre.rhai\"]\n";
    env.write("template/cargo-generate.toml", manifest);
    env
}

fn create(env: &Environment, more: &[&str]) -> String {
    env.run(&[&["new", "my-app", "--template", "template", "--vcs", "none"], more].concat())
}

#[test]
fn a_hook_cannot_write_outside_of_the_project() {
    for path in ["../evil", "/tmp/evil", "a/../../evil", "C:/evil", ".git/hooks/post-checkout"] {
        let env = with_hook(&format!("file::write(\"{path}\", \"x\");"));
        let shown = create(&env, &[]);
        assert!(shown.starts_with("exit 3\n--- err\nerror: "), "{path}: {shown}");
        assert_eq!(env.list(""), ["template"], "{path}");
    }
}

#[test]
fn a_hook_that_refuses_speaks_for_itself() {
    let env = with_hook("abort(\"this template needs a full moon\");");
    insta::assert_snapshot!(create(&env, &[]), @r"
    exit 2
    --- err
    error: this template needs a full moon
    ");
    assert_eq!(env.list(""), ["template"]);
}

#[test]
fn a_hook_that_never_ends_is_stopped() {
    let env = with_hook("loop { }");
    let shown = create(&env, &[]);
    assert!(shown.starts_with("exit 3\n"), "{shown}");
    assert_eq!(env.list(""), ["template"]);
}

#[test]
fn a_command_runs_only_with_consent() {
    let env = with_hook("system::command(\"touch\", [\"made-by-command\"]);");
    let refused = create(&env, &[]);
    assert!(refused.starts_with("exit 2\n") && refused.contains("--allow-commands"), "{refused}");
    assert_eq!(env.list(""), ["template"]);
    let allowed = create(&env, &["--allow-commands"]);
    assert!(allowed.starts_with("exit 0\n"), "{allowed}");
    assert!(env.path("my-app/made-by-command").exists());
    assert_eq!(std::fs::read_dir(env.tmp()).expect("readable").count(), 0);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_in_a_template_is_refused() {
    let env = Environment::new();
    env.template(&[]);
    std::os::unix::fs::symlink("/etc/passwd", env.path("template/link")).expect("a link");
    insta::assert_snapshot!(create(&env, &[]), @r"
    exit 3
    --- err
    error: `link` is a symbolic link, which a template cannot hold
    hint: put the file itself there
    ");
    env.commit_template();
    assert!(create(&env, &["--rev", "main"]).contains("error: `link` is a symbolic link"));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_symbolic_link_in_the_target() {
    let env = Environment::new();
    env.template(&[]);
    std::fs::create_dir(env.path("elsewhere")).expect("a folder");
    env.write("my-app/notes.txt", "mine");
    std::os::unix::fs::symlink("../elsewhere", env.path("my-app/src")).expect("a link");
    insta::assert_snapshot!(create(&env, &["--force"]), @r"
    exit 2
    --- err
    error: `my-app/src` is a symbolic link, and `src/main.rs` would be written through it
    hint: remove the link, or choose another path for the project
    ");
    assert!(env.list("elsewhere").is_empty());
    assert_eq!(env.list("my-app"), ["notes.txt", "src"]);

    std::fs::remove_file(env.path("my-app/src")).expect("our link");
    std::os::unix::fs::symlink("../elsewhere/not-there", env.path("my-app/Cargo.toml")).expect("a link");
    assert!(create(&env, &["--force"]).starts_with("exit 2\n"));
    assert!(env.list("elsewhere").is_empty());
}

#[test]
fn the_lint_shows_file_line_and_mend() {
    let env = Environment::new();
    env.template(&[("README.md", "# {{title}}\n\n{{ title | upcase }}\n")]);
    let shown = env.run(&["template", "lint", "template"]);
    assert!(shown.starts_with("exit 1\n--- out\n"), "{shown}");
    assert!(shown.contains("README.md:3: "), "{shown}");
    let json = env.heavy(&["template", "lint", "template", "--json"]);
    let findings: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(findings[0]["path"], "README.md");
    assert_eq!(findings[0]["line"], 3);
}

#[test]
fn a_placeholder_that_nothing_uses_is_a_finding() {
    let env = Environment::new();
    env.template(&[]);
    let manifest =
        env.read("template/cargo-generate.toml") + "\n[placeholders.unused]\nprompt = \"Why?\"\ndefault = \"\"\n";
    env.write("template/cargo-generate.toml", manifest);
    let shown = env.run(&["template", "lint", "template"]);
    assert!(shown.starts_with("exit 1\n") && shown.contains("`unused`"), "{shown}");
}

#[test]
fn a_clean_template_has_no_findings() {
    let env = Environment::new();
    env.template(&[]);
    let shown = env.run(&["template", "lint", "template"]);
    assert!(shown.starts_with("exit 0\n"), "{shown}");
}

#[test]
fn a_stamp_is_written_once_and_then_fresh() {
    let env = Environment::new();
    env.template(&[]);
    assert!(env.run(&["template", "stamp", "template", "--check"]).starts_with("exit 2\n"));
    env.succeeds(&["template", "stamp", "template"]);
    assert!(env.read("template/heavy.toml").contains("version = \"1.2.3\"\nstamp = \""));
    assert!(env.read("template/heavy.toml").contains("vectors = {{vectors}}"));
    env.succeeds(&["template", "stamp", "template", "--check"]);
    env.write("template/src/lib.rs", "");
    insta::assert_snapshot!(env.run(&["template", "stamp", "template", "--check"]), @r"
    exit 2
    --- out
    template/heavy.toml: out of date
    --- err
    error: what is generated from the template is out of date
    hint: `heavy template stamp template` writes it anew
    ");
}

#[test]
fn locking_pins_every_combination_and_is_fresh_afterwards() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&["template", "lock", "template", "--offline"]);
    assert!(env.read("template/Cargo.lock").contains("crate_name"));
    env.succeeds(&["template", "lock", "template", "--offline", "--check"]);
    env.succeeds(&["new", "my-app", "--template", "template"]);
    let mut cargo = env.program("cargo");
    let output =
        cargo.current_dir(env.path("my-app")).args(["metadata", "--locked", "--offline", "--format-version=1"]);
    assert!(output.output().expect("cargo starts").status.success());
}
