//! Several scripts that are played at once, each by its share of the users.

use std::sync::Arc;

use crate::{Script, step_names::StepNames};

/// What all users do. Steps of the same name are counted together, whichever script they are of.
#[derive(Clone, Debug)]
pub struct Mix {
    scripts: Vec<Arc<Script>>,
    /// Which script the users play, one after another, again and again.
    order: Vec<usize>,
    /// What the steps are called.
    pub names: Vec<String>,
}

impl Mix {
    /// Of scripts with their shares; a share of 0 counts as 1.
    pub fn of(scripts: Vec<(Script, u32)>) -> Self {
        let weights: Vec<u32> = scripts.iter().map(|(_, weight)| *weight).collect();
        let mut names = StepNames::default();
        let scripts = scripts.into_iter().map(|(mut script, _)| {
            let known = script.names.iter().cloned();
            let known: Vec<usize> = known.map(|name| names.index(name)).collect();
            for step in &mut script.steps {
                step.name = known[step.name];
            }
            script
        });
        let mut scripts: Vec<Script> = scripts.collect();
        let names = names.into_vec();
        for script in &mut scripts {
            script.names.clone_from(&names);
        }
        Self {
            scripts: scripts.into_iter().map(Arc::new).collect(),
            order: order(&weights),
            names,
        }
    }

    /// What the user with this index does.
    pub(crate) fn script(&self, user: usize) -> Arc<Script> {
        let index = self.order[user % self.order.len()];
        Arc::clone(&self.scripts[index])
    }

    /// All scripts, each as often as its share.
    pub(crate) fn shares(&self) -> impl Iterator<Item = &Script> {
        self.order.iter().map(|index| &*self.scripts[*index])
    }

    /// Whether steps of this name send a password.
    pub fn logs_in(&self, name: usize) -> bool {
        self.scripts.iter().any(|script| script.logs_in(name))
    }

    /// The name with this index.
    pub fn step_name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }
}

impl From<Script> for Mix {
    fn from(script: Script) -> Self {
        Self::of(vec![(script, 1)])
    }
}

/// Indexes as often as their weights say, as evenly as it goes: 0, 0, 1, 0 for 3 and 1 (smooth weighted round robin).
fn order(weights: &[u32]) -> Vec<usize> {
    let weights: Vec<i64> = weights.iter().map(|it| i64::from((*it).max(1))).collect();
    let total: i64 = weights.iter().sum();
    let mut credits = vec![0; weights.len()];
    let mut order = Vec::new();
    for _ in 0..total {
        for (credit, weight) in credits.iter_mut().zip(&weights) {
            *credit += weight;
        }
        let highest = credits.iter().copied().max().unwrap_or_default();
        let next = credits
            .iter()
            .position(|it| *it == highest)
            .unwrap_or_default();
        credits[next] -= total;
        order.push(next);
    }
    order
}
