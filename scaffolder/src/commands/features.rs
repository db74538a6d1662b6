//! `heavy features`.

use serde_json::json;

use super::moving::{Moving, State};
use super::{load, named};
use crate::answers::Value;
use crate::cli::Features;
use crate::error::Result;
use crate::hidden::visible;
use crate::pack::{self, Pack};
use crate::project::Project;
use crate::suggest::kebab;
use crate::template::{Feature, Template};
use crate::ui::Ui;
use crate::weight::of_features;

/// Lists what a template offers and what each feature adds to a plain project; in a project what its own template
/// offers, and what the project has.
pub(super) fn run(args: &Features, ui: Ui) -> Result<u8> {
    let project = if args.template.template.is_none() { project(ui)? } else { None };
    let template = match &project {
        Some(state) => state.template.clone(),
        None => {
            let template = Template::from_tree(load(&args.template, true, ui)?.1.tree)?;
            pack::refuse(&template, &named(&args.template))?;
            template
        }
    };
    let features = template.manifest.features();
    let packs = project.as_ref().map(|state| state.packs.clone()).unwrap_or_default();
    let taken = |feature: &Feature<'_>| {
        project.as_ref().map(|state| state.answers.get(feature.name) == Some(&Value::Bool(true)))
    };
    // A template that needs somebody to ask is listed without weights.
    let weights = of_features(&template).unwrap_or_default();
    if ui.wants_json() {
        let entry = |feature: &Feature<'_>| {
            let weight = weights
                .get(feature.name)
                .map(|weight| json!({ "files": weight.files, "lines": weight.lines, "crates": weight.crates }));
            json!({
                "name": kebab(feature.name),
                "about": feature.about,
                "default": feature.default,
                "taken": taken(feature),
                "adds": weight,
            })
        };
        let of_packs = packs.iter().map(|(name, pack)| {
            json!({
                "name": name,
                "about": about(pack),
                "taken": true,
                "pack": { "source": pack.lock.source, "version": pack.lock.version, "commit": pack.lock.commit },
            })
        });
        ui.json(&features.iter().map(entry).chain(of_packs).collect::<Vec<_>>())?;
        return Ok(0);
    }
    if features.is_empty() && packs.is_empty() {
        ui.note("this template offers no features");
    }
    let names = features.iter().map(|feature| feature.name).chain(packs.keys().map(String::as_str));
    let width = names.map(str::len).max().unwrap_or(0);
    for feature in &features {
        let remark = match taken(feature) {
            Some(true) => " (this project has it)",
            None if feature.default => " (taken by default)",
            _ => "",
        };
        ui.result(format!("{:width$}  {}{remark}", kebab(feature.name), feature.about))?;
        if let Some(weight) = weights.get(feature.name) {
            ui.result(format!("{:width$}  {weight}", ""))?;
        }
    }
    for (name, pack) in &packs {
        let from = format!("pack {} from {}", pack.lock.version, pack.lock.source);
        ui.result(format!("{name:width$}  {} ({})", visible(about(pack)), visible(&from)))?;
    }
    Ok(0)
}

fn about(pack: &Pack) -> &str {
    pack.template.manifest.pack.as_ref().map_or("", |manifest| manifest.about.as_str())
}

/// The state of the project around this folder, if there is one.
fn project(ui: Ui) -> Result<Option<State>> {
    match Project::discover(std::path::Path::new(".")) {
        Ok(_) => Moving::inspect(None, ui)?.known_state().map(Some),
        Err(_) => Ok(None),
    }
}
