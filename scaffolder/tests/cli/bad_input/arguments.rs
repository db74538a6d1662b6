//! Names, features, answers and flags.

use super::refused;
use crate::environment::Environment;

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
    error: there is no `heavy nwe`
    hint: did you mean `heavy new`?
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
