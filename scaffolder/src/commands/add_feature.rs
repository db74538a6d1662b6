//! `heavy add-feature` and `heavy remove-feature`.

use crate::answers::Value;
use crate::cli::FeatureArgs;
use crate::error::{Error, Result};
use crate::suggest::{kebab, listed, nearest};
use crate::template::Manifest;
use crate::ui::Ui;

use super::moving::{CurrentState, Extra, Moving};

/// Switches features on (`wanted`) or off.
pub(super) fn run(args: &FeatureArgs, wanted: bool, ui: Ui) -> Result<u8> {
    let moving = Moving::begin(&args.move_args, ui)?;
    let from = moving.known_state()?;
    let mut answers = from.answers.clone();
    let mut names = Vec::new();
    for typed in args.features.iter().chain(&args.more).map(|typed| typed.trim()) {
        let feature = known(typed, &from.template.manifest)?;
        answers.set(&from.template.manifest, feature, Value::Bool(wanted))?;
        names.push(kebab(feature));
    }
    let (verb, past, future) = match wanted {
        true => ("add-feature", "has", "add"),
        false => ("remove-feature", "does not have", "remove"),
    };
    let names = listed(names.iter().map(String::as_str));
    let to = from.with_answers(answers);
    let extra = Extra::plain(verb, format!("{future} {names}"), format!("the project {past} {names} already"));
    moving.run(&CurrentState::Known(Box::new(from)), &to, &extra)
}

/// The placeholder of the feature that somebody calls so.
fn known<'a>(typed: &str, manifest: &'a Manifest) -> Result<&'a str> {
    if let Some(feature) = manifest.feature(typed) {
        return Ok(feature.name);
    }
    let names: Vec<String> = manifest.features().iter().map(|feature| kebab(feature.name)).collect();
    let names = || names.iter().map(String::as_str);
    let error = Error::user(format!("there is no feature `{}`", typed.escape_debug()));
    Err(match nearest(typed, names()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("there are {}", listed(names()))),
    })
}
