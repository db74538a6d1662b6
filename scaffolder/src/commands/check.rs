//! `heavy check`: for people, and for CI.

use serde_json::json;

use crate::cli::Check;
use crate::error::{Kind, Result};
use crate::notes::notes;
use crate::plan::moves::{Moves, Status};
use crate::suggest::listed;
use crate::tree::TreePath;
use crate::ui::{self, Ui};

use super::moving::Moving;
use super::packs;
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
    let moving = Moving::inspect(args.question.project.as_deref(), ui)?;
    let lock = &moving.lock;
    let mut object = json!({
        "project": moving.project.root(),
        "source": lock.source,
        "version": lock.version,
        "stamp": lock.stamp,
        "conflicts": lock.conflicts.iter().map(TreePath::as_str).collect::<Vec<_>>(),
    });
    let interrupted = matches!(Moves::of(&moving.project).status()?, Status::Interrupted(..));
    let packs = if interrupted || !lock.conflicts.is_empty() { Vec::new() } else { newer_packs(&moving)? };
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
        Some(Newest { stamp, .. }) if *stamp == lock.stamp && !packs.is_empty() => ("outdated", newer(&packs)),
        Some(Newest { stamp, .. }) if *stamp == lock.stamp => {
            ("current", format!("up to date with template {}", lock.version))
        }
        Some(Newest { version, .. }) if *version == lock.version => {
            ("outdated", format!("template {version} has changed since; `heavy sync` brings it"))
        }
        Some(Newest { version, .. }) => (
            "outdated",
            format!("template {version} is there, the project is at {}; `heavy sync` brings it", lock.version),
        ),
    };
    if ui.wants_json() {
        object["packs"] = packs
            .iter()
            .map(|(name, version, stamp)| json!({ "name": name, "newest": { "version": version, "stamp": stamp } }))
            .collect();
        object["state"] = state.into();
        object["newest"] = match newest {
            Some(Newest { version, stamp, news }) => {
                let news = news.iter().map(|(version, title)| json!({ "version": version, "title": title }));
                json!({ "version": version, "stamp": stamp, "notes": news.collect::<Vec<_>>() })
            }
            None => serde_json::Value::Null,
        };
        ui.json(&object)?;
    } else {
        ui.result(sentence)?;
        if newest.as_ref().is_some_and(|newest| newest.stamp != lock.stamp) && !packs.is_empty() {
            ui.result(newer(&packs))?;
        }
        let news = newest.map(|newest| newest.news).unwrap_or_default();
        if !news.is_empty() {
            ui.result(in_a_line(&news))?;
        }
    }
    Ok(if state == "current" { 0 } else { Kind::LeftOpen.exit_code() })
}

/// The newest template.
struct Newest {
    version: String,
    stamp: String,
    /// The versions since the project's own, newest first, and what they say is new.
    news: Vec<(String, String)>,
}

fn newest(moving: &Moving) -> Result<Newest> {
    let target = sync::newest_template(moving, None, None)?;
    // What cannot be read, the sync says.
    let notes = notes(&target.template, &moving.lock.version, &target.version).into_iter().rev().flatten();
    let news = notes.map(|note| (note.version, note.title)).collect();
    Ok(Newest { version: target.version, stamp: target.stamp.to_string(), news })
}

/// What is new, in one line: the newest three versions.
fn in_a_line(news: &[(String, String)]) -> String {
    let shown: Vec<String> = news.iter().take(3).map(|(version, title)| format!("{title} ({version})")).collect();
    let more = match news.len() - shown.len() {
        0 => String::new(),
        count => format!("; and {count} older"),
    };
    format!("new: {}{more}", shown.join("; "))
}

/// The packs of which there is something new: name, version and stamp.
fn newer_packs(moving: &Moving) -> Result<Vec<(String, String, String)>> {
    let mut newer = Vec::new();
    for (name, lock) in &moving.lock.packs {
        let target = packs::target(moving, name, lock, None)?;
        if target.stamp.as_str() != lock.stamp {
            newer.push((name.clone(), target.version, target.stamp.to_string()));
        }
    }
    Ok(newer)
}

fn newer(packs: &[(String, String, String)]) -> String {
    let names: Vec<String> = packs.iter().map(|(name, version, _)| format!("`{name}` {version}")).collect();
    let (packs, are, them) = if names.len() == 1 { ("pack", "is", "it") } else { ("packs", "are", "them") };
    format!("the {packs} {} {are} there; `heavy sync` shows and brings {them}", names.join(", "))
}
