//! The name of what is done: a trace id, the same in the log, on error pages and in what is exported.

use std::fmt::Write;

use axum::http::HeaderMap;

use stack_web::random;

/// Everything that is done for one request, or for one event of a live page, has one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// 32 hexadecimal digits, never all zero.
    id: Box<str>,
    parent: Option<Parent>,
}

/// The span of somebody else that a request belongs to, as `traceparent` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Never zero.
    pub span: u64,
    /// Whether it is recorded there.
    pub sampled: bool,
}

impl Trace {
    /// One that nobody else knows.
    pub fn generate() -> Self {
        let bytes: [u8; 16] = random::bytes();
        // All bits are random: samplers decide by the last ones.
        Self::of_number(u128::from_be_bytes(bytes).max(1), None)
    }

    /// That of a request: the one `traceparent` names, else the one that a proxy made of `x-request-id`, else a new
    /// one. What is malformed counts as missing, so that an id is never more than hexadecimal digits.
    pub fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| {
            let mut values = headers.get_all(name).iter();
            let first = values.next().and_then(|value| value.to_str().ok());
            // Two of them mean nothing.
            first.filter(|_| values.next().is_none())
        };
        text("traceparent")
            .and_then(parent)
            .or_else(|| Some(Self::of_number(request_id(text("x-request-id")?)?, None)))
            .unwrap_or_else(Self::generate)
    }

    fn of_number(id: u128, parent: Option<Parent>) -> Self {
        let mut text = String::with_capacity(32);
        write!(text, "{id:032x}").ok();
        Self {
            id: text.into(),
            parent,
        }
    }

    /// The id, as it stands in the log.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The span that this continues, if somebody else began it.
    pub fn parent(&self) -> Option<Parent> {
        self.parent
    }
}

/// `00-{32 digits}-{16 digits}-{2 digits}`, in lower case; see <https://www.w3.org/TR/trace-context/>. Later versions
/// may have more behind that.
fn parent(text: &str) -> Option<Trace> {
    let mut parts = text.split('-');
    let version = digits(parts.next()?, 2)?;
    let id = digits(parts.next()?, 32)?;
    let span = u64::try_from(digits(parts.next()?, 16)?).ok()?;
    let flags = digits(parts.next()?, 2)?;
    let known = match version {
        0 => parts.next().is_none(),
        0xff => false,
        _ => true,
    };
    let parent = Parent {
        span,
        sampled: flags & 1 == 1,
    };
    (known && id != 0 && span != 0).then(|| Trace::of_number(id, Some(parent)))
}

/// An id of 32 digits, as nginx makes them, or a UUID, as Envoy does.
fn request_id(text: &str) -> Option<u128> {
    let id = match text.len() {
        32 => digits(text, 32),
        36 if [8, 13, 18, 23]
            .iter()
            .all(|&at| text.as_bytes()[at] == b'-') =>
        {
            digits(&text.replace('-', ""), 32)
        }
        _ => None,
    };
    id.filter(|id| *id != 0)
}

fn digits(text: &str, count: usize) -> Option<u128> {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let fits = text.len() == count && text.bytes().all(digit);
    fits.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn of(headers: &[(&'static str, &str)]) -> Trace {
        let headers = headers.iter().map(|(name, value)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (HeaderName::from_static(name), value)
        });
        let mut all = HeaderMap::new();
        headers.for_each(|(name, value)| {
            all.append(name, value);
        });
        Trace::of(&all)
    }

    #[test]
    fn a_request_continues_the_trace_that_its_headers_name() {
        let trace = of(&[("traceparent", &format!("00-{ID}-00f067aa0ba902b7-01"))]);
        assert_eq!(trace.id(), ID);
        let (span, sampled) = (0x00f0_67aa_0ba9_02b7, true);
        assert_eq!(trace.parent(), Some(Parent { span, sampled }));
        let trace = of(&[("traceparent", &format!("00-{ID}-00f067aa0ba902b7-00"))]);
        assert!(!trace.parent().unwrap().sampled);
        // A later version may say more.
        let trace = of(&[("traceparent", &format!("cc-{ID}-00f067aa0ba902b7-01-new"))]);
        assert_eq!(trace.id(), ID);
    }

    #[test]
    fn what_is_malformed_begins_a_trace_of_its_own() {
        let upper = ID.to_uppercase();
        for value in [
            String::new(),
            ID.to_owned(),
            format!("00-{ID}-00f067aa0ba902b7"),
            format!("00-{ID}-00f067aa0ba902b7-01-more"),
            format!("ff-{ID}-00f067aa0ba902b7-01"),
            format!("00-{upper}-00f067aa0ba902b7-01"),
            format!("00-{ID}-0000000000000000-01"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01".to_owned(),
            format!("00-{ID}-+0f067aa0ba902b7-01"),
            format!("00-{ID}-00f067aa0ba902b7-01\" error=\"forged"),
            "00-<script>alert(1)</script>aaaaaaaa-00f067aa0ba902b7-01".to_owned(),
            "\u{e9}".to_owned(),
        ] {
            let trace = of(&[("traceparent", &value)]);
            assert_ne!(trace.id(), ID, "{value}");
            assert_eq!(trace.parent(), None, "{value}");
            assert_eq!(trace.id().len(), 32);
            assert!(trace.id().bytes().all(|byte| byte.is_ascii_hexdigit()));
        }
        let twice = format!("00-{ID}-00f067aa0ba902b7-01");
        let trace = of(&[("traceparent", &twice), ("traceparent", &twice)]);
        assert_ne!(trace.id(), ID);
    }

    #[test]
    fn the_id_of_a_proxy_becomes_the_trace_if_it_fits() {
        assert_eq!(of(&[("x-request-id", ID)]).id(), ID);
        let uuid = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736";
        assert_eq!(of(&[("x-request-id", uuid)]).id(), ID);
        for other in [
            "Root-1_67.b",
            "4bf92f35-77b3-4da6-a3ce-929d0e0e473g",
            &"0".repeat(32),
        ] {
            let trace = of(&[("x-request-id", other)]);
            assert_ne!(trace.id(), other);
            assert_eq!(trace.id().len(), 32);
        }
    }
}
