//! Rules 17 and 18: what only `heavy` reads, which no rendering would ever try.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Report, rule};
use crate::answers::migrate::follow;
use crate::answers::{Answers, ProjectName, Value, accept};
use crate::render::sentences;
use crate::suggest::{listed, nearest};
use crate::template::{Manifest, QuestionKind, Template};
use crate::version;

pub(super) fn check(template: &Template, text: &str, report: &mut Report) {
    let manifest = &template.manifest;
    for (name, migration) in &manifest.migrations {
        let place = format!("heavy.answers.{name}]");
        renamed(name, migration.renamed.as_deref(), manifest, text, report);
        let old = migration.values.keys().map(|old| (format!("what `{old}` becomes"), Value::Text(old.clone())));
        let before = migration.before.iter().map(|before| ("the answer of `before`".to_owned(), before.value.clone()));
        for (what, value) in old.chain(before) {
            let moved = follow(name, &value, manifest);
            let Some(question) = manifest.question(&moved.name) else { continue };
            if let Err(error) = accept(question, moved.value) {
                let mend =
                    error.hints.first().cloned().unwrap_or_else(|| "map it to a value that is accepted".to_owned());
                report.manifest(text, &place, rule::ANSWERS, format!("{what} does not do: {}", error.message), mend);
            }
        }
        let own = manifest.version.as_deref().unwrap_or_default();
        if let Some(before) = &migration.before
            && !matches!(version::compare(&before.version, own), Some(Ordering::Less | Ordering::Equal))
        {
            report.manifest(
                text,
                &place,
                rule::ANSWERS,
                format!("`before` names `{}`, which is no version up to `{own}`", before.version),
                "name the first version that asks the question",
            );
        }
    }
    for pattern in manifest.once.patterns().iter().filter(|pattern| pattern.contains("{{")) {
        report.manifest(
            text,
            pattern,
            rule::ONCE_AND_RENAME,
            format!("the pattern `{pattern}` has a tag in it, which is not rendered there"),
            "write `*` in its place",
        );
    }
    outside(manifest, text, report);
}

/// Whether the last name in a chain of renames is asked for.
fn renamed(name: &str, renamed: Option<&str>, manifest: &Manifest, text: &str, report: &mut Report) {
    let known = || manifest.questions.iter().map(|question| question.name.as_str());
    let goal = renamed.unwrap_or(name);
    if manifest.question(goal).is_some() || (renamed.is_some() && manifest.migrations.contains_key(goal)) {
        return;
    }
    let mend = nearest(goal, known())
        .map_or_else(|| format!("the template asks for {}", listed(known())), |near| format!("did you mean `{near}`?"));
    let message = format!("old answers to `{name}` go to `{goal}`, which the template does not ask for");
    report.manifest(text, &format!("heavy.answers.{name}]"), rule::ANSWERS, message, mend);
}

/// The sentences are rendered with every feature and without any.
fn outside(manifest: &Manifest, text: &str, report: &mut Report) {
    for sentence in &manifest.outside {
        let problem = [false, true].into_iter().find_map(|all| {
            let answers = example(manifest, all)?;
            sentences(std::slice::from_ref(sentence), &answers).err()
        });
        if let Some(error) = problem {
            let mend = error.hints.first().filter(|hint| !hint.contains("lint")).cloned();
            let mend = mend.unwrap_or_else(|| "correct the tag".to_owned());
            report.manifest(text, sentence, rule::ONCE_AND_RENAME, error.message, mend);
        }
    }
}

/// Answers with all features or none; none if a text would have to be made up.
fn example(manifest: &Manifest, features: bool) -> Option<Answers> {
    let mut given: BTreeMap<String, Value> = BTreeMap::new();
    for question in &manifest.questions {
        let value = match &question.kind {
            QuestionKind::Bool { .. } => Value::Bool(features),
            QuestionKind::Text { default: None, choices, .. } => {
                Value::Text(choices.first().map(|choice| choice.value.clone()).unwrap_or_default())
            }
            QuestionKind::Text { .. } => continue,
        };
        given.insert(question.name.clone(), value);
    }
    Answers::new(ProjectName::parse("my-app").ok()?, manifest, given).ok()
}
