//! Templates, and the places they come from.

use super::refused;
use crate::environment::Environment;

#[test]
fn a_folder_without_a_manifest_is_no_template() {
    let env = Environment::new();
    env.write("template/README.md", "");
    insta::assert_snapshot!(refused(&env, &[]), @r"
    exit 2
    --- err
    error: `$WORK/template` holds no template: there is no `cargo-generate.toml`
    hint: name the folder that holds it, or leave `--template` out for the built-in template
    ");
}

#[test]
fn a_manifest_that_cannot_be_read_is_named() {
    let env = Environment::new();
    std::fs::create_dir_all(env.path("template/cargo-generate.toml")).expect("a folder");
    insta::assert_snapshot!(refused(&env, &[]), @r"
    exit 4
    --- err
    error: cannot read `$WORK/template/cargo-generate.toml`
    caused by: Is a directory (os error 21)
    hint: a template has a file of this name that everybody can read
    ");
}

#[test]
fn a_malformed_manifest_shows_where() {
    let env = Environment::new();
    env.template(&[("cargo-generate.toml", "[template\nfmt = false\n")]);
    insta::assert_snapshot!(refused(&env, &[]), @r"
    exit 3
    --- err
    error: `cargo-generate.toml` is malformed
    caused by: TOML parse error at line 1, column 10
          |
        1 | [template
          |          ^
        unclosed table, expected `]`
    ");
}

#[test]
fn an_undeclared_placeholder_is_named_with_its_file() {
    let env = Environment::new();
    env.template(&[("README.md", "# {{tittle}}\n")]);
    insta::assert_snapshot!(refused(&env, &[]), @r"
    exit 3
    --- err
    error: `README.md`, line 1, uses `tittle`, which the template does not declare
    hint: did you mean `title`?
    ");
}

#[test]
fn a_file_that_is_no_text_and_not_listed_is_named() {
    let env = Environment::new();
    env.template(&[]);
    env.write("template/logo.png", [0x89, b'P', b'N', b'G', 0xff]);
    insta::assert_snapshot!(refused(&env, &[]), @r"
    exit 3
    --- err
    error: the template's file `logo.png` is not text in UTF-8 (byte 0)
    hint: list it under `exclude` in `cargo-generate.toml`, so that it is copied as it is
    ");
}

#[test]
fn a_revision_of_nothing_is_refused() {
    let env = Environment::new();
    insta::assert_snapshot!(env.run(&["new", "a", "--rev", "v1"]), @r"
    exit 2
    --- err
    error: `--rev v1` says nothing without `--template`
    hint: name the repository as well: `--template URL --rev v1`
    ");
}

#[test]
fn a_source_that_does_not_exist_is_named() {
    let env = Environment::new();
    insta::assert_snapshot!(env.run(&["new", "a", "--template", "no/such/folder"]), @r"
    exit 2
    --- err
    error: there is no folder `no/such/folder` to take a template from
    hint: give a folder that exists, or a git URL such as `https://example.com/owner/template.git`
    ");
}

#[test]
fn a_revision_that_does_not_exist_is_named() {
    let env = Environment::new();
    env.template(&[]);
    env.commit_template();
    insta::assert_snapshot!(refused(&env, &["--rev", "v9"]), @r"
    exit 2
    --- err
    error: there is no branch, tag or commit `v9` in `$WORK/template`
    hint: `git ls-remote $WORK/template` lists what is there
    ");
}

#[test]
fn a_url_that_does_not_answer_is_named_with_the_reason() {
    let env = Environment::new();
    // Nobody serves TCPMUX any more.
    let port = 1;
    for scheme in ["https", "git"] {
        let url = format!("{scheme}://127.0.0.1:{port}/x.git");
        let shown = env.run(&["new", "a", "--template", &url]);
        assert!(
            shown.starts_with(&format!("exit 4\n--- err\nerror: cannot fetch the template from `{url}`\ncaused by: ")),
            "{shown}"
        );
        assert!(shown.contains("Connection refused"), "{shown}");
        assert!(
            shown.ends_with(&format!("hint: check the address and the network: `git ls-remote {url}`\n")),
            "{shown}"
        );
    }
    assert!(env.list("").is_empty());
    assert_eq!(std::fs::read_dir(env.tmp()).expect("readable").count(), 0);
}

#[test]
fn a_server_that_hangs_up_is_no_template() {
    let env = Environment::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://127.0.0.1:{}/x.git", listener.local_addr().expect("bound").port());
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let shown = env.run(&["new", "a", "--template", &url]);
    assert!(shown.starts_with("exit 4\n--- err\nerror: cannot fetch the template from"), "{shown}");
    assert_eq!(std::fs::read_dir(env.tmp()).expect("readable").count(), 0);
}
