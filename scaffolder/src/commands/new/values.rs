//! The answers to a template's questions, from wherever they come.

use std::collections::BTreeMap;

use super::answers_file::AnswersFile;
use crate::answers::{Answers, ProjectName, Value};
use crate::cli::New;
use crate::error::{Error, Result};
use crate::prompt::Prompt;
use crate::suggest::{kebab, listed, nearest};
use crate::template::{Manifest, QuestionKind};

type Given = BTreeMap<String, Value>;

/// Flags, then `-d`, then the answers file, then the person at the terminal, then the template's defaults.
pub(super) fn choose(
    args: &New,
    file: Option<AnswersFile>,
    name: &ProjectName,
    manifest: &Manifest,
    prompt: Option<&Prompt>,
) -> Result<Answers> {
    let mut given = Given::new();
    if let Some(file) = file {
        known(&file, manifest)?;
        given.extend(file.values);
    }
    given.extend(args.define.iter().map(|(key, value)| (key.clone(), Value::Text(value.clone()))));
    given.extend(args.title.iter().map(|title| ("title".to_owned(), Value::Text(title.clone()))));
    flagged(args, manifest, &mut given)?;
    if let Some(prompt) = prompt {
        ask(args, name, manifest, prompt, &mut given)?;
    }
    Answers::new(name.clone(), manifest, given)
}

/// Refuses answers to questions that the template does not ask.
fn known(file: &AnswersFile, manifest: &Manifest) -> Result<()> {
    let names = || manifest.questions.iter().map(|question| question.name.as_str());
    match file.values.iter().find(|(key, _)| manifest.question(key).is_none()) {
        None => Ok(()),
        Some((key, _)) => {
            let error = Error::user(format!("`{}` answers `{key}`, which the template does not ask for", file.path));
            Err(match nearest(key, names()) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error.hint(format!("it asks for {}", listed(names()))),
            })
        }
    }
}

/// `--feature` and `--all-features`.
fn flagged(args: &New, manifest: &Manifest, given: &mut Given) -> Result<()> {
    let features = manifest.features();
    for wanted in args.features.iter().map(|wanted| wanted.trim()) {
        let Some(feature) = manifest.feature(wanted) else {
            let names: Vec<String> = features.iter().map(|feature| kebab(feature.name)).collect();
            let error = Error::user(format!("there is no feature `{}`", wanted.escape_debug()));
            return Err(match nearest(wanted, names.iter().map(String::as_str)) {
                Some(near) => error.hint(format!("did you mean `--feature {near}`?")),
                None => error.hint("`heavy features` lists what there is"),
            });
        };
        given.insert(feature.name.to_owned(), Value::Bool(true));
    }
    if args.all_features {
        given.extend(features.iter().map(|feature| (feature.name.to_owned(), Value::Bool(true))));
    }
    Ok(())
}

/// Asks for what is missing. Whoever names features on the command line has made that choice already.
fn ask(args: &New, name: &ProjectName, manifest: &Manifest, prompt: &Prompt, given: &mut Given) -> Result<()> {
    let chosen = args.all_features || !args.features.is_empty();
    let missing: Vec<_> =
        manifest.features().into_iter().filter(|feature| !chosen && !given.contains_key(feature.name)).collect();
    for question in &manifest.questions {
        if given.contains_key(&question.name) {
            continue;
        }
        let answer = match question.kind {
            QuestionKind::Bool { .. } => continue,
            QuestionKind::Text { .. } if question.name == "title" => Value::Text(prompt.title(&name.default_title())?),
            QuestionKind::Text { .. } => prompt.question(question)?,
        };
        given.insert(question.name.clone(), answer);
    }
    if !missing.is_empty() {
        given.extend(prompt.features(&missing)?);
    }
    Ok(())
}
