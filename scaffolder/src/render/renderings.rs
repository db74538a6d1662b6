//! What was rendered before. A move renders two states of a template, most of whose files are the same in both.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::hooks::{Variable, Variables};
use crate::tree::TreePath;

/// The files of renderings so far, each as it was rendered last.
#[derive(Debug, Default)]
pub struct Renderings(RefCell<BTreeMap<TreePath, Rendering>>);

/// A file with tags, and what it became.
#[derive(Debug)]
struct Rendering {
    template: String,
    /// Every variable that its tags name.
    values: Vec<(String, Variable)>,
    text: String,
}

impl Renderings {
    /// What the file became, if it was the same and each of its variables had the same value.
    pub(super) fn find(&self, path: &TreePath, template: &str, variables: &Variables) -> Option<String> {
        let known = self.0.borrow();
        let known = known.get(path).filter(|known| known.template == template)?;
        known.values.iter().all(|(name, value)| variables.get(name) == Some(value)).then(|| known.text.clone())
    }

    pub(super) fn keep(&self, path: &TreePath, template: String, values: Vec<(String, Variable)>, text: &str) {
        self.0.borrow_mut().insert(path.clone(), Rendering { template, values, text: text.to_owned() });
    }
}
