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
    hint: `heavy template stamp template` writes it again
    ");
}

#[test]
fn a_stamp_adds_the_answers_that_are_missing() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&["template", "stamp", "template"]);
    let complete = env.read("template/heavy.toml");
    let lines = complete.split_inclusive('\n').filter(|line| !line.starts_with("vectors = "));
    env.write("template/heavy.toml", lines.collect::<String>());
    assert!(env.run(&["template", "stamp", "template", "--check"]).starts_with("exit 2\n"));
    env.succeeds(&["template", "stamp", "template"]);
    assert!(env.read("template/heavy.toml").contains("\nvectors = {{ vectors }}\n"));
    env.succeeds(&["template", "stamp", "template", "--check"]);
}

#[test]
fn locking_pins_every_combination_and_is_fresh_afterwards() {
    let env = Environment::new();
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
                    [[bin]]\nname = \"{{crate_name}}\"\npath = \"src/main.rs\"\n\n[workspace]\n";
    env.template(&[]);
    let output = env.run(&["template", "lock", "template", "--offline"]);
    assert!(output.contains("the project's name is in its `Cargo.lock`"), "{output}");
    env.template(&[("Cargo.toml", manifest)]);
    env.succeeds(&["template", "lock", "template", "--offline"]);
    assert!(!env.read("template/Cargo.lock").contains("crate_name"));
    env.succeeds(&["template", "lock", "template", "--offline", "--check"]);
    env.succeeds(&["new", "my-app", "--template", "template"]);
    let mut cargo = env.program("cargo");
    let output =
        cargo.current_dir(env.path("my-app")).args(["metadata", "--locked", "--offline", "--format-version=1"]);
    assert!(output.output().expect("cargo starts").status.success());
}

/// A template whose tool, like heavy itself, embeds what was released.
fn with_a_tool() -> Environment {
    let env = Environment::new();
    env.template(&[]);
    env.write("tool/cargo-generate.toml", env.read("template/cargo-generate.toml") + "subfolder = \"template\"\n");
    env.write("tool/template/README.md", "# {{title}} with {{vectors}} and {{queue}}\n");
    env.write("tool/scaffolder/Cargo.toml", "");
    env
}

fn set_version(env: &Environment, manifest: &str, version: &str) {
    let text = env.read(manifest);
    let old = text.lines().find(|line| line.starts_with("version = ")).expect("a version").to_owned();
    env.write(manifest, text.replace(&old, &format!("version = \"{version}\"")));
}

