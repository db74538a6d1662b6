//! What a manifest says, and what is refused.

use super::*;

#[test]
fn features_are_the_boolean_questions_with_one_line_each() {
    let manifest = Manifest::parse(
        "[placeholders]\ntitle = { prompt = 'Title' }\npgvector = { type = 'bool', prompt = 'pgvector: vectors', default = true }",
    )
    .expect("a good manifest");
    assert_eq!(manifest.features(), [Feature { name: "pgvector", about: "vectors", default: true }]);
}

#[test]
fn a_feature_is_found_with_hyphens_and_with_underscores() {
    let manifest = Manifest::parse("[placeholders.browser_tests]\ntype = 'bool'\nprompt = 'browser-tests: Chromium'")
        .expect("a good manifest");
    for typed in ["browser-tests", "browser_tests"] {
        assert_eq!(manifest.feature(typed).expect(typed).name, "browser_tests");
    }
    assert_eq!(manifest.features()[0].about, "Chromium");
    assert!(manifest.feature("browser").is_none());
}

#[test]
fn questions_keep_the_order_of_the_manifest() {
    let manifest = Manifest::parse("[placeholders.z]\nprompt = ''\n[placeholders.a]\nprompt = ''").expect("a good one");
    let names: Vec<_> = manifest.questions.iter().map(|question| question.name.as_str()).collect();
    assert_eq!(names, ["z", "a"]);
}

#[test]
fn conditions_carry_their_three_lists() {
    let manifest = Manifest::parse("[conditional.'!a']\nignore = ['x']\nexclude = ['y']").expect("a good manifest");
    assert_eq!(
        manifest.conditionals,
        [Conditional {
            expression: "!a".to_owned(),
            ignore: vec!["x".to_owned()],
            exclude: Some(vec!["y".to_owned()]),
            include: None
        }]
    );
}

#[test]
fn a_malformed_manifest_says_what_is_wrong() {
    let messages: Vec<String> = [
        "[placeholders",
        "[heavy]\nsubfoldr = 'x'",
        "[template]\ninit = true",
        "[hooks]\npost = ['fmt']",
        "[placeholders]\ncrate_name = { prompt = '' }",
        "[placeholders]\na = { type = 'bool' }",
        "[placeholders]\na = { type = 'array', prompt = '' }",
        "[placeholders]\na = { type = 'flag', prompt = '' }",
        "[placeholders]\na = { type = 'bool', prompt = '', default = 'x' }",
        "[placeholders]\na = { type = 'bool', prompt = '', regex = 'x' }",
        "[placeholders]\na = { prompt = '', default = true }",
        "[placeholders]\na = { prompt = '', regex = '(' }",
        "[placeholders]\na = { prompt = '', choices = ['x'], default = 'y' }",
        "[conditional.'a'.placeholders.b]\nprompt = ''",
    ]
    .iter()
    .map(|text| {
        let error = Manifest::parse(text).expect_err("a refusal");
        let detail =
            error.causes.iter().chain(&error.hints).flat_map(|text| text.lines()).map(|line| format!("\n    {line}"));
        format!("{error}{}", detail.collect::<String>())
    })
    .collect();
    insta::assert_snapshot!(messages.join("\n"), @"
    `cargo-generate.toml` is malformed
        TOML parse error at line 1, column 14
          |
        1 | [placeholders
          |              ^
        unclosed table, expected `]`
    `cargo-generate.toml` is malformed
        TOML parse error at line 2, column 1
          |
        2 | subfoldr = 'x'
          | ^^^^^^^^
        unknown field `subfoldr`, expected one of `version`, `name`, `subfolder`, `notes`, `once`, `answers`, `rename`, `pack`
    `cargo-generate.toml` sets `init`, which renders into the folder where one stands
    `cargo-generate.toml` has the hook `fmt`, which only cargo-generate runs
        format the template's files once, and set `fmt = false`
    `cargo-generate.toml` declares `crate_name`, which is filled in by itself
    `cargo-generate.toml` declares `a` badly
        missing field `prompt`
    `cargo-generate.toml` declares `a` as an array, which heavy does not ask for
    `cargo-generate.toml` declares `a` with the unknown type `flag`
        the types are `bool`, `string`, `text` and `editor`
    `cargo-generate.toml` gives `a` a default that is no bool
    `cargo-generate.toml` gives choices or a pattern to `a`, which is a bool
    `cargo-generate.toml` gives `a` a default that is no string
    `cargo-generate.toml` gives `a` a pattern that is no regular expression
        regex parse error:
            (
            ^
        error: unclosed group
    `cargo-generate.toml` gives `a` the default `y`, which it does not accept itself
    `cargo-generate.toml` asks questions under the condition `a`
        declare them under `[placeholders]`
    ");
}
