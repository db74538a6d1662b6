use proptest::prelude::*;

use super::*;

fn answers() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let value = prop_oneof![any::<bool>().prop_map(Value::Bool), any::<String>().prop_map(Value::Text)];
    proptest::collection::btree_map("[a-z_]{1,12}", value, 0..5)
}

fn packs() -> impl Strategy<Value = BTreeMap<String, PackLock>> {
    let pack = ("\\PC{0,20}", proptest::option::of("\\PC{0,9}"), proptest::option::of("[0-9a-f]{40}"), answers());
    let pack = pack.prop_map(|(source, rev, commit, answers)| PackLock {
        source,
        rev,
        commit,
        version: "1.0.0".to_owned(),
        stamp: "0123".to_owned(),
        answers,
    });
    proptest::collection::btree_map("[a-z][a-z0-9-]{0,8}", pack, 0..3)
}

prop_compose! {
    fn locks()(
        source in "\\PC{0,20}", rev in proptest::option::of("\\PC{0,9}"), version in "[0-9.]{1,8}",
        stamp in "[0-9a-f]{0,64}", answers in answers(), packs in packs(),
        conflicts in proptest::collection::vec("[a-zé ]{0,9}[a-z]", 0..3),
    ) -> Lock {
        let conflicts = conflicts.iter().filter_map(|path| TreePath::parse(path).ok()).collect();
        Lock { source, rev, version, stamp, answers, packs, conflicts }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(lock in locks()) {
        prop_assert_eq!(Lock::parse(&lock.to_toml()).expect("its own text"), lock);
    }

    #[test]
    fn whatever_stood_there_the_entries_are_those_that_were_set(old in locks(), new in locks()) {
        let text = Lock::write_into(&old.to_toml(), &new).expect("its own text");
        prop_assert_eq!(&Lock::parse(&text).expect("its own text"), &new);
        prop_assert_eq!(Lock::write_into(&text, &new).expect("the same"), text);
    }

    #[test]
    fn no_text_makes_reading_panic(text in any::<String>()) {
        let _ = Lock::parse(&text);
        let _ = Lock::write_into(&text, &example());
    }
}

fn example() -> Lock {
    Lock {
        source: "heavy".to_owned(),
        rev: None,
        version: "0.1.0".to_owned(),
        stamp: "0123".to_owned(),
        answers: BTreeMap::from([
            ("name".to_owned(), Value::Text("shop".to_owned())),
            ("pgvector".to_owned(), Value::Bool(false)),
        ]),
        packs: BTreeMap::new(),
        conflicts: Vec::new(),
    }
}

#[test]
fn a_new_file_explains_itself() {
    let lock = Lock { conflicts: vec![TreePath::parse("src/routes.rs").expect("a path")], ..example() };
    insta::assert_snapshot!(lock.to_toml(), @r#"
    # Written by `heavy`: which template this project comes from, and what was answered.
    # Commit it. `heavy` finds by it what to merge when the template moves on.

    [template]
    source = "heavy"
    version = "0.1.0"
    stamp = "0123"

    [answers]
    name = "shop"
    pgvector = false

    [conflicts]
    paths = ["src/routes.rs"]
    "#);
}

const EDITED: &str = "\
# ours
[answers] # what we said
pgvector   = false # not yet
name='shop'
port = 3000

# where from
[template]
stamp = '0123'
version = \"0.1.0\"   # pinned
source = \"heavy\"
";

#[test]
fn comments_order_and_what_does_not_change_stay() {
    let mut lock = Lock::parse(EDITED).expect("good");
    assert_eq!(lock.answers["port"], Value::Text("3000".to_owned()));
    lock.version = "0.2.0".to_owned();
    lock.stamp = "4567".to_owned();
    lock.answers.insert("pgvector".to_owned(), Value::Bool(true));
    lock.conflicts = vec![TreePath::parse("src/routes.rs").expect("a path")];
    let text = Lock::write_into(EDITED, &lock).expect("good");
    insta::assert_snapshot!(text, @r#"
    # ours
    [answers] # what we said
    pgvector   = true # not yet
    name='shop'
    port = 3000

    # where from
    [template]
    stamp = "4567"
    version = "0.2.0"   # pinned
    source = "heavy"

    [conflicts]
    paths = ["src/routes.rs"]
    "#);
    lock.conflicts.clear();
    insta::assert_snapshot!(Lock::write_into(&text, &lock).expect("good"), @r#"
    # ours
    [answers] # what we said
    pgvector   = true # not yet
    name='shop'
    port = 3000

    # where from
    [template]
    stamp = "4567"
    version = "0.2.0"   # pinned
    source = "heavy"
    "#);
}

#[test]
fn what_is_the_same_is_the_same_byte_for_byte() {
    for text in
        [EDITED.to_owned(), EDITED.replace('\n', "\r\n"), format!("\u{feff}{EDITED}"), EDITED.trim_end().to_owned()]
    {
        let lock = Lock::parse(&text).expect("good");
        assert_eq!(Lock::write_into(&text, &lock).expect("good"), text);
        let other = Lock { version: "9".to_owned(), ..lock };
        assert_eq!(Lock::write_into(&text, &other).expect("good"), text.replace("\"0.1.0\"", "\"9\""));
    }
}

#[test]
fn each_mistake_has_its_own_words() {
    let good = "[template]\nsource='heavy'\nversion='1'\nstamp=''\n[answers]\n";
    let texts = [
        "".to_owned(),
        "[template".to_owned(),
        format!("<<<<<<< HEAD\n{good}=======\n{good}>>>>>>> other\n"),
        good.replace("version='1'\n", ""),
        good.replace("[answers]\n", ""),
        good.replace("'1'", "1"),
        good.replace("'1'", "['1']"),
        format!("{good}a = [1]"),
        format!("{good}a = {{ b = 1 }}"),
        format!("{good}[conflicts]\npaths = 'x'"),
        format!("{good}[conflicts]\npaths = ['../x']"),
        "template = 'heavy'\nanswers = 1".to_owned(),
        format!("{good}[format]\nversion = 2"),
        good.replace("stamp=''", "stamp=''\ndigest=''"),
    ];
    let messages = texts.iter().map(|text| {
        let error = Lock::parse(text).expect_err(text);
        assert_eq!(error.kind, crate::error::Kind::User);
        format!("{error}\n    {}", error.hints.join("\n    "))
    });
    insta::assert_snapshot!(messages.collect::<Vec<_>>().join("\n"), @"
    `heavy.toml` has no `[template]`
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `heavy.toml` is not valid TOML
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `heavy.toml` has conflict markers in it, from a merge of git's
        take one side whole: `git checkout --ours heavy.toml`, or `--theirs`
    `heavy.toml` has no `template.version`
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `heavy.toml` has no `[answers]`
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `template.version` in `heavy.toml` is an integer, and has to be a text in quotes
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `template.version` in `heavy.toml` is an array, and has to be a text in quotes
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `answers.a` in `heavy.toml` is an array, and has to be `true`, `false`, or a text in quotes
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `answers.a` in `heavy.toml` is an inline table, and has to be `true`, `false`, or a text in quotes
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `conflicts.paths` in `heavy.toml` is a text, and has to be a list of paths
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `conflicts.paths` in `heavy.toml` has the path `../x`, which leaves its folder with `..`
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `template` in `heavy.toml` is a text, and has to be a table
        correct it, or take the file from the last commit: `git checkout HEAD -- heavy.toml`
    `heavy.toml` has the entry `format`, which this `heavy` does not know
        if a newer `heavy` wrote it, install that: `cargo install heavy-stack`; otherwise remove the entry
    `heavy.toml` has the entry `template.digest`, which this `heavy` does not know
        if a newer `heavy` wrote it, install that: `cargo install heavy-stack`; otherwise remove the entry
    ");
}
