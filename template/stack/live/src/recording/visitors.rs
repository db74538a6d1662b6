//! Whose a request is: browsers are told apart by the cookies that go back and forth, whatever these are called.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
};

use axum::http::{HeaderMap, header};

/// Shorter values, such as of a time zone, are nobody's own.
const OWN: usize = 16;
/// Cookies that are remembered; then it begins anew.
const CAPACITY: usize = 100_000;

/// Numbers of visitors. Of the cookies it keeps only what cannot be read back.
#[derive(Debug, Default)]
pub(super) struct Visitors {
    known: HashMap<u64, u64>,
    last: u64,
    hashed: RandomState,
}

impl Visitors {
    /// The number of who has sent `request` and is given `response`; none for a client without cookies.
    pub(super) fn number(&mut self, request: &[u64], response: &[u64]) -> Option<u64> {
        if request.is_empty() && response.is_empty() {
            return None;
        }
        let known = request.iter().find_map(|cookie| self.known.get(cookie));
        let number = known.copied().unwrap_or_else(|| {
            self.last += 1;
            self.last
        });
        if self.known.len() > CAPACITY {
            self.known.clear();
        }
        let all = request.iter().chain(response);
        self.known.extend(all.map(|cookie| (*cookie, number)));
        Some(number)
    }

    /// What the cookies of these headers are known by.
    pub(super) fn cookies(&self, headers: &HeaderMap, name: header::HeaderName) -> Vec<u64> {
        let several = name == header::COOKIE;
        let texts = headers.get_all(name).into_iter();
        let texts = texts.filter_map(|value| value.to_str().ok());
        let pairs =
            texts.flat_map(|text| text.split(';').take(if several { usize::MAX } else { 1 }));
        let values = pairs.filter_map(|pair| pair.trim().split_once('='));
        let own = values.filter(|(_, value)| {
            value.len() >= OWN && value.bytes().any(|byte| byte.is_ascii_digit())
        });
        own.map(|(name, value)| self.hashed.hash_one((name, value)))
            .collect()
    }
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
