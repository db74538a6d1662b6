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
