//! The packs of a project: as they are, as they are to be, and which of them somebody has to trust first.

use std::collections::BTreeMap;

use crate::answers::migrate::migrate;
use crate::answers::{Answers, ProjectName, Value};
use crate::cli::TemplateArgs;
use crate::error::{Error, Result};
use crate::lockfile::PackLock;
use crate::manifest::Manifest;
use crate::pack::{self, Pack, Packs};
use crate::prompt::Prompt;
use crate::source::Source;
use crate::source::packs as source;
use crate::source::target::Target;
use crate::stamp::Stamp;
use crate::template::Template;
use crate::ui::Ui;

use super::moving::{self, Moving};
use super::questions;

/// Whether somebody means a pack and no feature: a URL or a path.
pub(super) fn is_address(typed: &str) -> bool {
    typed.contains(['/', '\\', ':', '#']) || typed == "." || typed == ".."
}

/// The pack at an address, for a project that has others already; `define` answers its questions.
pub(super) fn load(moving: &Moving, typed: &str, define: &[(String, String)]) -> Result<(String, Pack)> {
    let args = TemplateArgs { template: Some(typed.to_owned()), rev: None };
    let (source, loaded) = super::load(&args, moving.only_looks, moving.ui)?;
    let template = Template::from_tree(loaded.tree)?;
    let name = pack::manifest(&template, typed)?.name.clone();
    if let Some(there) = moving.lock.packs.get(&name) {
        let error = Error::user(format!("the project has the pack `{name}` already, from `{}`", there.source));
        return Err(if there.source == source.to_string() {
            error.hint(format!("move it to another version: `heavy sync --pack {name} --to REV`"))
        } else {
            error.hint(format!("take that one out first: `heavy remove-feature {name}`"))
        });
    }
    let given = define.iter().map(|(key, value)| (key.clone(), Value::Text(value.clone()))).collect();
    let answers =
        answers(moving::name_of(&moving.lock)?, &template.manifest, given, moving.prompt.as_ref(), moving.ui)?;
    Ok((name, locked(template, answers, &source, loaded.commit)))
}

/// The newest versions of packs; with `only` of that one, and `to` which. One that cannot be looked for stays as it is, unless it was
/// asked for.
pub(super) fn newest(
    moving: &Moving,
    packs: &Packs,
    only: Option<&str>,
    to: Option<&str>,
    define: &[(String, String)],
) -> Result<Packs> {
    if let Some(only) = only.filter(|only| !packs.contains_key(*only)) {
        let names: Vec<&str> = packs.keys().map(String::as_str).collect();
        let error = Error::user(format!("the project has no pack `{}`", only.escape_debug()));
        return Err(match names.as_slice() {
            [] => error.hint("it has none; add one: `heavy add-feature URL`"),
            names => error.hint(format!("it has {}", crate::suggest::listed(names.iter().copied()))),
        });
    }
    let mut moved = packs.clone();
    for (name, pack) in packs.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        let target = match target(moving, name, &pack.lock, to) {
            Ok(target) => target,
            Err(error) if only.is_none() => {
                moving.ui.warning(&error);
                continue;
            }
            Err(error) => return Err(error),
        };
        if target.stamp.as_str() == pack.lock.stamp && to.is_none() {
            continue;
        }
        let called = &pack::manifest(&target.template, &pack.lock.source)?.name;
        if called != name {
            return Err(Error::template(format!("the pack `{name}` is called `{called}` in its newest version"))
                .hint(format!("take it out and add it anew: `heavy remove-feature {name}`")));
        }
        let mut given = migrate(&pack.lock.answers, &pack.lock.version, &target.template.manifest).given;
        if only.is_some() {
            given.extend(define.iter().map(|(key, value)| (key.clone(), Value::Text(value.clone()))));
        }
        let manifest = &target.template.manifest;
        let answers = answers(moving::name_of(&moving.lock)?, manifest, given, moving.prompt.as_ref(), moving.ui)?;
        moved.insert(name.clone(), locked(target.template, answers, &target.source, target.commit));
    }
    Ok(moved)
}

/// Where a pack would go.
pub(super) fn target(moving: &Moving, name: &str, lock: &PackLock, to: Option<&str>) -> Result<Target> {
    let busy = moving.ui.busy(&format!("Looking for the newest version of the pack {name}"));
    source::newest(name, lock, to, &super::cache(moving.only_looks), &|detail| busy.now(detail))
}

fn locked(template: Template, answers: Answers, source: &Source, commit: Option<String>) -> Pack {
    let lock = PackLock {
        source: source.to_string(),
        rev: source.rev().map(str::to_owned),
        commit,
        version: template.manifest.version.clone().unwrap_or_default(),
        stamp: Stamp::of(&template).to_string(),
        answers: answers.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect(),
    };
    Pack { template, answers, lock }
}

/// An answer to every question of a pack: given, asked, or its default.
fn answers(
    name: ProjectName,
    manifest: &Manifest,
    mut given: BTreeMap<String, Value>,
    prompt: Option<&Prompt>,
    ui: Ui,
) -> Result<Answers> {
    match prompt {
        Some(prompt) => questions::ask(manifest, prompt, &mut given)?,
        None => questions::report_defaults(manifest, &given, ui),
    }
    Answers::new(name, manifest, given)
}
