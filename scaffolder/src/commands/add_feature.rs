//! `heavy add-feature` and `heavy remove-feature`.

use crate::answers::Value;
use crate::cli::Choose;
use crate::error::{Error, Result};
use crate::suggest::{listed, nearest};
use crate::template::Manifest;
use crate::ui::Ui;

use super::moving::{Extra, From, Moving};

/// Switches features on (`wanted`) or off.
pub(super) fn run(args: &Choose, wanted: bool, ui: Ui) -> Result<u8> {
    let moving = Moving::begin(&args.how, ui)?;
    let from = moving.exactly_here()?;
    let mut answers = from.answers.clone();
    for feature in &args.features {
        known(feature, &from.template.manifest)?;
        answers.set(&from.template.manifest, feature, Value::Bool(wanted))?;
    }
    let (verb, past, future) = match wanted {
        true => ("add-feature", "has", "add"),
        false => ("remove-feature", "does not have", "remove"),
    };
    let names = listed(args.features.iter().map(String::as_str));
    let to = from.with_answers(answers);
    let extra = Extra::plain(verb, format!("{future} {names}"), format!("the project {past} {names} already"));
    moving.go(&From::Known(Box::new(from)), &to, &extra)
}

fn known(feature: &str, manifest: &Manifest) -> Result<()> {
    let features = manifest.features();
    let names = || features.iter().map(|feature| feature.name);
    if names().any(|name| name == feature) {
        return Ok(());
    }
    let error = Error::user(format!("there is no feature `{}`", feature.escape_debug()));
    Err(match nearest(feature, names()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("there are {}", listed(names()))),
    })
}
