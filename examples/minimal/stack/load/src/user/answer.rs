//! Whether an answer is of the recorded kind.

use super::Break;
use crate::step::Request;

/// Kinds of answers to requests.
fn class(status: u16) -> &'static str {
    match status {
        // What a browser has already is as good.
        200..=299 | 304 => "success",
        300..=399 => "a redirect",
        400..=499 => "a refusal (4xx)",
        500..=599 => "an error (5xx)",
        _ => "another answer",
    }
}

pub(super) fn check(request: &Request, status: u16) -> Result<(), Break> {
    let (wanted, got) = (class(request.status), class(status));
    if wanted == got {
        return Ok(());
    }
    Err(format!("expected {wanted}, got {status}").into())
}

/// Path and query of where a redirect leads, if that is on the site that is loaded: no other one is ever asked.
pub(super) fn on_this_site<'a>(location: &'a str, authority: &str) -> Result<&'a str, Break> {
    if location.starts_with('/') && !location.starts_with("//") {
        return Ok(location);
    }
    let rest = location
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_prefix(authority));
    match rest {
        Some("") => Ok("/"),
        Some(rest) if rest.starts_with('/') => Ok(rest),
        _ => Err("a redirect to another site".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_leads_only_to_the_site_that_is_loaded() {
        let to = |location| on_this_site(location, "localhost:3000").ok();
        assert_eq!(to("/notes?a=b"), Some("/notes?a=b"));
        assert_eq!(to("http://localhost:3000/notes"), Some("/notes"));
        for other in [
            "//evil.example/",
            "http://evil.example/",
            "http://localhost:30001/",
            "https://localhost:3000/",
            "",
        ] {
            assert_eq!(to(other), None, "{other}");
        }
    }
}
