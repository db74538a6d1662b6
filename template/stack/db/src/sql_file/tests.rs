use super::*;

#[test]
fn a_position_counts_characters_and_not_bytes() {
    assert_eq!(line_of_character("é\né\nx", 5), 3);
    assert_eq!(line_of_character("x", 1), 1);
}

#[test]
fn files_come_in_the_order_of_their_numbers_and_then_of_their_names() {
    let mut names = [
        "more.sql",
        "1000_d.sql",
        "200_c.sql",
        "0020_b.sql",
        "020_a.sql",
    ];
    names.sort_by_key(|name| (leading_number(name), *name));
    assert_eq!(
        names,
        [
            "0020_b.sql",
            "020_a.sql",
            "200_c.sql",
            "1000_d.sql",
            "more.sql"
        ]
    );
}

#[test]
fn what_pg_dump_tells_psql_is_left_out_and_nothing_moves() {
    let sql = "\\restrict aB3\nselect 1;\r\n\\unrestrict aB3\r\nselect '\\restrict x y';";
    let plain = without_restrict(sql);
    assert_eq!(plain.len(), sql.len());
    assert_eq!(
        plain.trim(),
        "select 1;\r\n               \r\nselect '\\restrict x y';"
    );
    assert!(matches!(without_restrict("select 1"), Cow::Borrowed(_)));
}
