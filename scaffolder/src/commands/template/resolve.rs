//! Which versions cargo chooses for one combination of features.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::answers::{Answers, ProjectName, Value};
use crate::commands::cargo;
use crate::disk::journal::Journal;
use crate::disk::write::write_into;
use crate::error::{Error, Result};
use crate::hooks::NoHost;
use crate::render::render;
use crate::template::Template;
use crate::tree::{File, Tree, TreePath};

const LOCK: &str = "Cargo.lock";

/// The name of the projects that are resolved. No crate has it, so that it shows if the lock file depends on it.
const NAME: &str = "heavy_lock_probe";

/// Every feature, and whether it is chosen.
pub(super) type Features = BTreeMap<String, bool>;

/// What cargo makes of the `Cargo.lock` of a project with these features, starting from `start` or from the template's
/// own.
pub(super) fn resolve(template: &Template, features: &Features, start: Option<&str>, offline: bool) -> Result<String> {
    let mut tree = rendered(template, features)?;
    if let Some(start) = start {
        with_lock(&mut tree, start);
    }
    let journal = Journal::begin();
    let folder = journal.make_temporary("lock")?;
    write_into(&folder, &tree, &journal)?;
    complete(&folder, offline)?;
    let path = folder.join(LOCK);
    let lock = fs::read_to_string(&path).map_err(|error| Error::io("read", &path, &error))?;
    if lock.contains(NAME) {
        return Err(Error::template("the project's name is in its `Cargo.lock`, where cargo sorts packages by name")
            .hint("call the package the same in every project, and only its program like the project: `[[bin]]`"));
    }
    Ok(lock)
}

/// The lock file of a project with these features, if `text` is the template's.
pub(super) fn locked(template: &Template, text: &str, features: &Features) -> Result<String> {
    let mut template = template.clone();
    with_lock(&mut template.files, text);
    let tree = rendered(&template, features)?;
    let lock = tree.iter().find(|(path, _)| path.as_str() == LOCK).map(|(_, file)| file.bytes.as_slice());
    Ok(String::from_utf8_lossy(lock.unwrap_or_default()).into_owned())
}

fn rendered(template: &Template, features: &Features) -> Result<Tree> {
    let given = features.iter().map(|(name, chosen)| (name.clone(), Value::Bool(*chosen))).collect();
    let answers = Answers::new(ProjectName::parse(NAME)?, &template.manifest, given)?;
    Ok(render(template, &answers, &mut NoHost)?.tree)
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
