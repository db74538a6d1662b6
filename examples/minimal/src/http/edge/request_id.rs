//! A name for every request, to find its lines in the log.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// Carries the id in, from a proxy that gave one, and out.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request. Every line that is logged meanwhile carries it.
#[derive(Debug)]
pub struct RequestId(String);

impl RequestId {
    /// The id that the client sent, if it is harmless, or a new one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let sent = headers.get(HEADER).and_then(|value| value.to_str().ok());
        match sent.filter(|id| is_harmless(id)) {
            Some(id) => Self(id.to_owned()),
            None => Self(Uuid::now_v7().simple().to_string()),
        }
    }

    /// The id, as it stands in the log.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn to_header(&self) -> HeaderValue {
        HeaderValue::try_from(&self.0).expect("an id is made of letters, digits and `-_.`")
    }
}

/// Short, and nothing that could forge a line of the log or a piece of a page.
fn is_harmless(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: &str) -> RequestId {
        RequestId::of(&HeaderMap::from_iter([(
            HEADER,
            HeaderValue::from_str(id).unwrap(),
        )]))
    }

    #[test]
    fn a_harmless_id_is_kept() {
        assert_eq!(of("Root-1_67.b").as_str(), "Root-1_67.b");
    }

    #[test]
    fn any_other_id_is_replaced() {
        for id in ["", "a b", "a\"b", "<b>", &"x".repeat(65)] {
            assert_ne!(of(id).as_str(), id);
        }
    }
}
