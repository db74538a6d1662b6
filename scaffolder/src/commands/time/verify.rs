//! `heavy time verify`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::Verify;
use crate::error::{Error, Kind, Result};
use crate::time::chain::{self, Checked};
use crate::time::clock;
use crate::timekeeper::cement::cemented_files;
use crate::timekeeper::watch::wall_clock;
use crate::ui::Ui;

/// So far may the clock of whoever cemented be ahead of this one, in seconds.
pub(super) const CLOCKS: i64 = 5 * 60;

pub(in crate::commands) fn run(args: &Verify, ui: Ui) -> Result<u8> {
    let now = wall_clock().saturating_add(CLOCKS);
    let (files, root) = if args.files.is_empty() {
        let place = super::place(args.project.as_deref())?;
        (cemented_files(&place)?, place.root().to_owned())
    } else {
        (args.files.clone(), PathBuf::new())
    };
    let mut broken = 0;
    let mut results = Vec::new();
    for path in &files {
        let bytes = fs::read(path).map_err(|error| Error::io("read", path, &error))?;
        let checked = chain::check(&bytes, now);
        let name = path.strip_prefix(&root).unwrap_or(path);
        broken += usize::from(!checked.findings.is_empty());
        if ui.wants_json() {
            results.push(as_json(name, &checked));
        } else {
            show(name, &checked, ui)?;
        }
    }
    if ui.wants_json() {
        ui.json(&json!({ "in_order": broken == 0, "files": results }))?;
    } else if files.is_empty() {
        ui.result("no time is cemented here")?;
        ui.note("`heavy time cement` writes yours");
    }
    Ok(if broken == 0 { 0 } else { Kind::LeftOpen.exit_code() })
}

fn show(name: &Path, checked: &Checked, ui: Ui) -> Result<()> {
    let entries = match checked.spans.len() {
        1 => "1 entry".to_owned(),
        number => format!("{number} entries"),
    };
    let whose = checked.header.as_ref().map_or(String::new(), |header| format!(" of {}", header.author));
    let state = if checked.findings.is_empty() { "in order" } else { "NOT as written" };
    ui.result(format_args!("{}: {state}: {entries}{whose}, {}", name.display(), clock(checked.seconds())))?;
    for finding in &checked.findings {
        ui.result(format_args!("    {finding}"))?;
    }
    Ok(())
}

fn as_json(name: &Path, checked: &Checked) -> Value {
    json!({
        "file": name,
        "author": checked.header.as_ref().map(|header| &header.author),
        "key": checked.header.as_ref().map(|header| &header.key),
        "entries": checked.spans.len(),
        "seconds": checked.seconds(),
        "findings": checked.findings,
    })
}
