//! The scripts in `hooks/` and `template/hooks/`, run as `heavy` runs them.

use std::collections::BTreeMap;
use std::path::Path;

use heavy_stack::answers::{Answers, ProjectName, Value};
use heavy_stack::error::Result;
use heavy_stack::hooks::{Hooks, NoHost, Variable, Variables};
use heavy_stack::lockfile::Lock;
use heavy_stack::name::refusal;
use heavy_stack::render::{Rendered, render};
use heavy_stack::template::Template;
use heavy_stack::tree::{File, Tree, TreePath};
use proptest::prelude::*;

/// The files of this repository that these tests are about.
fn repository() -> Tree {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let hooks = ["init", "name", "pre", "post"].map(|name| format!("template/hooks/{name}.rhai"));
    let others = ["cargo-generate.toml", "hooks/init.rhai", "template/heavy.toml"];
    hooks
        .iter()
        .map(String::as_str)
        .chain(others)
        .map(|path| (at(path), File::new(std::fs::read(root.join(path)).expect(path))))
        .chain([(at("template/Cargo.toml"), File::new("")), (at("README.md"), File::new("of the repository"))])
        .collect()
}

fn at(path: &str) -> TreePath {
    TreePath::parse(path).expect("a path")
}

fn project(name: &str, title: &str) -> Result<Rendered> {
    let template = Template::from_tree(repository())?;
    let given = BTreeMap::from([("title".to_owned(), Value::Text(title.to_owned()))]);
    render(&template, &Answers::new(ProjectName::parse(name)?, &template.manifest, given)?, &mut NoHost)
}

/// Asks the script for its verdict on each name.
fn refusals_in_rhai(names: &[String]) -> Vec<String> {
    let mut tree = repository();
    let script = "import \"template/hooks/name\" as names;
        let sentences = [];
        for name in variable::get(\"names\") { sentences.push(names::refusal(name)); }
        variable::set(\"sentences\", sentences);";
    tree.insert(at("ask.rhai"), File::new(script));
    let list = names.iter().cloned().map(Variable::Text).collect();
    let mut variables = Variables::from([("names".to_owned(), Variable::List(list))]);
    Hooks::new(&NoHost).run("ask.rhai", &mut tree, &mut variables, &mut NoHost).expect("a verdict on each");
    match variables.remove("sentences") {
        Some(Variable::List(sentences)) => sentences
            .into_iter()
            .map(|sentence| match sentence {
                Variable::Text(text) => text,
                other => panic!("{other:?} is no sentence"),
            })
            .collect(),
        other => panic!("{other:?} is no list"),
    }
}

fn assert_same_verdicts(names: &[String]) {
    for (name, in_rhai) in names.iter().zip(refusals_in_rhai(names)) {
        assert_eq!(refusal(name).unwrap_or_default(), in_rhai, "{name:?}");
    }
}

#[test]
fn the_script_and_the_tool_refuse_the_same_names_in_the_same_words() {
    let tricky = "|a|A|my-app|my_app|MyApp|app|9lives|_9|--|_|42|a b| |größe|名前|a.b|a/b|a\\b|a`b|a\tb|\u{7f}|a\u{9f}|
        match|Match|gen|Self|union|std|core|proc-macro|ProcMacro|test|deps|build|cargo|Rustc|con|CON|com1|COM10|lpt9|lpt|comx|
        abcdefghijabcdefghijabcdefghijabcdefghij|abcdefghijabcdefghijabcdefghijabcdefghijk|ABCDEFGHIJKLMNOPQRSTUVWXYZ|
        aBcDeFgHiJkLmNoPqRsTuVwXyZ|-a|a-|__a__b__|r2d2|x1Y2z3";
    assert_same_verdicts(
        &tricky.split('|').map(|name| name.trim_matches('\n').trim_start().to_owned()).collect::<Vec<_>>(),
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn on_any_names_the_script_and_the_tool_agree(
        likely in proptest::collection::vec("[a-zA-Z0-9_-]{0,45}", 20),
        short in proptest::collection::vec("[a-o][a-z]{1,4}", 20),
        wild in proptest::collection::vec(any::<String>(), 5),
    ) {
        assert_same_verdicts(&[likely, short, wild].concat());
    }
}

#[test]
fn the_title_comes_from_the_name_unless_it_is_given() {
    for (title, expected) in [("", "Corner Shop"), ("  ", "Corner Shop"), (" Größe 9 ", "Größe 9")] {
        let tree = project("corner-shop", title).expect("a project").tree;
        let lock = String::from_utf8(tree[&at("heavy.toml")].bytes.clone()).expect("text");
        assert_eq!(Lock::parse(&lock).expect("a lock file").answers["title"], Value::Text(expected.to_owned()));
    }
}

#[test]
fn a_title_that_would_break_a_file_is_refused() {
    let long = "x".repeat(61);
    for title in ["a\"b", "it's", "a\\b", "<b>", "a&b", "{{x}}", "a\nb", "a\u{202e}b", "$HOME", "`id`", long.as_str()] {
        let error = project("shop", title).expect_err(title);
        assert!(error.to_string().starts_with("the title "), "{error}");
        assert!(!error.to_string().contains(['\n', '\u{202e}']), "{error}");
    }
}

#[test]
fn a_program_of_the_workspace_is_no_name_and_a_project_that_has_a_dependencys_name_is_rendered() {
    let error = project("Stack-Dev", "").expect_err("a refusal");
    assert_eq!(error.to_string(), "the name `Stack-Dev` belongs to another program of the project");
    assert!(project("Tokio", "").is_ok());
}

#[test]
fn the_lock_file_of_a_project_is_what_the_tool_would_write() {
    let tree = project("shop", "A Shop").expect("a project").tree;
    let text = String::from_utf8(tree[&at("heavy.toml")].bytes.clone()).expect("text");
    assert_eq!(Lock::parse(&text).expect("a lock file").to_toml(), text);
}

#[test]
fn no_script_is_left_in_a_project_and_the_last_says_what_comes_next() {
    let rendered = project("shop", "").expect("a project");
    let paths: Vec<_> = rendered.tree.keys().map(TreePath::as_str).collect();
    assert_eq!(paths, ["Cargo.toml", "heavy.toml"]);
    assert!(rendered.notes.join("\n").contains("cargo dev"), "{:?}", rendered.notes);
}

#[test]
fn the_script_at_the_root_makes_the_folder_of_the_template_the_root() {
    let mut tree = repository();
    let mut variables = Variables::from([("project-name".to_owned(), Variable::Text("shop".to_owned()))]);
    Hooks::new(&NoHost).run("hooks/init.rhai", &mut tree, &mut variables, &mut NoHost).expect("a move");
    let paths: Vec<_> = tree.keys().map(TreePath::as_str).collect();
    let hooks = ["init", "name", "post", "pre"].map(|name| format!("hooks/{name}.rhai"));
    let expected: Vec<_> =
        ["Cargo.toml", "cargo-generate.toml", "heavy.toml"].into_iter().map(str::to_owned).chain(hooks).collect();
    assert_eq!(paths, expected);
}
