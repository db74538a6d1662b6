//! `heavy remove-feature`.

use crate::answers::Value;
use crate::cli::FeatureArgs;
use crate::error::Result;
use crate::suggest::{kebab, listed};
use crate::ui::Ui;

use super::add_feature::known;
use super::moving::{CurrentState, Extra, Moving};

/// Switches features of the template off, and takes packs out.
pub(super) fn run(args: &FeatureArgs, ui: Ui) -> Result<u8> {
    let moving = Moving::begin(&args.move_args, ui)?;
    let from = moving.known_state()?;
    let mut to = from.clone();
    let mut names = Vec::new();
    for typed in args.features.iter().chain(&args.more).map(|typed| typed.trim()) {
        let pack = kebab(typed);
        if to.packs.remove(&pack).is_some() {
            names.push(pack);
        } else {
            let feature = known(typed, &from.template.manifest)?;
            to.answers.set(&from.template.manifest, feature, Value::Bool(false))?;
            names.push(kebab(feature));
        }
    }
    let names = listed(names.iter().map(String::as_str));
    let extra =
        Extra::plain("remove-feature", format!("remove {names}"), format!("the project does not have {names} already"));
    moving.run(&CurrentState::Known(Box::new(from)), &to, &extra)
}
