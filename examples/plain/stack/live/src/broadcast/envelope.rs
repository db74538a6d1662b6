//! A message on its way to another process.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// With a topic and a message; or the news that some were lost; or neither, as a heartbeat.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Envelope<'a> {
    /// The hub that it comes from.
    pub from: Cow<'a, str>,
    /// Counts the messages of that hub. PostgreSQL drops those that are equal, and no two are.
    pub number: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Cow<'a, str>>,
    /// `null` is a message as well: the JSON of `()` and of `None`.
    #[serde(
        borrow,
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub message: Option<&'a RawValue>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missed: bool,
}

impl<'a> Envelope<'a> {
    /// Reads what [`text`](Self::text) gives.
    pub(super) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers can be JSON")
    }
}

/// Reads a field that is there, whatever its value is. By itself serde reads `null` as a field that is missing.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(from).map(Some)
}
