//! Everything that can be wrong, and what is said about it. Nothing is left behind in any case.

use crate::environment::Environment;

/// Runs `heavy new my-app --template template …`, which must leave nothing behind, and shows what it said.
fn refused(env: &Environment, more: &[&str]) -> String {
    let before = env.list("");
    let shown = env.run(&[&["new", "my-app", "--template", "template", "--vcs", "none"], more].concat());
    assert_eq!(env.list(""), before, "{shown}");
    shown
}

#[test]
fn an_unknown_feature_suggests_the_nearest() {
    let env = Environment::new();
    env.template(&[]);
    insta::assert_snapshot!(refused(&env, &["--feature", "vector"]), @r"
    exit 2
    --- err
    error: there is no feature `vector`
    hint: did you mean `--feature vectors`?
    ");
}

#[test]
fn a_feature_that_resembles_none_points_to_the_list() {
    let env = Environment::new();
    env.template(&[]);
    insta::assert_snapshot!(refused(&env, &["--feature", "kubernetes"]), @r"
    exit 2
    --- err
    error: there is no feature `kubernetes`
    hint: `heavy features` lists what there is
    ");
}

#[test]
fn bad_names_are_refused_each_in_its_own_words() {
    let env = Environment::new();
    let said: Vec<String> = ["9lives", "match", "std", "größe", "my app", "con", "---"]
        .iter()
        .map(|name| env.run(&["new", &format!("shop/{name}")]))
        .collect();
    insta::assert_snapshot!(said.concat(), @r"
    exit 2
    --- err
    error: the name `9lives` starts with a digit; the name of a crate starts with a letter
    hint: give it another name: `heavy new shop/9lives --name my-app`
    exit 2
    --- err
    error: the name `match` is a keyword of Rust
    hint: give it another name: `heavy new shop/match --name my-app`
    exit 2
    --- err
    error: the name `std` belongs to a crate of the standard library
    hint: give it another name: `heavy new shop/std --name my-app`
    exit 2
    --- err
    error: the name `größe` has the character `ö` in it; only the letters a to z, digits, `-` and `_` can stand there
    hint: give it another name: `heavy new shop/größe --name my-app`
    exit 2
    --- err
    error: the name `my app` has a space in it; write `-` instead
    hint: give it another name: `heavy new 'shop/my app' --name my-app`
    exit 2
    --- err
    error: the name `con` is one that Windows keeps for a device
    hint: give it another name: `heavy new shop/con --name my-app`
    exit 2
    --- err
    error: the name `---` has no letter in it
    hint: give it another name: `heavy new shop/--- --name my-app`
    ");
    assert!(env.list("").is_empty());
}

#[test]
fn a_bad_name_that_was_given_as_such_is_not_blamed_on_the_path() {
    let env = Environment::new();
    insta::assert_snapshot!(env.run(&["new", "my-app", "--name", "async"]), @r"
    exit 2
    --- err
    error: the name `async` is a keyword of Rust
    hint: choose another name, for example `my-app`
    ");
}

#[test]
fn the_path_is_needed_without_a_terminal() {
    let env = Environment::new();
    insta::assert_snapshot!(env.run(&["new"]), @r"
    exit 2
    --- err
    error: the path of the project is missing
    hint: for example `heavy new my-app`
    ");
}

#[test]
fn a_question_without_default_names_the_flag() {
    let env = Environment::new();
    env.template(&[("cargo-generate.toml", "[template]\nfmt = false\n[placeholders.region]\nprompt = \"Region\"\n")]);
    insta::assert_snapshot!(refused(&env, &[]), @r"
    exit 2
    --- err
    error: `region` has no default and was not answered
    hint: add `-d region=TEXT`
    ");
}

#[test]
fn a_folder_with_something_in_it_is_refused() {
    let env = Environment::new();
    env.write("my-app/notes.txt", "mine");
    insta::assert_snapshot!(env.run(&["new", "my-app"]), @r"
    exit 2
    --- err
    error: the folder `my-app` is not empty
    hint: choose another path, or add what is missing with `heavy new my-app --force` (it overwrites nothing)
    ");
    assert_eq!(env.list("my-app"), ["notes.txt"]);
}

#[test]
fn a_file_in_the_place_of_the_project_is_refused() {
    let env = Environment::new();
    env.write("my-app", "mine");
    insta::assert_snapshot!(env.run(&["new", "my-app", "--force"]), @r"
    exit 2
    --- err
    error: `my-app` exists and is not a folder
    hint: choose another path for the project
    ");
}

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
fn an_answers_file_with_unknown_keys_is_refused() {
    let env = Environment::new();
    env.template(&[]);
    env.write("answers.toml", "vectrs = true\n");
    insta::assert_snapshot!(refused(&env, &["--answers", "answers.toml"]), @r"
    exit 2
    --- err
    error: `answers.toml` answers `vectrs`, which the template does not ask for
    hint: did you mean `vectors`?
    ");
}

#[test]
fn an_answers_file_that_is_not_there_or_no_toml_is_named() {
    let env = Environment::new();
    env.template(&[]);
    env.write("answers.toml", "vectors: true\n");
    let shown = refused(&env, &["--answers", "answer.toml"]) + &refused(&env, &["--answers", "answers.toml"]);
    insta::assert_snapshot!(shown, @r"
    exit 2
    --- err
    error: there is no answers file `answer.toml`
    hint: write one `key = value` a line, or name another project's `heavy.toml`
    exit 2
    --- err
    error: `answers.toml` is not valid TOML
    caused by: TOML parse error at line 1, column 10
          |
        1 | vectors: true
          |          ^
        key with no value, expected `=`
    hint: write one `key = value` a line
    ");
}

#[test]
fn a_definition_of_an_unknown_key_suggests_the_nearest() {
    let env = Environment::new();
    env.template(&[]);
    insta::assert_snapshot!(refused(&env, &["-d", "quee=true"]), @r"
    exit 2
    --- err
    error: the template does not ask for `quee`
    hint: did you mean `queue`?
    ");
}

#[test]
fn a_command_line_that_makes_no_sense_says_what_would() {
    let env = Environment::new();
    let said = [&["nwe"][..], &["new", "a", "--titel", "x"], &["new", "a", "-d", "x"], &["new", "a", "--vcs", "svn"]];
    insta::assert_snapshot!(said.map(|arguments| env.run(arguments)).concat(), @r"
    exit 2
    --- err
    error: unrecognized subcommand `nwe`
    hint: `heavy --help` shows what can be typed
    exit 2
    --- err
    error: unexpected argument `--titel` found
    hint: a similar argument exists: `--title`
    hint: `heavy new --help` shows what can be typed
    exit 2
    --- err
    error: invalid value `x` for `--define <KEY=VALUE>`: write it as `KEY=VALUE`
    hint: `heavy --help` shows what can be typed
    exit 2
    --- err
    error: invalid value `svn` for `--vcs <VCS>` [possible values: git, none]
    hint: `heavy --help` shows what can be typed
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

#[cfg(unix)]
#[test]
fn a_path_below_a_file_is_refused() {
    let env = Environment::new();
    env.template(&[]);
    env.write("file", "mine");
    insta::assert_snapshot!(env.run(&["new", "file/my-app", "--template", "template"]), @r"
    exit 4
    --- err
    error: cannot look at `file/my-app`
    caused by: Not a directory (os error 20)
    hint: a part of this path is a file; choose another folder
    ");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let env = Environment::new();
    std::fs::create_dir(env.path("theirs")).expect("a folder");
    std::fs::set_permissions(env.path("theirs"), PermissionsExt::from_mode(0o500)).expect("our own folder");
    // Rights do not stop root, in whose hands a test may be; `/proc` stops everybody.
    let place = if std::fs::write(env.path("theirs/x"), "").is_ok() { "/proc/theirs" } else { "theirs" };
    if place == "/proc/theirs" && !std::path::Path::new("/proc/self").exists() {
        return;
    }
    let shown = env.run(&["new", &format!("{place}/my-app"), "--quiet"]);
    assert!(shown.starts_with("exit 4\n--- err\nerror: cannot create"), "{shown}");
    assert!(shown.contains(place), "{shown}");
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_nothing_half_made() {
    let env = Environment::new();
    env.template(&[("big.txt", &"0123456789abcdef".repeat(4096))]);
    // A limit on the size of a file fails a write in its middle, as a full disk does.
    let limited = |target: &str| {
        let script = format!(
            "trap '' XFSZ; ulimit -f 16; exec {} new {target} --template template --quiet",
            env!("CARGO_BIN_EXE_heavy")
        );
        env.shown(&env.program("sh").args(["-c", &script]).output().expect("a shell"))
    };
    insta::assert_snapshot!(limited("shop/eu/my-app"), @r"
    exit 4
    --- err
    error: cannot write `shop/eu/my-app/big.txt`
    caused by: File too large (os error 27)
    hint: make room on this disk (`df -h` shows what is left) and run the command again
    ");
    assert_eq!(env.list(""), ["template"]);
    env.write("mine/notes.txt", "mine");
    assert!(limited("mine --force").starts_with("exit 4\n"));
    assert_eq!(env.list("mine"), ["notes.txt"]);
}
