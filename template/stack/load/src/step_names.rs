//! What steps are called in reports.

use std::collections::HashMap;

/// Names with an index for each; steps of the same name share one.
#[derive(Debug, Default)]
pub(crate) struct StepNames {
    names: Vec<String>,
    indexes: HashMap<String, usize>,
}

impl StepNames {
    pub(crate) fn index(&mut self, name: String) -> usize {
        *self.indexes.entry(name).or_insert_with_key(|name| {
            self.names.push(name.clone());
            self.names.len() - 1
        })
    }

    pub(crate) fn into_vec(self) -> Vec<String> {
        self.names
    }
}
