//! The picture of a user.

use maud::{Markup, html};

use crate::{
    models::{DisplayName, ObjectId},
    services::files::Files,
};

/// The picture, or the initials of who has none. It says nothing that the name beside it does not.
pub fn avatar(name: &DisplayName, picture: Option<ObjectId>) -> Markup {
    html! {
        @if let Some(picture) = picture {
            img.avatar src=(Files::avatar_address(picture)) alt="" width="32" height="32";
        } @else {
            span.avatar aria-hidden="true" { (initials(name.as_str())) }
        }
    }
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let ends = [words.next(), words.next_back()];
    let words = ends.into_iter().flatten();
    let letters = words.filter_map(|word| word.chars().next());
    letters.flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        for (name, letters) in [
            ("Ada", "A"),
            ("ada lovelace", "AL"),
            ("Augusta Ada King Lovelace", "AL"),
            ("李 小龍", "李小"),
            ("", ""),
        ] {
            assert_eq!(initials(name), letters);
        }
    }
}
