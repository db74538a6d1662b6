//! What steps are called.

use std::collections::HashMap;

/// Names by number, each of them once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    all: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Names {
    pub(crate) fn number(&mut self, name: String) -> usize {
        *self.numbers.entry(name).or_insert_with_key(|name| {
            self.all.push(name.clone());
            self.all.len() - 1
        })
    }

    pub(crate) fn all(self) -> Vec<String> {
        self.all
    }
}
