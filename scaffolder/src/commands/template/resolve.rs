//! Which versions cargo chooses for one combination of features.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::answers::{Answers, ProjectName, Value};
use crate::commands::cargo;
use crate::error::{Error, Result};
use crate::hooks::NoHost;
use crate::plan::journal::Journal;
use crate::plan::write_into;
use crate::render::render;
use crate::template::Template;
use crate::tree::{File, Tree, TreePath};

const LOCK: &str = "Cargo.lock";

/// What cargo makes of the `Cargo.lock` of a project named `probe`, starting from `start` or from the template's own.
pub(super) fn resolve(
    template: &Template,
    probe: &str,
    features: &BTreeMap<String, bool>,
    start: Option<&str>,
    offline: bool,
) -> Result<String> {
    let given = features.iter().map(|(name, chosen)| (name.clone(), Value::Bool(*chosen))).collect();
    let answers = Answers::new(ProjectName::parse(probe)?, &template.manifest, given)?;
    let mut tree = render(template, &answers, &mut NoHost)?.tree;
    if let Some(start) = start {
        with_lock(&mut tree, start);
    }
    let journal = Journal::begin();
    let place = journal.make_temporary("lock")?;
    write_into(&place, &tree, &journal)?;
    complete(&place, offline)?;
    let path = place.join(LOCK);
    fs::read_to_string(&path).map_err(|error| Error::io("read", &path, &error))
}

fn with_lock(tree: &mut Tree, lock: &str) {
    if let Ok(path) = TreePath::parse(LOCK) {
        tree.insert(path, File::new(lock));
    }
}

/// `cargo metadata` adds to `Cargo.lock` what is missing, takes out what is not used, and leaves every pin alone.
fn complete(project: &Path, offline: bool) -> Result<()> {
    let mut command = cargo(project);
    command.args(["metadata", "--format-version=1"]).args(offline.then_some("--offline"));
    let failed = || Error::system("`cargo metadata` failed in the rendered template");
    let output = command.output().map_err(|error| failed().because(error))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed().hint(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
