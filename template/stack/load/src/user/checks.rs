//! Whether a response is of the recorded kind.

use url::Url;

use super::Abort;
use crate::step::{Outcome, Request};

/// Kinds of responses to requests.
fn status_kind(status: u16) -> &'static str {
    match status {
        // What a browser has in its cache is as good.
        200..=299 | 304 => "success",
        300..=399 => "a redirect",
        400..=499 => "a client error (4xx)",
        500..=599 => "a server error (5xx)",
        _ => "another status",
    }
}

pub(super) fn check_status(request: &Request, status: u16) -> Result<(), Abort> {
    let expected = status_kind(request.status);
    if expected == status_kind(status) {
        return Ok(());
    }
    Err(format!("expected {expected}, got {status}").into())
}

pub(super) fn check_outcome(expected: Outcome, got: Outcome) -> Result<(), Abort> {
    if expected.accepts(got) {
        return Ok(());
    }
    Err(format!("expected {}, got {}", expected.name(), got.name()).into())
}

/// Path and query of a redirect from `target`, if it leads to the site that is loaded: no other one ever gets a request.
pub(crate) fn redirect_on_site(location: &str, site: &Url, target: &str) -> Result<String, Abort> {
    let url = site.join(target).and_then(|from| from.join(location));
    let url = url.map_err(|_| "a redirect without a usable `Location`")?;
    if url.origin() != site.origin() {
        return Err("a redirect to another site".into());
    }
    Ok(match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    })
}
