//! The packs that a project has, as `heavy.toml` records them.

use super::Moving;
use crate::answers::Answers;
use crate::error::Result;
use crate::pack::{Pack, Packs};
use crate::source::packs::recorded;

/// Each exactly as it is in the project.
pub(super) fn current(moving: &Moving) -> Result<Packs> {
    let busy = (!moving.lock.packs.is_empty()).then(|| moving.ui.busy("Looking for the packs of this project"));
    let report = |detail: &str| {
        if let Some(busy) = &busy {
            busy.now(detail);
        }
    };
    let cache = crate::commands::cache(moving.only_looks);
    let packs = moving.lock.packs.iter().map(|(name, lock)| {
        let template = recorded(name, lock, &cache, &report)?;
        let answers = Answers::new(super::name_of(&moving.lock)?, &template.manifest, lock.answers.clone())?;
        Ok((name.clone(), Pack { template, answers, lock: lock.clone() }))
    });
    packs.collect()
}
