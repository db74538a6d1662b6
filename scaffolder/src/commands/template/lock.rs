//! `heavy template lock`: tested versions for every combination of features.
//!
//! 1. render the combination with every feature, under a name that no crate has
//! 2. let cargo complete its `Cargo.lock`: versions that are pinned stay, only what is missing is added
//! 3. do the same for every other combination, each starting from the result of 2, so that all agree
//! 4. put the lock files together ([`crate::lockgen`]) and write `Cargo.lock` and `hooks/crates.rhai`

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::answers::{Answers, ProjectName, Value};
use crate::cli::Lock;
use crate::commands::cargo;
use crate::error::{Error, Result};
use crate::hooks::NoHost;
use crate::lockgen::{Variant, template_lock};
use crate::plan::journal::Journal;
use crate::plan::write_into;
use crate::render::render;
use crate::source::folder;
use crate::template::{Manifest, Template};
use crate::tree::{File, Tree, TreePath};
use crate::ui::Ui;

use super::outdated::{Outdated, differs};

/// A name that no crate has, so that the project's own shows in cargo's lock file.
const PROBE: &str = "heavy_lock_probe";
const LOCK: &str = "Cargo.lock";
/// Every feature doubles the combinations.
const MOST_FEATURES: usize = 8;

pub(in crate::commands) fn run(args: &Lock, ui: Ui) -> Result<u8> {
    let template = Template::from_tree(folder::read(&args.dir)?)?;
    let mut variants: Vec<Variant> = Vec::new();
    for features in combinations(&template.manifest)? {
        let busy = ui.busy("Resolving versions");
        busy.now(&described(&features));
        let start = variants.first().map(|with_everything| with_everything.lock.as_str());
        let lock = resolve(&template, &features, start, args.offline)?;
        variants.push(Variant { features, lock });
    }
    let made = template_lock(PROBE, &variants)?;

    let below = template.manifest.subfolder.as_ref().map_or_else(|| args.dir.clone(), |folder| args.dir.join(folder));
    let mut outdated = Outdated::default();
    outdated.extend(differs(below.join(LOCK), made.text.into_bytes())?);
    outdated.extend(differs(below.join("hooks/crates.rhai"), as_script(&made.names).into_bytes())?);
    outdated.settle(args.check, &format!("heavy template lock {}", args.dir.display()), ui)?;
    ui.status("Locked", format_args!("{} combinations of features", variants.len()));
    Ok(0)
}

/// Every combination of features, the one with all of them first.
fn combinations(manifest: &Manifest) -> Result<Vec<BTreeMap<String, bool>>> {
    let features = manifest.features();
    if features.len() > MOST_FEATURES {
        return Err(Error::template(format!(
            "the template has {} features, which are too many to lock",
            features.len()
        ))
        .hint(format!("at most {MOST_FEATURES} can be resolved in every combination")));
    }
    let all = 0..1_u32 << features.len();
    let chosen = |bits: u32, at: usize| bits & (1 << at) != 0;
    let combination =
        |bits| features.iter().enumerate().map(|(at, feature)| (feature.name.to_owned(), chosen(bits, at))).collect();
    Ok(all.rev().map(combination).collect())
}

fn described(features: &BTreeMap<String, bool>) -> String {
    let chosen: Vec<&str> = features.iter().filter(|(_, chosen)| **chosen).map(|(name, _)| name.as_str()).collect();
    if chosen.is_empty() { "without features".to_owned() } else { format!("with {}", chosen.join(" and ")) }
}

/// What cargo makes of a project's `Cargo.lock`, starting from `start` or from the template's own.
fn resolve(
    template: &Template,
    features: &BTreeMap<String, bool>,
    start: Option<&str>,
    offline: bool,
) -> Result<String> {
    let given = features.iter().map(|(name, chosen)| (name.clone(), Value::Bool(*chosen))).collect();
    let answers = Answers::new(ProjectName::parse(PROBE)?, &template.manifest, given)?;
    let mut tree = render(template, &answers, &mut NoHost)?.tree;
    if let Some(start) = start {
        with_lock(&mut tree, start);
    }
    let journal = Journal::begin();
    let place = std::env::temp_dir().join(format!("heavy-lock-{}-{:p}", std::process::id(), &journal));
    journal.make_whole(&place).map_err(|error| Error::io("create the folder", &place, &error))?;
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

fn as_script(names: &[String]) -> String {
    let lines: String = names.iter().map(|name| format!("    \"{name}\",\n")).collect();
    format!(
        "// Written by `heavy template lock`: the crates that a project depends on, in snake case.\n\
         // A project of the same name could not be told from its dependency.\n\
         \n\
         export const NAMES = [\n{lines}];\n"
    )
}
