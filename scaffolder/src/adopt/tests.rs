use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::tree::File;
use crate::tree::tests::tree;

const MANIFEST: &str = "\
[template]
fmt = false
[placeholders.title]
prompt = 'Title'
default = ''
[placeholders.vectors]
type = 'bool'
prompt = 'vectors'
default = false
[placeholders.queue]
type = 'bool'
prompt = 'queue'
default = true
[placeholders.db]
prompt = 'db'
choices = ['pg', 'crdb']
default = 'pg'
[conditional.'!vectors']
ignore = ['src/vectors.rs']
";

/// A template of a few files; `extra` makes a version of its own.
fn template(version: &str, extra: &[(&str, &str)]) -> Template {
    let mut root = tree(&[
        (
            "Cargo.toml",
            "[package]\nname = \"{{crate_name}}\"\ndescription = \"{{title}}\"\n[dependencies]\naxum = \"0.8\"\n\
             {%- if vectors %}\npgvector = \"0.4\"\n{%- endif %}\n{%- if queue %}\nqueue = \"1\"\n{%- endif %}\n",
        ),
        (
            "README.md",
            "# {{ title }}\n\nA web application.\n{%- if queue %}\nJobs run in the background.\n{%- endif %}\n",
        ),
        ("src/main.rs", "fn main() {\n    serve();\n}\n{%- if vectors %}\nmod vectors;\n{%- endif %}\n"),
        ("src/vectors.rs", "pub fn nearest() {}\n"),
        (
            "src/db.rs",
            "{% if db == \"pg\" -%}\nconst DRIVER: &str = \"postgres\";\n{%- else %}\nconst DRIVER: &str = \"cockroach\";\n{%- endif %}\n",
        ),
        ("heavy.toml", "[template]\nsource = 'heavy'\nversion = ''\nstamp = ''\n[answers]\n"),
    ]);
    root.extend(tree(extra));
    let manifest = format!("{MANIFEST}[heavy]\nversion = '{version}'\n");
    root.extend(tree(&[("cargo-generate.toml", &manifest)]));
    Template::from_tree(root).expect("a template")
}

fn answers(template: &Template, name: &str, values: &[(&str, Value)]) -> Answers {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Answers::new(ProjectName::parse(name).expect("a name"), &template.manifest, values).expect("answers")
}

fn project(template: &Template, answers: &Answers) -> Tree {
    let mut tree = render(template, answers, &mut NoHost).expect("a project").tree;
    tree.retain(|path, _| path.as_str() != LOCKFILE);
    tree
}

fn edit(tree: &mut Tree, path: &str, change: impl FnOnce(&str) -> String) {
    let file = tree.entry(TreePath::parse(path).expect("a path")).or_default();
    file.bytes = change(&String::from_utf8_lossy(&file.bytes)).into_bytes();
}

fn found(candidates: &[Template], project: &Tree) -> Result<Fit> {
    fit(candidates, project, None, &BTreeMap::new())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_pristine_project_is_recognized_with_all_its_answers(
        title in "[A-Za-z0-9][A-Za-z0-9 ]{0,20}", vectors: bool, queue: bool, crdb: bool, newer: bool,
    ) {
        let versions = [template("2.0.0", &[("src/main.rs", "fn main() {\n    serve_all();\n}\n{%- if vectors %}\nmod vectors;\n{%- endif %}\n")]), template("1.0.0", &[])];
        let made_by = usize::from(!newer);
        let db = Value::Text(if crdb { "crdb" } else { "pg" }.to_owned());
        let given = [
            ("title", Value::Text(title)), ("vectors", Value::Bool(vectors)), ("queue", Value::Bool(queue)), ("db", db),
        ];
        let answers = answers(&versions[made_by], "my-shop", &given);
        let project = project(&versions[made_by], &answers);
        let fit = found(&versions, &project).expect("a fit");
        prop_assert_eq!(fit.template, made_by);
        prop_assert_eq!(fit.answers.iter().collect::<Vec<_>>(), answers.iter().collect::<Vec<_>>());
        prop_assert_eq!((fit.same, fit.differing, fit.missing), (project.len(), vec![], vec![]));
    }
}

