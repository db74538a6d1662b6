use super::*;
use crate::answers::ProjectName;
use crate::manifest::Manifest;
use crate::tree::File;
use crate::tree::tests::tree;

const NOTE: &str = "\
+++
title = \"traces are a feature\"
[sections.Endpoint]
features = [\"otel\"]
by-hand = true
[sections.Routes]
files = [\"/src/routes.rs\", \"*.http\"]
+++
For everybody.

## Endpoint
Set it.

```console
## no heading
```

## Routes
### Deeper
Look.
## Last
";

fn note() -> Note {
    Note::parse("1.2.0", NOTE).expect("a good note")
}

fn headings(features: &[&str], files: &[(&str, &str)]) -> Vec<String> {
    let text = "[placeholders.otel]\ntype = 'bool'\nprompt = ''\ndefault = false\n";
    let manifest = Manifest::parse(text).expect("a good manifest");
    let given = features.iter().map(|name| ((*name).to_owned(), Value::Bool(true)));
    let name = ProjectName::parse("my-app").expect("a name");
    let answers = Answers::new(name, &manifest, given.collect()).expect("good answers");
    note().for_project(&answers, &tree(files)).sections.into_iter().map(|section| section.heading).collect()
}

#[test]
fn a_project_is_told_what_concerns_its_features_and_files() {
    assert_eq!(headings(&[], &[]), ["Last"]);
    assert_eq!(headings(&["otel"], &[]), ["Endpoint", "Last"]);
    assert_eq!(headings(&[], &[("src/routes.rs", "")]), ["Routes", "Last"]);
    assert_eq!(headings(&["otel"], &[("x/y.http", ""), ("b/src/routes.rs", "")]), ["Endpoint", "Routes", "Last"]);
}

#[test]
fn a_note_that_cannot_be_read_says_why() {
    let texts = [
        "no front matter",
        "+++\ntitl = 'x'\n+++\n",
        "+++\ntitle = 'x'\n[sections.Gone]\n+++\n## Here\n",
        "+++\ntitle = 'x'\n[sections.Here]\nfiles = ['a{b']\n+++\n## Here\n",
    ];
    let errors = texts.map(|text| Note::parse("1.0.0", text).expect_err(text).to_string());
    insta::assert_snapshot!(errors.join("\n"), @"
    the note of version 1.0.0 has no front matter
    the note of version 1.0.0 has front matter that cannot be read
    the note of version 1.0.0 says whom the section `Gone` concerns, and has none
    the note of version 1.0.0 has a bad pattern for the section `Here`
    ");
}

#[test]
fn notes_are_those_of_the_versions_that_are_passed_by_number() {
    let files = ["1.9.0.md", "1.10.0.md", "1.10.0.toml", "2.0.0-rc.1.md", "2.0.0.md", "README.md", "old/1.9.1.md"];
    let files: Vec<_> = files.iter().map(|name| (format!("notes/{name}"), NOTE)).collect();
    let mut all: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    all.extend([("cargo-generate.toml", "[heavy]\nsubfolder = 'template'"), ("template/x", "")]);
    let template = Template::from_tree(tree(&all)).expect("a template");
    let passed = |from: &str, to: &str| -> Vec<String> {
        notes(&template, from, to).into_iter().map(|note| note.expect("a good note").version).collect()
    };
    assert_eq!(passed("1.8.0", "2.0.0"), ["1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0"]);
    assert_eq!(passed("1.9.0", "1.10.0"), ["1.10.0"]);
    assert!(passed("2.0.0", "1.9.0").is_empty() && passed("main", "2.0.0").is_empty());
}

#[test]
fn what_was_shown_is_kept_above_what_was_there() {
    let first = upgrading::with(None, &[note()]).expect("something new");
    assert_eq!(upgrading::with(Some(&first), &[note()]), None, "it has it already");
    let mut newer = note();
    newer.version = "1.3.0".to_owned();
    newer.sections.clear();
    let second = upgrading::with(Some(&first), &[note(), newer]).expect("something new");
    insta::assert_snapshot!(String::from_utf8(second.bytes).expect("text"), @"
    # Upgrading

    What the versions of the template brought that concerns this project, the newest first. `heavy sync` adds to it; the rest is yours: strike
    out what is done.

    ## 1.3.0: traces are a feature

    For everybody.

    ## 1.2.0: traces are a feature

    For everybody.

    ### Endpoint (by hand)

    Set it.

    ```console
    ## no heading
    ```

    ### Routes

    #### Deeper
    Look.

    ### Last
    ");
}

#[test]
fn a_file_of_the_users_own_keeps_its_lines_and_their_endings() {
    let mut short = note();
    short.sections.clear();
    let file = |text: &str| File::new(text);
    let with = |text: &str| {
        upgrading::with(Some(&file(text)), std::slice::from_ref(&short))
            .map(|file| String::from_utf8(file.bytes).expect("text"))
    };
    assert_eq!(
        with("mine\r\n").as_deref(),
        Some("mine\r\n\r\n## 1.2.0: traces are a feature\r\n\r\nFor everybody.\r\n")
    );
    assert_eq!(
        with("# Mine\n\n## 1.1.0\n\nold\n").as_deref(),
        Some("# Mine\n\n## 1.2.0: traces are a feature\n\nFor everybody.\n\n## 1.1.0\n\nold\n")
    );
    assert_eq!(with("## 1.2.0 \nstruck out\n"), None);
    assert_eq!(upgrading::with(Some(&File::new(vec![0xff])), &[short]), None);
}
