//! `heavy check`: for people, and for CI.

use serde_json::json;

use crate::cli::Check;
use crate::error::{Kind, Result};
use crate::plan::moves::{Moves, Status};
use crate::suggest::listed;
use crate::tree::TreePath;
use crate::ui::{self, Ui};

use super::moving::Moving;
use super::sync;

/// What this command exits with when it cannot tell.
const CANNOT_TELL: u8 = 2;

pub(super) fn run(args: &Check, ui: Ui) -> Result<u8> {
    // Whatever kind an error is of, here it has one code: a script has three cases to tell apart.
    answer(args, ui).or_else(|error| match error.kind {
        Kind::Stopped => Err(error),
        _ => {
            ui::error(&error, ui.wants_json());
            Ok(CANNOT_TELL)
        }
    })
}

fn answer(args: &Check, ui: Ui) -> Result<u8> {
    let moving = Moving::inspect(args.project.as_deref(), ui)?;
    let lock = &moving.lock;
    let mut object = json!({
        "project": moving.project.root(),
        "source": lock.source,
        "version": lock.version,
        "stamp": lock.stamp,
        "conflicts": lock.conflicts.iter().map(TreePath::as_str).collect::<Vec<_>>(),
    });
    let interrupted = matches!(Moves::of(&moving.project).status()?, Status::Interrupted(..));
    let newest = if interrupted || !lock.conflicts.is_empty() { None } else { Some(newest(&moving)?) };
    let (state, sentence) = match &newest {
        _ if interrupted => (
            "interrupted",
            "a move was interrupted; `heavy sync --continue` finishes it, `heavy sync --abort` takes it back"
                .to_owned(),
        ),
        None => {
            let files = listed(lock.conflicts.iter().map(TreePath::as_str));
            ("conflicts", format!("conflicts are open in {files}; resolve them, then `heavy sync --continue`"))
        }
        Some((_, stamp)) if *stamp == lock.stamp => ("current", format!("up to date with template {}", lock.version)),
        Some((version, _)) if *version == lock.version => {
            ("outdated", format!("template {version} has changed since; `heavy sync` brings it"))
        }
        Some((version, _)) => (
            "outdated",
            format!("template {version} is there, the project is at {}; `heavy sync` brings it", lock.version),
        ),
    };
    if ui.wants_json() {
        object["state"] = state.into();
        object["newest"] = match newest {
            Some((version, stamp)) => json!({ "version": version, "stamp": stamp }),
            None => serde_json::Value::Null,
        };
        ui.json(&object)?;
    } else {
        ui.result(sentence)?;
    }
    Ok(if state == "current" { 0 } else { Kind::LeftOpen.exit_code() })
}

/// Version and stamp of the newest template.
fn newest(moving: &Moving) -> Result<(String, String)> {
    let target = sync::newest_template(moving, None, None)?;
    Ok((target.version, target.stamp.to_string()))
}
