//! Which text a command works with.

use serde::Serialize;

use super::Target;

/// A text that the server knows, or one that is in the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Text {
    /// This text.
    Literal(String),
    /// What the target holds: the value of a field, otherwise the text of the element.
    Of([Target; 1]),
}

impl Text {
    /// What the target holds when the command runs: the value of a field, otherwise the text of the element.
    pub fn of(target: impl Into<Target>) -> Self {
        Self::Of([target.into()])
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Literal(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Literal(text)
    }
}
