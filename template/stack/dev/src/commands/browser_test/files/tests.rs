use super::*;

#[test]
fn what_a_person_types_is_no_regular_expression_to_node() {
    let chosen = Chosen {
        files: Vec::new(),
        name: Some("a (note) of 1.5".to_owned()),
    };
    let pattern = chosen.pattern().unwrap();
    assert_eq!(pattern, r"--test-name-pattern=a \(note\) of 1\.5");
}

#[test]
fn a_file_is_called_by_its_path_below_the_folder() {
    assert_eq!(
        short(Path::new("tests/browser/live/notes.test.mjs")),
        "live/notes"
    );
}
