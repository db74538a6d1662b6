//! Which gaps between two packages the name of a project can fall into.

/// Whether some crate name lies strictly between two packages' names, in cargo's order: byte by byte.
///
/// A crate name of a project has no hyphen and no capitals, so nothing falls between `tokio-rustls` and
/// `tokio-util`; the lock file is shorter by that.
pub(super) fn can_hold_a_name(previous: Option<&str>, next: Option<&str>) -> bool {
    let least = match previous {
        None => "a".to_owned(),
        Some(previous) => match least_above(previous) {
            Some(least) => least,
            None => return false,
        },
    };
    next.is_none_or(|next| least.as_str() < next)
}

/// The least text of a name's characters above this one.
fn least_above(previous: &str) -> Option<String> {
    let fits = |at: usize, byte: u8| byte.is_ascii_lowercase() || (at > 0 && (byte.is_ascii_digit() || byte == b'_'));
    let bytes = previous.as_bytes();
    let Some(odd) = (0..bytes.len()).find(|&at| !fits(at, bytes[at])) else {
        return Some(format!("{previous}0"));
    };
    // The first character that no name has: the next higher one that a name may have takes its place.
    (bytes[odd] + 1..=b'z')
        .find(|&byte| fits(odd, byte))
        .map(|byte| format!("{}{}", &previous[..odd], char::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_that_only_hyphens_could_fill_holds_no_name() {
        assert!(!can_hold_a_name(Some("tokio-rustls"), Some("tokio-util")));
        assert!(!can_hold_a_name(Some("syn"), Some("syn-mid")));
        assert!(can_hold_a_name(Some("tokio-util"), Some("toml")));
        assert!(can_hold_a_name(Some("serde"), Some("serde_core")));
        assert!(can_hold_a_name(None, Some("adler2")));
        assert!(can_hold_a_name(Some("zstd"), None));
        assert!(!can_hold_a_name(None, Some("Inflector")));
    }

    proptest::proptest! {
        #[test]
        fn wherever_a_name_falls_the_gap_is_kept(
            name in "[a-z][a-z0-9_]{0,5}", others in proptest::collection::vec("[a-zA-Z][a-zA-Z0-9_-]{0,5}", 12)
        ) {
            let previous = others.iter().map(String::as_str).filter(|other| *other < name.as_str()).max();
            let next = others.iter().map(String::as_str).filter(|other| *other > name.as_str()).min();
            proptest::prop_assert!(can_hold_a_name(previous, next));
        }
    }
}
