//! Versions of a template, as tags of its repository write them.

use std::cmp::Ordering;

use semver::Version;

/// Reads `1.2.3`, `v1.2.3`, and short forms of them (`v1`, `1.2`).
#[must_use]
pub fn parse(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let numbers = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(numbers);
    let missing = match numbers.split('.').count() {
        1 => ".0.0",
        2 => ".0",
        _ => "",
    };
    Version::parse(&format!("{numbers}{missing}{rest}")).ok()
}

/// The order of two versions by semantic versioning; none if one of them is no such version and they differ.
#[must_use]
pub fn compare(one: &str, other: &str) -> Option<Ordering> {
    match (parse(one), parse(other)) {
        (Some(one), Some(other)) => Some(one.cmp_precedence(&other)),
        _ => (one == other).then_some(Ordering::Equal),
    }
}

/// The newest version among tags. Prereleases (`2.0.0-rc.1`) count only with `prereleases`.
pub fn newest<'a>(tags: impl IntoIterator<Item = &'a str>, prereleases: bool) -> Option<&'a str> {
    tags.into_iter()
        .filter_map(|tag| parse(tag).map(|version| (version, tag)))
        .filter(|(version, _)| prereleases || version.pre.is_empty())
        // Of `1.2.3` and `v1.2.3` always the same one.
        .max_by(|(one, tag), (other, other_tag)| one.cmp(other).then(tag.cmp(other_tag)))
        .map(|(_, tag)| tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number_and_not_by_letter() {
        assert_eq!(newest(["v1.9.0", "v1.10.0", "nightly", "v1.2"], false), Some("v1.10.0"));
        assert_eq!(newest(["latest", "2025-01-01"], false), None);
    }

    #[test]
    fn prereleases_count_only_when_asked_for() {
        let tags = ["1.0.0", "2.0.0-rc.2", "2.0.0-rc.10"];
        assert_eq!(newest(tags, false), Some("1.0.0"));
        assert_eq!(newest(tags, true), Some("2.0.0-rc.10"));
        assert_eq!(newest(["2.0.0", "2.0.0-rc.1"], true), Some("2.0.0"));
    }

    #[test]
    fn short_forms_are_versions_and_words_are_none() {
        assert_eq!(compare("v1", "1.0.0"), Some(Ordering::Equal));
        assert_eq!(compare("1.2", "1.10"), Some(Ordering::Less));
        assert_eq!(compare("main", "main"), Some(Ordering::Equal));
        assert_eq!(compare("main", "1.0.0"), None);
        for text in ["", "v", "1.x", "1.2.3.4", "-1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
