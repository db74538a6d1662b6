//! `heavy add-feature`.

use crate::answers::Value;
use crate::cli::AddFeature;
use crate::error::{Error, Result};
use crate::suggest::{kebab, listed, nearest};
use crate::template::Manifest;
use crate::ui::Ui;

use super::moving::{CurrentState, Extra, Moving};
use super::packs;

/// Switches features of the template on, and adds packs.
pub(super) fn run(args: &AddFeature, ui: Ui) -> Result<u8> {
    let moving = Moving::begin(&args.move_args, ui)?;
    let from = moving.known_state()?;
    let mut to = from.clone();
    let manifest = &from.template.manifest;
    let mut names = Vec::new();
    for typed in args.features.iter().chain(&args.more).map(|typed| typed.trim()) {
        if packs::is_address(typed) {
            let (name, pack) = packs::load(&moving, typed, &args.define)?;
            if manifest.feature(&name).is_some() {
                return Err(Error::user(format!("the template has a feature `{name}` of its own"))
                    .hint("a pack of this name cannot be told from it; ask its author for another name"));
            }
            names.push(name.clone());
            to.packs.insert(name, pack);
        } else {
            let feature = known(typed, manifest)?;
            to.answers.set(manifest, feature, Value::Bool(true))?;
            names.push(kebab(feature));
        }
    }
    let names = listed(names.iter().map(String::as_str));
    let mut extra = Extra::plain("add-feature", format!("add {names}"), format!("the project has {names} already"));
    extra.trusted = args.trust;
    moving.run(&CurrentState::Known(Box::new(from)), &to, &extra)
}

/// The placeholder of the feature that somebody calls so.
pub(super) fn known<'a>(typed: &str, manifest: &'a Manifest) -> Result<&'a str> {
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
