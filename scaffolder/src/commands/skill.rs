//! `heavy skill`.

use serde_json::json;

use crate::cli::Skill;
use crate::error::{Error, Kind, Result};
use crate::inspect::skill::{MARK, NAME, skill};
use crate::transition::Change;
use crate::tree::{File, Tree, TreePath};
use crate::ui::Ui;

use super::generated::Target;

pub(super) fn run(args: &Skill, ui: Ui) -> Result<u8> {
    let path = format!("{}/{NAME}/SKILL.md", args.folder.trim_start_matches("./").trim_end_matches('/'));
    let path = TreePath::parse(&path).map_err(|_| {
        Error::usage(format!("`{}` is no folder in the project", args.folder.escape_debug()))
            .hint("write it from the project's folder on: `heavy skill --folder .claude/skills`")
    })?;
    if args.print || args.check {
        let project = super::project(args.common.project.as_deref())?;
        let text = skill(&project.all_files()?);
        if args.print {
            return ui.result(text.trim_end()).map(|()| 0);
        }
        let there = project.file_at(&path, &Tree::new())?;
        let is_current = there.is_some_and(|there| there.says_the_same(&File::new(text)));
        if ui.wants_json() {
            ui.json(&json!({ "project": project.root(), "path": path.as_str(), "current": is_current }))?;
        } else if is_current {
            ui.status("Unchanged", format_args!("`{path}` is as it would be written"));
        } else {
            ui.result(format_args!("`{path}` is not as it would be written; `heavy skill` writes it"))?;
        }
        return Ok(if is_current { 0 } else { Kind::LeftOpen.exit_code() });
    }
    let target = Target::open("skill", &args.common, ui)?;
    let after = File::new(skill(&target.files));
    let before = target.files.get(&path).cloned();
    if before.as_ref().is_some_and(|before| !String::from_utf8_lossy(&before.bytes).contains(MARK)) {
        return Err(Error::user(format!("`{path}` was not written by `heavy skill`"))
            .hint("move it away, or name another folder with `--folder`"));
    }
    let is_current = before.as_ref().is_some_and(|before| before.says_the_same(&after));
    let change = Change { path: path.clone(), before, after: Some(after) };
    let changes = if is_current { Vec::new() } else { vec![change] };
    if is_current {
        ui.status("Unchanged", format_args!("`{path}` is as it would be written"));
        target.finish(&changes, &json!({ "path": path.as_str() }))?;
    } else if target.apply(&changes, &json!({ "path": path.as_str() }))? {
        ui.status("Wrote", format_args!("`{path}`"));
        ui.note("`heavy undo` takes it back");
    }
    Ok(0)
}
