use super::*;

#[test]
fn a_rename_needs_two_names() {
    assert!("notes=memos".parse::<Rename>().is_ok());
    for text in ["notes", "=memos", "notes=", ""] {
        assert!(text.parse::<Rename>().is_err(), "{text}");
    }
}
