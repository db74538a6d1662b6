//! What a project has, read from its files as they are: its routes and its tables, for people, coding agents and editors; and a
//! skill, which tells agents how to work in it.
//!
//! Nothing is built or started. What the source does not say by itself, such as a route that a macro makes, is named as a
//! [`Place`] that was not understood, and is never guessed.

use serde::Serialize;

pub mod routes;
pub mod schema;
pub mod skill;

mod functions;
mod method_router;
mod route;
mod router;
mod sql;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The file, from the project's folder on.
    pub file: String,
    /// The line, from 1 on.
    pub line: usize,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Source that was not understood, so that something may be missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// Where it is.
    #[serde(flatten)]
    pub position: Position,
    /// What stands there, in short.
    pub text: String,
}

impl Place {
    fn new(position: Position, text: &str) -> Self {
        let text = squeezed(text);
        let short: String = text.chars().take(80).collect();
        let text = if short.len() < text.len() { format!("{short}…") } else { text };
        Self { position, text }
    }
}

/// A text in one line, with single spaces.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
