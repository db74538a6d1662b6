//! `heavy time verify`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::cli::Verify;
use crate::error::{Error, Kind, Result};
use crate::hidden::escaped;
use crate::time::cement::cemented_files;
use crate::time::chain::{self, Checked, Finding};
use crate::time::clock;
use crate::time::committed;
use crate::time::paths::COMMITTED;
use crate::time::recorder::wall_clock;
use crate::ui::Ui;

/// So far may the clock of whoever cemented be ahead of this one, in seconds.
pub(super) const CLOCKS: i64 = 5 * 60;

pub(in crate::commands) fn run(args: &Verify, ui: Ui) -> Result<u8> {
    let mut files = if args.files.is_empty() { here(args.project.as_deref())? } else { named(&args.files)? };
    find_copies(&mut files);
    let broken = files.iter().filter(|(_, checked)| !checked.findings.is_empty()).count();
    if ui.wants_json() {
        let results: Vec<Value> = files.iter().map(|(name, checked)| as_json(name, checked)).collect();
        ui.json(&json!({ "in_order": broken == 0, "files": results }))?;
    } else if files.is_empty() {
        ui.result("no time is cemented here")?;
        ui.note("`heavy time cement` writes yours");
    }
    for (name, checked) in files.iter().filter(|_| !ui.wants_json()) {
        show(name, checked, ui)?;
    }
    for note in super::several_keys(files.iter().filter_map(|(_, checked)| checked.header.as_ref())) {
        ui.note(note);
    }
    Ok(if broken == 0 { 0 } else { Kind::LeftOpen.exit_code() })
}

/// Every file of the work tree, and those that only the last commit has.
fn here(project: Option<&Path>) -> Result<Vec<(PathBuf, Checked)>> {
    let paths = super::paths_of(project)?;
    let mut committed = committed::committed(&paths)?;
    let mut files = Vec::new();
    for path in cemented_files(&paths)? {
        let bytes = fs::read(&path).map_err(|error| Error::io("read", &path, &error))?;
        let mut checked = chain::check(&bytes, now());
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let before = committed.remove(&name).unwrap_or_default();
        if checked.findings.is_empty() {
            checked.findings.extend(chain::since_committed(&bytes, &before));
        }
        checked.is_called(&name);
        files.push((Path::new(COMMITTED).join(name), checked));
    }
    for name in committed.into_keys() {
        let what = "the file is gone, which the last commit has".to_owned();
        let findings = vec![Finding { line: 1, entry: None, from: None, what }];
        files.push((Path::new(COMMITTED).join(name), Checked { findings, ..Checked::default() }));
    }
    Ok(files)
}

fn named(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Checked)>> {
    let read = |path: &PathBuf| {
        let bytes = fs::read(path).map_err(|error| Error::io("read", path, &error))?;
        let mut checked = chain::check(&bytes, now());
        checked.is_called(&path.file_name().unwrap_or_default().to_string_lossy());
        Ok((path.clone(), checked))
    };
    paths.iter().map(read).collect()
}

/// Of two files with one chain the second is no more in order than its entries would be.
fn find_copies(files: &mut [(PathBuf, Checked)]) {
    let mut known: BTreeMap<String, PathBuf> = BTreeMap::new();
    for (path, checked) in files {
        let Some(header) = &checked.header else { continue };
        let first = known.entry(header.sig().to_owned()).or_insert_with(|| path.clone());
        let one_file = first == path || fs::canonicalize(&*first).ok() == fs::canonicalize(&*path).ok();
        if !one_file {
            checked.is_copy_of(&first.to_string_lossy());
        }
    }
}

fn now() -> i64 {
    wall_clock().saturating_add(CLOCKS)
}

fn show(name: &Path, checked: &Checked, ui: Ui) -> Result<()> {
    let entries = match checked.spans.len() {
        1 => "1 entry".to_owned(),
        number => format!("{number} entries"),
    };
    let whose = checked.header.as_ref().map_or(String::new(), |header| format!(" of {}", header.author));
    let state = if checked.findings.is_empty() { "in order" } else { "NOT as written" };
    let name = escaped(&name.to_string_lossy());
    ui.result(format_args!("{name}: {state}: {entries}{whose}, {}", clock(checked.seconds())))?;
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
