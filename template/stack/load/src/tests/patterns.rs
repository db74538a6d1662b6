use proptest::prelude::*;

use crate::{
    form,
    pattern::{Pattern, TokenKind, token_kind},
};

const ONE: &str = "0198c1c2-7b6e-7d52-a3f0-1c9f0d1a2b3c";
const OTHER: &str = "0198c1c2-7b6e-7d52-a3f0-aaaaaaaaaaaa";

#[test]
fn identifiers_are_told_from_words() {
    for token in [ONE, "a3f01c9f0d1a2b3c", "Zm9vYmFyYmF6cXV4MTIzNA"] {
        assert_eq!(token_kind(token), Some(TokenKind::Id), "{token}");
    }
    for word in ["notes", "what-is-new-in-version-2", "app", "", "deadbeef"] {
        assert_eq!(token_kind(word), None, "{word}");
    }
    assert_eq!(token_kind("42"), Some(TokenKind::Number));
}

#[test]
fn a_link_of_another_visitor_matches() {
    let pattern = Pattern::of(&format!("/notes/{ONE}/edit?limit=20&after={ONE}"));
    assert_eq!(pattern.name(), "/notes/{id}/edit?limit=20&after={id}");
    assert!(pattern.matches(&format!("/notes/{OTHER}/edit?limit=20&after={OTHER}")));
    let escaped = format!("/notes/{OTHER}/edit?limit=20&amp;after={OTHER}\">Older</a>");
    assert_eq!(pattern.capture(&escaped).unwrap().0, [OTHER, OTHER]);
    assert!(!Pattern::of(&format!("/notes/{ONE}")).matches(&format!("/notes/{OTHER}/edit")));
    assert!(!Pattern::of(&format!("/notes/{ONE}")).matches("/notes/new"));
}

#[test]
fn a_redacted_token_matches_any_token() {
    let pattern = Pattern::of("/invitation?token=%5Bredacted%5D");
    assert!(pattern.matches("/invitation?token=abc-DEF") && !pattern.matches("/invitation?token="));
}

proptest! {
    #[test]
    fn a_text_matches_its_own_pattern(text in "/[a-z0-9/?&=_-]{0,40}[a-z]") {
        prop_assert!(Pattern::of(&text).matches(&text), "{:?}", Pattern::of(&text));
    }

    #[test]
    fn an_encoded_field_is_decoded_again(text in ".*") {
        let fields = vec![("a b".to_owned(), text)];
        prop_assert_eq!(form::decode(&form::encode(&fields)), fields);
    }
}
