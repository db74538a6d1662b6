//! The questions of a template or a pack that have no answer yet.

use std::collections::BTreeMap;

use crate::answers::Value;
use crate::error::Result;
use crate::prompt::Prompt;
use crate::suggest::listed;
use crate::template::{Manifest, QuestionKind};
use crate::ui::Ui;

/// Asks the questions that have no answer yet.
pub(super) fn ask(manifest: &Manifest, prompt: &Prompt, given: &mut BTreeMap<String, Value>) -> Result<()> {
    for question in manifest.questions.iter().filter(|question| !given.contains_key(&question.name)).collect::<Vec<_>>()
    {
        let answer = match question.kind {
            QuestionKind::Bool { default } => Value::Bool(prompt.confirm(&question.prompt, default)?),
            QuestionKind::Text { .. } => prompt.question(question)?,
        };
        given.insert(question.name.clone(), answer);
    }
    Ok(())
}

/// Without anybody to ask, new questions take their defaults; that is said.
pub(super) fn report_defaults(manifest: &Manifest, given: &BTreeMap<String, Value>, ui: Ui) {
    let unanswered = manifest.questions.iter().filter(|question| !given.contains_key(&question.name));
    let names: Vec<&str> = unanswered
        .filter(|question| question.default_value().is_some())
        .map(|question| question.name.as_str())
        .collect();
    if !names.is_empty() {
        ui.note(format_args!("new questions take their defaults: {}", listed(names)));
    }
}
