use super::*;
use crate::answers::{ProjectName, Value};
use crate::hooks::NoHost;
use crate::tree::tests::tree;

const HEAVY: &str = "[template]\nsource = \"heavy\"\nversion = \"1.2.0\"\nstamp = \"\"\n\n[answers]\nname = \"shop\"\n";
const CARGO: &str = r#"[package]
name = "app"

[dependencies]
axum.workspace = true
serde = { workspace = true }
tokio.workspace = true

[workspace.dependencies]
# One place for every version.
axum = "0.8"
serde = { version = "1", features = ["derive"] }
tokio = { version = "1.40", features = ["rt"] }
unused = "2"
"#;

fn template() -> Template {
    let files = [
        (
            "cargo-generate.toml",
            "[heavy]\nname = 'small'\nversion = '1.2.0'\n[placeholders.queue]\ntype = 'bool'\nprompt = 'q'\ndefault = true",
        ),
        ("heavy.toml", HEAVY),
        ("Cargo.toml", CARGO),
        ("src/lib.rs", "mod b;\nmod d;\n\nfn f() {\n    one();\n    two();\n}\n"),
    ];
    Template::from_tree(tree(&files)).expect("a template")
}

fn answers(template: &Template) -> Answers {
    Answers::new(ProjectName::parse("shop").expect("a name"), &template.manifest, BTreeMap::new()).expect("answers")
}

/// A pack with this in its manifest, behind `[heavy.pack]`.
fn pack(name: &str, more: &str, files: &[(&str, &str)]) -> Pack {
    let manifest = format!(
        "[heavy]\nversion = '1.0.0'\n[heavy.pack]\nname = '{name}'\nabout = ''\ntemplate = 'small'\nversions = '1'\n{more}"
    );
    let files: Vec<(&str, &str)> =
        [("cargo-generate.toml", manifest.as_str())].into_iter().chain(files.iter().copied()).collect();
    let template = Template::from_tree(tree(&files)).expect("a pack");
    let lock = PackLock {
        source: "x".to_owned(),
        rev: None,
        commit: None,
        version: "1.0.0".to_owned(),
        stamp: "0".to_owned(),
        answers: BTreeMap::from([("colour".to_owned(), Value::Text("red".to_owned()))]),
    };
    Pack { answers: answers(&template), template, lock }
}

fn laid(packs: &[(&str, Pack)]) -> Result<Tree> {
    let template = template();
    let answers = answers(&template);
    let mut tree = template.files.clone();
    let ground = Ground { source: "x", template: &template, answers: &answers };
    let packs = packs.iter().map(|(name, pack)| ((*name).to_owned(), pack.clone())).collect();
    lay(&mut tree, &ground, &packs, &mut NoHost)?;
    Ok(tree)
}

fn text(tree: &Tree, path: &str) -> String {
    let file = &tree[&TreePath::parse(path).expect("a path")];
    String::from_utf8(file.bytes.clone()).expect("text")
}

#[test]
fn without_packs_nothing_changes() {
    assert_eq!(laid(&[]).expect("a tree"), template().files);
}

#[test]
fn lines_go_where_the_templates_own_lines_are_whatever_other_packs_do() {
    let insert = |place: &str, anchor: &str, text: &str| {
        format!("[[heavy.pack.insert]]\nfile = 'src/lib.rs'\n{place} = '{anchor}'\ntext = '{text}'\n")
    };
    let one = [
        insert("among", "mod b;", "mod c;"),
        insert("after", "one();", "three();{% if queue %} // {{crate_name}}{% endif %}"),
    ]
    .concat();
    let two = [
        insert("among", "mod d;", "mod a;"),
        insert("before", "two();", "four();"),
        insert("after", "one();", "five();"),
    ]
    .concat();
    let tree = laid(&[("two", pack("two", &two, &[])), ("one", pack("one", &one, &[]))]).expect("a tree");
    insta::assert_snapshot!(text(&tree, "src/lib.rs"), @r"
    mod a;
    mod b;
    mod c;
    mod d;

    fn f() {
        one();
        three(); // shop
        five();
        four();
        two();
    }
    ");
    assert!(text(&tree, "heavy.toml").contains("[packs.one]"), "{}", text(&tree, "heavy.toml"));
    assert!(text(&tree, "heavy.toml").contains("answers = { colour = \"red\" }"));
    // What one pack wrote is no place for another.
    let three = insert("after", "mod c;", "mod e;");
    let error = laid(&[("one", pack("one", &one, &[])), ("three", pack("three", &three, &[]))]).expect_err("a refusal");
    assert!(error.message.contains("has no line `mod c;`"), "{error}");
}

#[test]
fn versions_stand_where_the_templates_stand_and_what_is_there_gets_what_is_needed_more() {
    let more = "[heavy.pack.dependencies]\nhex = '0.4'\nserde = { version = '1.0.100', features = ['rc'] }\nunused = '2.1'\n\
                [heavy.pack.dev-dependencies]\ntokio = { version = '1', features = ['time'] }\n";
    let tree =
        laid(&[("one", pack("one", more, &[])), ("two", pack("two", "[heavy.pack.dependencies]\nhex = '0.4'", &[]))]);
    insta::assert_snapshot!(text(&tree.expect("a tree"), "Cargo.toml"), @r#"
    [package]
    name = "app"

    [dependencies]
    axum.workspace = true
    hex.workspace = true
    serde = { workspace = true, features = ["rc"] }
    tokio.workspace = true
    unused.workspace = true

    [workspace.dependencies]
    # One place for every version.
    axum = "0.8"
    hex = "0.4"
    serde = { version = "1", features = ["derive"] }
    tokio = { version = "1.40", features = ["rt"] }
    unused = "2"

    [dev-dependencies]
    tokio = { workspace = true, features = ["time"] }
    "#);
    let other = pack("two", "[heavy.pack.dependencies]\nhex = '0.3'", &[]);
    let error = laid(&[("one", pack("one", more, &[])), ("two", other)]).expect_err("a refusal");
    assert_eq!(error.message, "the pack `two`: it needs `hex = \"0.3\"`, and the project has \"0.4\"");
}

#[test]
fn two_packs_do_not_write_one_file() {
    let files = [("src/map.rs", "")];
    let error = laid(&[("one", pack("one", "", &files)), ("two", pack("two", "", &files))]).expect_err("a refusal");
    assert_eq!(error.message, "the pack `two`: it has the file `src/map.rs`, which another pack has");
}
