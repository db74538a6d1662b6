//! Old answers for a newer template.

use std::collections::{BTreeMap, BTreeSet};

use super::{Value, accept};
use crate::manifest::{Manifest, QuestionKind};

/// The project's name among the answers of `heavy.toml`; it answers no question.
const NAME: &str = "name";

/// What has become of old answers: [`migrate`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrated {
    /// Answers that hold, by question.
    pub given: BTreeMap<String, Value>,
    /// Answers to what is no longer asked, as they stood.
    pub dropped: Vec<(String, Value)>,
    /// Questions that have to be asked again: the question, the old answer as it stood, and why that does not do.
    pub asked_again: Vec<(String, Value, String)>,
    /// Questions that such projects were not asked, and that have the answer that the manifest names for them.
    pub unasked: Vec<String>,
    /// Questions that the old answers do not have.
    pub new: Vec<String>,
}

/// Takes the answers of a project at `version` over to the template of `manifest`, by the migrations that it declares.
///
/// Each old answer goes from migration to migration: its value changes where the migration lists it, then its name.
/// An answer that stands under a question's own name wins over one that was renamed to it. Nothing is guessed: an
/// answer of another type than its question, or one that it does not accept, is asked again. A question that was not
/// asked yet at `version` has the answer that the manifest names for such projects.
#[must_use]
pub fn migrate(old: &BTreeMap<String, Value>, version: &str, manifest: &Manifest) -> Migrated {
    let mut migrated = Migrated::default();
    let own = |name: &str| manifest.question(name).is_some();
    // Those that keep their name come first, and so win.
    let (kept, others): (Vec<_>, Vec<_>) = old.iter().partition(|(name, _)| own(name));
    let mut answered = BTreeSet::new();
    for (name, value) in kept.into_iter().chain(others) {
        if name == NAME && !own(NAME) {
            continue;
        }
        let moved = follow(name, value, manifest);
        let Some(question) = manifest.question(&moved.name) else {
            migrated.dropped.push((name.clone(), value.clone()));
            continue;
        };
        if !answered.insert(moved.name.clone()) {
            migrated.dropped.push((name.clone(), value.clone()));
            continue;
        }
        let retyped =
            !moved.mapped && matches!((&question.kind, &moved.value), (QuestionKind::Text { .. }, Value::Bool(_)));
        let accepted = if retyped {
            Err(format!("`{}` takes a text now", moved.name))
        } else {
            accept(question, moved.value).map_err(|error| error.message)
        };
        match accepted {
            Ok(value) => drop(migrated.given.insert(moved.name, value)),
            Err(why) => migrated.asked_again.push((moved.name, value.clone(), why)),
        }
    }
    for (name, value) in unasked(version, manifest) {
        let moved = follow(name, value, manifest);
        if let Some(question) = manifest.question(&moved.name)
            && !answered.contains(&moved.name)
            && let Ok(value) = accept(question, moved.value)
        {
            answered.insert(moved.name.clone());
            migrated.unasked.push(moved.name.clone());
            migrated.given.insert(moved.name, value);
        }
    }
    let missing = manifest.questions.iter().map(|question| &question.name).filter(|name| !answered.contains(*name));
    migrated.new = missing.cloned().collect();
    migrated
}

/// What projects at `version` had without being asked.
fn unasked<'a>(version: &'a str, manifest: &'a Manifest) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let all = manifest.migrations.iter().filter_map(|(name, migration)| Some((name, migration.before.as_ref()?)));
    all.filter(move |(_, before)| before.holds_for(version)).map(|(name, before)| (name.as_str(), &before.value))
}

/// An answer after all its migrations.
pub(crate) struct Moved {
    pub(crate) name: String,
    pub(crate) value: Value,
    /// Whether a migration changed its value.
    pub(crate) mapped: bool,
}

/// Follows one answer through its migrations, which form no circle: the manifest was parsed.
pub(crate) fn follow(name: &str, value: &Value, manifest: &Manifest) -> Moved {
    let mut moved = Moved { name: name.to_owned(), value: value.clone(), mapped: false };
    while let Some(migration) = manifest.migrations.get(&moved.name) {
        if let Some(new) = migration.values.get(&moved.value.to_string()) {
            moved.value = new.clone();
            moved.mapped = true;
        }
        match &migration.renamed {
            Some(next) => moved.name.clone_from(next),
            None => break,
        }
    }
    moved
}

#[cfg(test)]
mod tests;
