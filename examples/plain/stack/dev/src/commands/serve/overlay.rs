//! What open pages show over their content.

use serde_json::{Value, json};

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Overlay {
    pub(super) problem: Option<Problem>,
    pub(super) notices: Vec<String>,
}

/// Why the program that is wanted does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) title: String,
    /// Messages, without the colours of a terminal.
    pub(super) texts: Vec<String>,
}

impl Overlay {
    /// Adds a notice, once.
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
