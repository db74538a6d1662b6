//! `heavy features`.

use serde_json::json;

use super::load;
use crate::cli::Features;
use crate::error::Result;
use crate::template::Template;
use crate::ui::Ui;

pub(super) fn run(args: &Features, ui: Ui) -> Result<u8> {
    let (_, loaded) = load(&args.template, ui)?;
    let template = Template::from_tree(loaded.tree)?;
    let features = template.manifest.features();
    if ui.wants_json() {
        let list: Vec<_> = features
            .iter()
            .map(|feature| json!({ "name": feature.name, "about": feature.about, "default": feature.default }))
            .collect();
        ui.json(&list)?;
        return Ok(0);
    }
    if features.is_empty() {
        ui.note("this template offers no features");
    }
    let width = features.iter().map(|feature| feature.name.len()).max().unwrap_or(0);
    for feature in &features {
        let default = if feature.default { " (taken by default)" } else { "" };
        ui.result(format!("{:width$}  {}{default}", feature.name, feature.about))?;
    }
    Ok(0)
}