#[test]
fn a_version_is_released_once_and_the_same_again_changes_nothing() {
    let env = with_a_tool();
    insta::assert_snapshot!(env.run(&["template", "release", "tool", "--check"]), @"
    exit 0
    --- err
         Checked 1.2.3 is not released yet
    ");
    assert!(!env.path("tool/scaffolder/releases.pack").exists());
    insta::assert_snapshot!(env.run(&["template", "release", "tool"]), @"
    exit 0
    --- err
        Released 1.2.3; raise `version` in `cargo-generate.toml` and `Cargo.toml` before the template changes
    ");
    let pack = std::fs::read(env.path("tool/scaffolder/releases.pack")).expect("a pack");
    insta::assert_snapshot!(env.run(&["template", "release", "tool"]), @"
    exit 0
    --- err
        Released 1.2.3 already, as it stands
    ");
    assert_eq!(std::fs::read(env.path("tool/scaffolder/releases.pack")).expect("a pack"), pack);
    env.succeeds(&["template", "release", "tool", "--check"]);
}

#[test]
fn a_version_that_was_released_with_other_files_is_refused_until_it_is_raised() {
    let env = with_a_tool();
    env.succeeds(&["template", "release", "tool"]);
    let pack = std::fs::read(env.path("tool/scaffolder/releases.pack")).expect("a pack");
    env.write("tool/template/README.md", "# {{title}}, {{vectors}}, {{queue}}\n");
    let refused = env.run(&["template", "release", "tool"]);
    insta::assert_snapshot!(refused, @"
    exit 2
    --- err
    error: version 1.2.3 of the template was released, and the template has changed since
    hint: raise `version` under `[heavy]` in `cargo-generate.toml`, then run `heavy template stamp`
    ");
    assert_eq!(env.run(&["template", "release", "tool", "--check"]), refused);
    assert_eq!(std::fs::read(env.path("tool/scaffolder/releases.pack")).expect("a pack"), pack);

    set_version(&env, "tool/cargo-generate.toml", "1.3.0");
    env.succeeds(&["template", "release", "tool"]);
    // Both are kept: the old version is still refused with the new files.
    set_version(&env, "tool/cargo-generate.toml", "1.2.3");
    assert_eq!(env.run(&["template", "release", "tool", "--check"]), refused);
}

#[test]
fn a_damaged_pack_is_refused_and_left_as_it_is() {
    let env = with_a_tool();
    env.succeeds(&["template", "release", "tool"]);
    let mut pack = std::fs::read(env.path("tool/scaffolder/releases.pack")).expect("a pack");
    pack.truncate(pack.len() / 2);
    env.write("tool/scaffolder/releases.pack", &pack);
    set_version(&env, "tool/cargo-generate.toml", "1.3.0");
    let shown = env.run(&["template", "release", "tool"]);
    assert!(shown.contains("error: the file with the released versions is damaged"), "{shown}");
    assert_eq!(std::fs::read(env.path("tool/scaffolder/releases.pack")).expect("a pack"), pack);
}

#[test]
fn a_release_needs_a_version_in_full() {
    let env = with_a_tool();
    set_version(&env, "tool/cargo-generate.toml", "2");
    insta::assert_snapshot!(env.run(&["template", "release", "tool"]), @r#"
    exit 3
    --- err
    error: `2` is no version
    caused by: unexpected end of input while parsing major version number
    hint: write `version = "0.1.0"` under `[heavy]` in `cargo-generate.toml`
    "#);
}

#[test]
fn elsewhere_the_releases_are_the_version_tags_of_the_repository() {
    let env = Environment::new();
    env.template(&[]);
    env.commit_template();
    env.succeeds(&["template", "release", "template", "--check"]);
    insta::assert_snapshot!(env.run(&["template", "release", "template"]), @"
    exit 2
    --- err
    error: the releases of this template are the version tags of its repository
    hint: commit, then: `git -C template tag v1.2.3`
    ");
    env.git("template", &["tag", "v1.2.3"]);
    insta::assert_snapshot!(env.run(&["template", "release", "template"]), @"
    exit 0
    --- err
        Released 1.2.3 already, as the tag `v1.2.3`
    ");
    env.write("template/src/lib.rs", "");
    insta::assert_snapshot!(env.run(&["template", "release", "template", "--check"]), @"
    exit 2
    --- err
    error: version 1.2.3 of the template was released, and the template has changed since
    hint: raise `version` under `[heavy]` in `cargo-generate.toml`, then run `heavy template stamp`
    ");
    set_version(&env, "template/cargo-generate.toml", "1.2.4");
    env.succeeds(&["template", "release", "template", "--check"]);
}

#[test]
fn a_template_that_was_loaded_is_in_the_cache() {
    let env = Environment::new();
    env.template(&[]);
    env.succeeds(&["new", "a", "--template", "template"]);
    let usual = env.home().join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" });
    assert_eq!(std::fs::read_dir(usual.join("heavy/templates")).expect("a cache").count(), 1);
    let mut elsewhere = env.command(&["new", "b", "--template", "template"]);
    elsewhere.env("HEAVY_CACHE_DIR", env.path("elsewhere"));
    assert!(elsewhere.output().expect("heavy starts").status.success());
    assert_eq!(env.list("elsewhere/heavy/templates").len(), 1);
    // A cache that cannot be written is no reason to fail.
    env.write("blocked", "a file");
    let mut blocked = env.command(&["new", "c", "--template", "template"]);
    blocked.env("HEAVY_CACHE_DIR", env.path("blocked"));
    assert!(blocked.output().expect("heavy starts").status.success());
}
