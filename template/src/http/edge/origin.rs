//! Requests that change something must come from a page of this site.
//!
//! Browsers say where a request comes from: `Sec-Fetch-Site`, or `Origin` in older ones. A client that sends
//! neither is no browser and carries nobody's cookies against their will. So forms need
//! no token.

use axum::{
    extract::Request,
    http::{Method, Uri, header},
};

use crate::error::Error;

/// Refuses requests that another site made a browser send.
pub(super) fn check(request: &Request) -> Result<(), Error> {
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return Ok(());
    }
    let headers = request.headers();
    let same = match (headers.get("sec-fetch-site"), headers.get(header::ORIGIN)) {
        // `none`: the person themselves, such as by reloading the answer to a form.
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => {
            let origin: Option<Uri> = origin.to_str().ok().and_then(|origin| origin.parse().ok());
            let from = origin
                .as_ref()
                .and_then(Uri::authority)
                .map(|from| from.as_str());
            let host = headers
                .get(header::HOST)
                .and_then(|host| host.to_str().ok());
            let to = host.or_else(|| request.uri().authority().map(|to| to.as_str()));
            from.is_some() && from == to
        }
        (None, None) => true,
    };
    if same {
        Ok(())
    } else {
        Err(Error::Forbidden(
            "this request came from another site".into(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn allowed(method: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().method(method).uri("/notes");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(Body::empty()).unwrap()).is_ok()
    }

    const HERE: (&str, &str) = ("host", "notes.example");

    #[test]
    fn pages_of_this_site_may_change_something() {
        assert!(allowed("POST", &[HERE, ("sec-fetch-site", "same-origin")]));
        assert!(allowed(
            "POST",
            &[HERE, ("origin", "https://notes.example")]
        ));
        assert!(allowed(
            "POST",
            &[("host", "[::1]:3000"), ("origin", "http://[::1]:3000")]
        ));
    }

    #[test]
    fn pages_of_other_sites_may_not() {
        for site in ["cross-site", "same-site", "anything"] {
            assert!(!allowed("POST", &[HERE, ("sec-fetch-site", site)]));
        }
        for origin in [
            "https://evil.example",
            "null",
            "https://notes.example.evil.example",
            "",
        ] {
            assert!(
                !allowed("DELETE", &[HERE, ("origin", origin)]),
                "`{origin}` was accepted"
            );
        }
        assert!(!allowed("POST", &[("origin", "https://notes.example")]));
    }

    #[test]
    fn reading_is_open_and_so_are_clients_that_are_no_browsers() {
        assert!(allowed("GET", &[HERE, ("sec-fetch-site", "cross-site")]));
        assert!(allowed("PUT", &[HERE]));
    }
}
