use super::*;

#[test]
fn only_the_texts_of_queries_are_found_with_their_lines() {
    let source = r##"
    // query("merge into a")
    let a = sqlx::query_as::<_, (i64, String)>(
    "SELECT a
     FROM b",
    );
    let b = sqlx::query_scalar("select '\"'").bind("lock table c");
    let c = format!("merge");
    let d = sqlx::raw_sql(r#"select "x""#);
"##;
    let found = texts(source);
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0], (4, "SELECT a\n     FROM b".to_owned()));
    assert_eq!(found[1], (7, "select '\"'".to_owned()));
    assert_eq!(found[2], (9, "select \"x\"".to_owned()));
}

#[test]
fn a_finding_names_the_line_of_the_rust_file() {
    let source = "fn f() {\n    sqlx::query(\n        \"select a\n         from b\n         where c / 2 = 1\",\n    );\n}\n";
    let found = lint_queries(Path::new("src/a.rs"), source);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].line, found[0].rule.name), (5, "integer-division"));
}
