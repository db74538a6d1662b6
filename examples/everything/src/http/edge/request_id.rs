//! A name for every request, to find its lines in the log.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::telemetry::Trace;

/// Carries the id in, from a proxy that gave one, and out.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// What a request is called: its [`Trace`], and besides the name that a proxy gave it, if that is another one. Every
/// line that is logged meanwhile carries both.
#[derive(Debug)]
pub struct RequestId {
    trace: Trace,
    other: Option<String>,
}

impl RequestId {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let trace = Trace::of(headers);
        let sent = headers.get(HEADER).and_then(|value| value.to_str().ok());
        let other = sent.filter(|id| is_harmless(id) && *id != trace.id());
        Self {
            other: other.map(str::to_owned),
            trace,
        }
    }

    /// The id of the trace: what a person is told, and can quote.
    pub fn as_str(&self) -> &str {
        self.trace.id()
    }

    pub(super) fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The name of somebody else for this request.
    pub(super) fn other(&self) -> Option<&str> {
        self.other.as_deref()
    }

    pub(super) fn to_header(&self) -> HeaderValue {
        let id = self.other().unwrap_or(self.trace.id());
        HeaderValue::try_from(id).expect("an id is made of letters, digits and `-_.`")
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
    fn a_harmless_id_is_kept_beside_the_one_of_the_trace() {
        let id = of("Root-1_67.b");
        assert_eq!(id.other(), Some("Root-1_67.b"));
        assert_eq!(id.to_header(), "Root-1_67.b");
        assert_eq!(id.as_str().len(), 32);
    }

    #[test]
    fn an_id_that_can_be_that_of_a_trace_is_it() {
        let id = of("4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(id.as_str(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(id.other(), None);
    }

    #[test]
    fn any_other_id_is_replaced() {
        for sent in ["", "a b", "a\"b", "<b>", &"x".repeat(65)] {
            let id = of(sent);
            assert_eq!(id.other(), None);
            assert_eq!(id.to_header(), id.as_str());
        }
    }
}
