//! "Did you mean …": the nearest of the names that exist.

/// The candidate that was probably meant: at most a third of the letters differ.
#[must_use]
pub fn nearest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = typed.chars().count().div_ceil(3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(typed, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Names as prose: "`a`", "`a` and `b`", "`a`, `b` and `c`".
#[must_use]
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => "none".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// The same, but of more than five only the first three: "`a`, `b`, `c` and 16 more".
#[must_use]
pub fn listed_in_short<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.as_slice() {
        [first, second, third, rest @ ..] if rest.len() > 2 => {
            format!("`{first}`, `{second}`, `{third}` and {} more", rest.len())
        }
        few => listed(few.iter().copied()),
    }
}

/// The name of a feature as people write it: `browser-tests` for the placeholder `browser_tests`.
#[must_use]
pub fn kebab(placeholder: &str) -> String {
    placeholder.replace('_', "-")
}

/// A path as it is typed in a shell: in quotes where it has to be.
#[must_use]
pub fn typed(path: &std::path::Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/\\._-+:@%,~".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_the_name_that_was_meant() {
        let names = ["pgvector", "cockroach"];
        assert_eq!(nearest("pgvectr", names), Some("pgvector"));
        assert_eq!(nearest("cokcroach", names), Some("cockroach"));
    }

    #[test]
    fn a_different_word_suggests_nothing() {
        assert_eq!(nearest("mongodb", ["pgvector", "cockroach"]), None);
    }

    #[test]
    fn paths_can_be_pasted_into_a_shell() {
        let typed = |text: &str| typed(std::path::Path::new(text));
        assert_eq!(typed("../my-app"), "../my-app");
        assert_eq!(typed("my app"), "'my app'");
        assert_eq!(typed("it's"), "'it'\\''s'");
    }

    #[test]
    fn names_are_listed_as_prose() {
        assert_eq!(listed([]), "none");
        assert_eq!(listed(["a"]), "`a`");
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
    }

    #[test]
    fn of_many_names_the_first_are_listed_and_the_others_counted() {
        assert_eq!(listed_in_short(["a", "b", "c", "d", "e"]), "`a`, `b`, `c`, `d` and `e`");
        assert_eq!(listed_in_short(["a", "b", "c", "d", "e", "f"]), "`a`, `b`, `c` and 3 more");
    }
}
