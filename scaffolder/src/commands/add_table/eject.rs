//! `heavy add-table --eject`: the built-in templates as files of the project.

use serde_json::json;

use crate::cli::AddTable;
use crate::error::{Error, Result};
use crate::lockfile::Lock;
use crate::project::Project;
use crate::table::Generated;
use crate::table::templates::{BUILT_IN, FOLDER};
use crate::transition::Change;
use crate::tree::{File, Tree, TreePath};
use crate::ui::Ui;

pub(super) fn run(args: &AddTable, ui: Ui, project: &Project, lock: &Lock, files: &Tree) -> Result<u8> {
    let mut generated = Generated::default();
    let mut kept = Vec::new();
    for (name, text) in BUILT_IN {
        let path = TreePath::parse(&format!("{FOLDER}/{name}"))
            .map_err(|problem| Error::user(format!("the path `{name}` {problem}")))?;
        if files.contains_key(&path) {
            kept.push(path);
        } else {
            generated.changes.push(Change { path, before: None, after: Some(File::new(text)) });
        }
    }
    super::refuse_what_stands_there(project, files.clone(), &generated.changes)?;
    if !ui.wants_json() {
        for path in &kept {
            ui.planned("keep", format_args!("{path} (it is yours)"), args.dry_run)?;
        }
        for change in &generated.changes {
            ui.planned("create", &change.path, args.dry_run)?;
        }
    }
    if !args.dry_run && !generated.changes.is_empty() {
        super::apply(project, lock, &generated)?;
    }
    if ui.wants_json() {
        let created: Vec<&str> = generated.changes.iter().map(|change| change.path.as_str()).collect();
        let kept: Vec<&str> = kept.iter().map(TreePath::as_str).collect();
        ui.json(
            &json!({ "command": "add-table --eject", "created": created, "kept": kept, "applied": !args.dry_run }),
        )?;
    }
    if args.dry_run {
        ui.note("nothing was written");
    } else {
        ui.status("Ejected", format_args!("{} templates to `{FOLDER}/`", generated.changes.len()));
        ui.note("the next `heavy add-table` uses them; delete one to go back to the built-in one");
    }
    Ok(0)
}
