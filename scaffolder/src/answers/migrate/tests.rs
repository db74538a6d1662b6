use super::*;

const QUESTIONS: &str = "
[placeholders.title]
prompt = 'Title'
default = ''
[placeholders.vectors]
type = 'bool'
prompt = 'vectors'
default = false
[placeholders.database]
prompt = 'Database'
choices = ['pg', 'crdb']
default = 'pg'
";

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// What becomes of `old` under the questions above with these migrations, one line each.
fn migrated(migrations: &str, old: &[(&str, Value)]) -> String {
    let manifest = Manifest::parse(&format!("{QUESTIONS}{migrations}")).expect("a good manifest");
    let old = old.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let migrated = migrate(&old, "1.4.0", &manifest);
    let given = migrated.given.iter().map(|(name, value)| format!("{name} = {value:?}"));
    let dropped = migrated.dropped.iter().map(|(name, value)| format!("dropped {name} = {value:?}"));
    let again =
        migrated.asked_again.iter().map(|(name, value, why)| format!("ask {name} again (was {value:?}): {why}"));
    let new = migrated.new.iter().map(|name| format!("new {name}"));
    given.chain(dropped).chain(again).chain(new).collect::<Vec<_>>().join("\n")
}

#[test]
fn answers_that_still_hold_are_taken_over_and_only_new_questions_are_new() {
    insta::assert_snapshot!(migrated("", &[("name", text("shop")), ("title", text("Shop")), ("vectors", Value::Bool(true))]), @r#"
    title = Text("Shop")
    vectors = Bool(true)
    new database
    "#);
}

#[test]
fn a_renamed_question_keeps_its_answer() {
    let rule = "[heavy.answers.pgvector]\nrenamed = 'vectors'";
    insta::assert_snapshot!(migrated(rule, &[("pgvector", Value::Bool(true))]), @"
    vectors = Bool(true)
    new title
    new database
    ");
}

#[test]
fn a_chain_of_renames_is_followed_and_values_change_on_the_way() {
    let rules = "
        [heavy.answers.cockroach]
        renamed = 'db'
        values = { true = 'cockroach', false = 'postgres' }
        [heavy.answers.db]
        renamed = 'database'
        values = { postgres = 'pg', cockroach = 'crdb' }";
    for (old, new) in [
        (("cockroach", Value::Bool(true)), "crdb"),
        (("cockroach", Value::Bool(false)), "pg"),
        (("db", text("postgres")), "pg"),
        (("db", text("crdb")), "crdb"),
    ] {
        let shown = migrated(rules, std::slice::from_ref(&old));
        assert!(shown.starts_with(&format!("database = Text(\"{new}\")\n")), "{old:?}: {shown}");
    }
}

#[test]
fn a_choice_that_is_gone_is_mapped_or_asked_again() {
    let old = [("database", text("mysql"))];
    insta::assert_snapshot!(migrated("", &old), @r#"
    ask database again (was Text("mysql")): `mysql` is no choice for `database`
    new title
    new vectors
    "#);
    insta::assert_snapshot!(migrated("[heavy.answers.database]\nvalues = { mysql = 'pg' }", &old), @r#"
    database = Text("pg")
    new title
    new vectors
    "#);
}

#[test]
fn a_question_of_another_type_is_mapped_or_asked_again() {
    let old = [("title", Value::Bool(true)), ("vectors", text("hnsw"))];
    insta::assert_snapshot!(migrated("", &old), @r#"
    ask title again (was Bool(true)): `title` takes a text now
    ask vectors again (was Text("hnsw")): `vectors` takes `true` or `false`, not `hnsw`
    new database
    "#);
    let rules = "[heavy.answers.title]\nvalues = { true = 'Yes' }\n[heavy.answers.vectors]\nvalues = { hnsw = true }";
    insta::assert_snapshot!(migrated(rules, &old), @r#"
    title = Text("Yes")
    vectors = Bool(true)
    new database
    "#);
}

#[test]
fn an_answer_to_no_question_is_dropped_by_name() {
    let rule = "[heavy.answers.colour]\nrenamed = 'theme'";
    insta::assert_snapshot!(migrated(rule, &[("colour", text("red")), ("size", text("9"))]), @r#"
    dropped colour = Text("red")
    dropped size = Text("9")
    new title
    new vectors
    new database
    "#);
}

#[test]
fn an_answer_under_its_own_name_wins_over_a_renamed_one() {
    let rule = "[heavy.answers.pgvector]\nrenamed = 'vectors'";
    let old = [("pgvector", Value::Bool(true)), ("vectors", Value::Bool(false))];
    insta::assert_snapshot!(migrated(rule, &old), @"
    vectors = Bool(false)
    dropped pgvector = Bool(true)
    new title
    new database
    ");
}

#[test]
fn a_name_is_no_answer_unless_it_is_asked_for() {
    let manifest = Manifest::parse("[placeholders.name]\nprompt = 'Your name'").expect("a good manifest");
    let old = BTreeMap::from([("name".to_owned(), text("Ada"))]);
    assert_eq!(migrate(&old, "1.4.0", &manifest).given, old);
}

#[test]
fn what_a_project_had_before_there_was_a_question_it_keeps() {
    let rule = "[heavy.answers.vectors]\nbefore = { version = '1.5', value = true }";
    let had = "vectors = Bool(true)\nnew title\nnew database";
    assert_eq!(migrated(rule, &[]), had);
    assert_eq!(migrated(&rule.replace("1.5", "1.4.0"), &[]), "new title\nnew vectors\nnew database");
    let recorded = [("vectors", Value::Bool(false))];
    assert_eq!(migrated(rule, &recorded), "vectors = Bool(false)\nnew title\nnew database");
    let moved_on = "
        [heavy.answers.embeddings]
        renamed = 'vectors'
        before = { version = '1.5.0', value = true }";
    assert_eq!(migrated(moved_on, &[]), had);
    assert_eq!(migrated(moved_on, &recorded), "vectors = Bool(false)\nnew title\nnew database");
}
