//! `RateLimit` and `RateLimit-Policy`: how much of its allowances a program has left, as the draft of the IETF has it
//! (draft-ietf-httpapi-ratelimit-headers).

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::services::limits::{Key, Limits};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// The headers that say what is left of each allowance: its name, and whose it is. Those without a limit are left out.
pub fn left(limits: &Limits, allowances: &[(&str, Key<'_>)]) -> HeaderMap {
    let (mut policies, mut states) = (Vec::new(), Vec::new());
    for (name, key) in allowances {
        let Some((rate, full_in)) = limits.api_allowance(*key) else {
            continue;
        };
        let (quota, window) = (rate.burst, seconds(rate.window()));
        policies.push(format!("\"{name}\";q={quota};w={window}"));
        let (left, full_in) = (rate.left(full_in), seconds(full_in));
        states.push(format!("\"{name}\";r={left};t={full_in}"));
    }
    let lists = [(POLICY, policies), (STATE, states)].into_iter();
    let lists = lists.filter(|(_, list)| !list.is_empty());
    lists
        .filter_map(|(name, list)| {
            let value = HeaderValue::from_str(&list.join(", "));
            Some((name, value.ok()?))
        })
        .collect()
}

/// Rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
