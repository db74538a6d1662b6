//! `heavy add-table --eject`: the built-in templates as files of the project.

use serde_json::json;

use crate::commands::generated::Target;
use crate::error::{Error, Result};
use crate::table::templates::{BUILT_IN, FOLDER};
use crate::transition::Change;
use crate::tree::{File, TreePath};

pub(super) fn run(target: &Target<'_>) -> Result<u8> {
    let (ui, dry_run) = (target.ui, target.args.dry_run);
    let mut changes = Vec::new();
    let mut kept = Vec::new();
    for (name, text) in BUILT_IN {
        let path = TreePath::parse(&format!("{FOLDER}/{name}"))
            .map_err(|problem| Error::user(format!("the path `{name}` {problem}")))?;
        if target.files.contains_key(&path) {
            kept.push(path);
        } else {
            changes.push(Change { path, before: None, after: Some(File::new(text)) });
        }
    }
    target.refuse_what_stands_there(&changes)?;
    if !ui.wants_json() {
        for path in &kept {
            ui.planned("keep", format_args!("{path} (it is yours)"), dry_run)?;
        }
    }
    target.plan(&changes)?;
    if !dry_run && !changes.is_empty() {
        target.write(&changes, false)?;
    }
    if ui.wants_json() {
        let created: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
        let kept: Vec<&str> = kept.iter().map(TreePath::as_str).collect();
        ui.json(&json!({ "command": "add-table --eject", "created": created, "kept": kept, "applied": !dry_run }))?;
    }
    if dry_run {
        ui.note("nothing was written");
    } else {
        ui.status("Ejected", format_args!("{} templates to `{FOLDER}/`", changes.len()));
        ui.note("the next `heavy add-table` uses them; delete one to go back to the built-in one");
    }
    Ok(0)
}
