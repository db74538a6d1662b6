//! `heavy merge-driver`: git's side of the merge by sets.

use std::env;
use std::fs;
use std::path::Path;

use crate::cli::MergeDriver;
use crate::disk::replace::{Access, replace};
use crate::error::{Error, Result};
use crate::merge::{Labels, Style, merge_file};
use crate::project::Project;
use crate::tree::TreePath;
use crate::ui;

/// What git takes for a failure: it stops the merge. 1 to 127 are conflicts.
const FAILED: u8 = 129;

pub(super) fn run(args: &MergeDriver) -> Result<u8> {
    merge(args).or_else(|error| {
        ui::error(&error, false);
        Ok(FAILED)
    })
}

fn merge(args: &MergeDriver) -> Result<u8> {
    let read = |path: &Path| fs::read(path).map_err(|error| Error::io("read", path, &error));
    let (base, ours, theirs) = (read(&args.base)?, read(&args.ours)?, read(&args.theirs)?);
    // Only the name decides how a file is merged.
    let name = args.path.rsplit('/').next().unwrap_or_default();
    let path = TreePath::parse(&args.path).or_else(|_| TreePath::parse(name)).or_else(|_| TreePath::parse("file"));
    let path = path.map_err(|problem| Error::usage(format!("`{}` {problem}", args.path)))?;
    // An older git leaves a placeholder as it is.
    let label = |label: &Option<String>, usual: &str| {
        label.clone().filter(|label| !label.is_empty() && !label.starts_with('%')).unwrap_or_else(|| usual.to_owned())
    };
    let mut labels = Labels::new(label(&args.our_label, "ours"), label(&args.their_label, "theirs"));
    labels.base = label(&args.base_label, "base");
    labels.size = args.marker_size;
    // Git runs a driver at the top of the work tree.
    let configured = || Project::at(Path::new(".")).map(|project| project.conflict_style()).unwrap_or_default();
    labels.style = typed_style().unwrap_or_else(configured);
    let merged = merge_file(&path, &base, &ours, &theirs, &labels);
    let code = u8::from(merged.is_err());
    let bytes = merged.unwrap_or_else(|marked| marked);
    if bytes != ours {
        replace(&args.ours, &bytes, Access::Usual).map_err(|error| Error::io("write", &args.ours, &error))?;
    }
    Ok(code)
}

/// The style of `git -c merge.conflictStyle=…`, which git hands on in a variable, in quotes.
fn typed_style() -> Option<Style> {
    let typed = env::var("GIT_CONFIG_PARAMETERS").ok()?.replace('\'', "").to_ascii_lowercase();
    let (_, value) = typed.rsplit_once("merge.conflictstyle=")?;
    Style::named(value.split_whitespace().next()?)
}
