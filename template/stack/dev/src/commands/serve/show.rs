//! What pages that are open have to show.

use serde_json::{Value, json};

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Show {
    pub(super) problem: Option<Problem>,
    pub(super) notices: Vec<String>,
}

/// Why the program that is wanted does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) title: String,
    /// What was said about it, piece by piece.
    pub(super) texts: Vec<String>,
}

impl Show {
    pub(super) fn notice(&mut self, text: &str) {
        if !self.notices.iter().any(|notice| notice == text) {
            self.notices.push(text.to_owned());
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let problem = self.problem.as_ref();
        let problem =
            problem.map(|problem| json!({ "title": problem.title, "texts": problem.texts }));
        json!({ "problem": problem, "notices": self.notices })
    }
}

/// A text without the colours of a terminal.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        let sequence = &rest[at + 1..];
        let end = sequence.find(|c: char| c.is_ascii_alphabetic());
        rest = end.map_or("", |end| &sequence[end + 1..]);
    }
    plain + rest
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
