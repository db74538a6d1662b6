use super::*;

#[test]
fn a_position_counts_characters_and_not_bytes() {
    assert_eq!(line_of_character("é\né\nx", 5), 3);
    assert_eq!(line_of_character("x", 1), 1);
}
