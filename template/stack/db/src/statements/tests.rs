use super::*;

#[test]
fn a_statement_has_its_words_without_comments_and_its_text_without_the_semicolon() {
    let found = split("-- x\nselect 'a;' /* b */\n  from \"T\" ;\ndrop table t");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].sql, "select 'a;' /* b */\n  from \"T\"");
    let words: Vec<_> = found[0].tokens.iter().map(|t| (t.line, t.sql)).collect();
    assert_eq!(
        words,
        [(2, "select"), (2, "'a;'"), (3, "from"), (3, "\"T\"")]
    );
    assert!(found[1].begins(&["DROP", "table"]) && !found[1].begins(&["drop", "view"]));
}
{%- if cockroach %}

#[test]
fn the_text_of_a_token_is_what_stands_between_its_quotes() {
    let text = |sql: &'static str| split(sql)[0].tokens[1].text();
    assert_eq!(text("do $body$ a; $b $body$;"), Some(" a; $b "));
    assert_eq!(text("do 'x'"), Some("x"));
    assert_eq!(text("select $1"), None);
    assert_eq!(text("select e'x'"), Some("x"));
}
{%- endif %}

fn all(sql: &str) -> Vec<usize> {
    lines(sql).collect()
}

#[test]
fn a_statement_begins_at_its_first_word_and_not_at_a_comment_before_it() {
    assert_eq!(
        all("-- first\n\nselect 1;\n/* a /* nested */ ; */\nselect 2"),
        [3, 5]
    );
}

#[test]
fn a_semicolon_in_quotes_ends_nothing() {
    assert_eq!(
        all("select ';', \"a;b\", 'it''s;', e'\\';';\nselect 2;"),
        [1, 2]
    );
}

#[test]
fn twice_a_quote_is_one_of_the_name_or_text() {
    let found = split("-- \"\nupdate \"a\"\"b\".\"c\" set d = 'it''s'");
    let words = &found[0].tokens;
    assert_eq!(Words(&words[1..]).name().as_deref(), Some(r#""a""b"."c""#));
    assert_eq!(words[words.len() - 1].sql, "'it''s'");
}

#[test]
fn a_function_body_in_dollars_is_one_piece() {
    let sql =
        "create function f() returns int as $body$\n select 1;\n select $1;\n$body$;\nselect 2;";
    assert_eq!(all(sql), [1, 5]);
    assert_eq!(
        all("do $$ begin; end $$;\nselect $1, $2;\nselect 3"),
        [1, 2, 3]
    );
}

#[test]
fn a_semicolon_within_a_statement_ends_nothing() {
    assert_eq!(
        all("create rule r as on insert to t do (select 1;\nselect 2);\nselect 3;"),
        [1, 3]
    );
    let atomic = "create function f() returns int begin atomic\n select case when true then 1 end;\n \
                  select 2;\nend;\nselect case when true then 1 end;\nselect 4";
    assert_eq!(all(atomic), [1, 5, 6]);
}

#[test]
fn empty_statements_and_an_open_quote_do_no_harm() {
    assert_eq!(all(";;\n;"), Vec::<usize>::new());
    assert_eq!(all("select 'open;\nselect 2;"), [1]);
    assert_eq!(all(""), Vec::<usize>::new());
}
