use super::*;

fn typed(lines: &[&str]) -> Vec<Meaning> {
    let mut asked = false;
    let meanings = lines.iter().map(|line| meaning(line, &mut asked));
    meanings.collect()
}

fn is_said(meaning: &Meaning, words: &str) -> bool {
    matches!(meaning, Meaning::Say(text) if text.contains(words))
}

#[test]
fn every_key_of_the_help_does_something_and_another_one_shows_the_help() {
    let meanings = typed(&["r", "o", "h", "", "q", "x"]);
    assert_eq!(meanings[0], Meaning::Key(Key::Restart));
    assert_eq!(meanings[1], Meaning::Key(Key::Open));
    assert!(is_said(&meanings[2], HELP));
    assert_eq!(meanings[3], Meaning::Nothing);
    assert_eq!(meanings[4], Meaning::Quit);
    assert!(is_said(&meanings[5], "`x` is no key"));
    for line in HELP.lines() {
        let key = &line.trim()[..1];
        assert!(!is_said(&typed(&[key])[0], "is no key"), "{key}");
    }
}

#[test]
fn the_data_of_the_database_goes_only_after_a_yes() {
    assert!(is_said(&typed(&["p"])[0], "deletes all data"));
    assert_eq!(typed(&["p", "y"])[1], Meaning::Key(Key::Pave));
    for answer in ["", "p", "n", "r"] {
        assert!(
            is_said(&typed(&["p", answer])[1], "left as it is"),
            "{answer}"
        );
    }
    assert!(is_said(&typed(&["y"])[0], "`y` is no key"));
}
