//! How errors look like to a client. Their bodies are written by [`stack_web::problem`].

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Every error: `application/problem+json`, RFC 9457.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProblemDetails {
    /// Always `about:blank`: `code` says what it is.
    pub r#type: String,
    /// The name of the status.
    pub title: String,
    /// The status of the response.
    pub status: u16,
    /// A word for programs, which stays what it is.
    #[schema(examples("not_found", "invalid", "too_many_attempts"))]
    pub code: String,
    /// A sentence for people.
    pub detail: String,
    /// The fields that are wrong, if it is about fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// What is stored now, if the request was based on something older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<serde_json::Value>,
    /// By which the operators find the request in the log.
    pub request_id: String,
}

/// A field of the request, and what is wrong with it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProblemField {
    /// The field's name.
    pub field: String,
    /// The end of a sentence: "must not be empty".
    pub message: String,
}