#[test]
fn a_project_that_was_worked_on_is_recognized_and_says_where_it_differs() {
    let versions = [template("2.0.0", &[("NEW.md", "new\n")]), template("1.0.0", &[])];
    let answers = answers(
        &versions[1],
        "shop",
        &[("title", Value::Text("My Shop".to_owned())), ("vectors", Value::Bool(true)), ("queue", Value::Bool(false))],
    );
    let mut project = project(&versions[1], &answers);
    edit(&mut project, "src/main.rs", |text| format!("{text}mod mine;\n"));
    edit(&mut project, "Cargo.toml", |text| {
        text.replace("axum = \"0.8\"\npgvector = \"0.4\"", "pgvector = \"0.4\"\naxum = \"0.8\"\nmine = \"1\"")
    });
    edit(&mut project, "src/db.rs", |text| text.replace('\n', "\r\n"));
    edit(&mut project, "src/mine.rs", |_| "fn mine() {}\n".to_owned());
    project.remove(&TreePath::parse("README.md").expect("a path"));
    let fit = found(&versions, &project).expect("a fit");
    let shown = |paths: &[TreePath]| paths.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(fit.template, 1);
    assert_eq!(fit.answers, answers);
    assert_eq!(fit.same, 2);
    assert_eq!(shown(&fit.differing), ["Cargo.toml", "src/main.rs"]);
    assert_eq!(shown(&fit.missing), ["README.md"]);
}

#[test]
fn what_is_given_is_not_judged() {
    let versions = [template("1.0.0", &[])];
    let project = project(&versions[0], &answers(&versions[0], "shop", &[]));
    let given = BTreeMap::from([
        ("vectors".to_owned(), Value::Bool(true)),
        ("asked_by_another_version".to_owned(), Value::Bool(true)),
    ]);
    let name = ProjectName::parse("store").expect("a name");
    let fit = fit(&versions, &project, Some(&name), &given).expect("a fit");
    assert_eq!(fit.answers.name, name);
    assert_eq!(fit.answers.get("vectors"), Some(&Value::Bool(true)));
}

#[test]
fn a_project_of_another_origin_is_refused() {
    let shown = |project: &Tree| {
        let error = found(&[template("1.0.0", &[])], project).expect_err("a refusal");
        format!("{error}\nhint: {}", error.hints.join("\nhint: "))
    };
    let other =
        tree(&[("Cargo.toml", "[package]\nname = \"blog\"\nversion = \"0.1.0\"\n"), ("src/main.rs", "fn main() {}\n")]);
    insta::assert_snapshot!(shown(&other), @"
    this project does not come from the template: hardly anything of it is here
    hint: version 1.0.0 fits best: of its 4 files 0 are the same, and 2 are missing
    hint: make a project beside it, and move what is yours there: `heavy new ../blog-heavy`
    ");
    insta::assert_snapshot!(shown(&Tree::new()), @"
    there is no `Cargo.toml` here, which would name the project
    hint: name it yourself: `heavy adopt -d name=NAME`
    ");
    insta::assert_snapshot!(shown(&tree(&[("Cargo.toml", "[workspace]\n")])), @"
    the project's `Cargo.toml` names no package
    hint: name it yourself: `heavy adopt -d name=NAME`
    ");
}

#[test]
fn equal_candidates_give_the_first() {
    let versions = [template("1.0.0", &[]), template("1.0.0", &[])];
    let project = project(&versions[0], &answers(&versions[0], "shop", &[]));
    assert_eq!(found(&versions, &project).expect("a fit").template, 0);
}

#[test]
fn files_that_are_no_text_are_compared_too() {
    let bytes = File::new(vec![0, 159, 146, 150, b'\n', 255]);
    let mut version = template("1.0.0", &[]);
    let path = TreePath::parse("logo.png").expect("a path");
    version.files.insert(path.clone(), bytes.clone());
    version.manifest.exclude = Some(vec!["*.png".to_owned()]);
    let mut project = project(&version, &answers(&version, "shop", &[]));
    assert_eq!(found(std::slice::from_ref(&version), &project).expect("a fit").differing, []);
    project.insert(path.clone(), File::new(vec![1, 2]));
    assert_eq!(found(&[version], &project).expect("a fit").differing, [path]);
}
