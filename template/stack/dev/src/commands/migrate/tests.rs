use super::*;

#[test]
fn large_tables_are_named_in_comments_of_the_schema() {
    let sql = "-- large: notes, app.events\nCREATE TABLE notes ();\n  --large:x\n-- larger: y";
    assert_eq!(
        large_in(sql).collect::<Vec<_>>(),
        ["notes", "app.events", "x"]
    );
}
