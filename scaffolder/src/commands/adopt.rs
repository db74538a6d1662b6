//! `heavy adopt`.

use serde_json::json;

use crate::adopt::{Fit, fit};
use crate::answers::{ProjectName, Value};
use crate::cli::{Adopt, MoveArgs};
use crate::error::{Error, Result};
use crate::lockfile::{LOCKFILE, Lock};
use crate::merge::Labels;
use crate::pack;
use crate::plan::moves::{Header, Moves};
use crate::project::Project;
use crate::project::files::Reach;
use crate::prompt::Prompt;
use crate::source::Source;
use crate::source::versions::versions;
use crate::stamp::Stamp;
use crate::suggest::listed;
use crate::template::Template;
use crate::transition::{Change, Move};
use crate::tree::{File, Tree, TreePath};
use crate::ui::Ui;

use super::consent;
use super::moving::open;

pub(super) fn run(args: &Adopt, ui: Ui) -> Result<u8> {
    let move_args = &args.move_args;
    let project = Project::at(move_args.project.as_deref().unwrap_or(std::path::Path::new(".")))?;
    let prompt = if move_args.yes || move_args.json || move_args.dry_run { None } else { Prompt::at_terminal() };
    open::refuse_or_finish(&project, prompt.as_ref(), ui)?;
    open::mention_unreadable_git(&project, ui);
    let source = Source::parse(args.template.template.as_deref(), args.template.rev.as_deref())?;

    let candidates = candidates(&source, move_args.dry_run, ui)?;
    if let Some(newest) = candidates.first() {
        pack::refuse(newest, &super::named(&args.template))?;
    }
    let found = match recorded(&project, &source, args, &candidates) {
        Some(lock) => Found::Recorded(lock),
        None => best(&project, &source, args, &candidates)?,
    };
    let lock = found.lock();
    let plan = plan(&project, lock, ui)?;
    report(&found, &plan, move_args, ui)?;
    if plan.is_empty() || move_args.dry_run {
        return Ok(0);
    }
    consent::ask(prompt.as_ref(), "Is that where it comes from?", &plan.changes, ui)?;
    let header = Header {
        verb: "adopt".to_owned(),
        from: String::new(),
        to: lock.version.clone(),
        labels: Labels::new("yours", format!("template {}", lock.version)),
    };
    Moves::of(&project).apply(&plan, &header)?;
    ui.status("Adopted", format_args!("`{}` as a project of template {}", name(lock), lock.version));
    ui.note("`heavy diff` shows what it changed since; `heavy sync` brings what is new");
    Ok(0)
}

/// Every version of the template that can be had.
fn candidates(source: &Source, only_looks: bool, ui: Ui) -> Result<Vec<Template>> {
    let busy = ui.busy("Looking for versions of the template");
    versions(source, &super::cache(only_looks), &|detail| busy.now(detail))
}

/// Where a project comes from.
enum Found {
    /// Its `heavy.toml` names a version that there is.
    Recorded(Lock),
    /// Its files are most like this.
    Best(Lock, Fit),
}

impl Found {
    const fn lock(&self) -> &Lock {
        match self {
            Self::Recorded(lock) | Self::Best(lock, _) => lock,
        }
    }
}

/// What the project's `heavy.toml` says, if one of the candidates has its stamp; now with the source that was given.
fn recorded(project: &Project, source: &Source, args: &Adopt, candidates: &[Template]) -> Option<Lock> {
    let lock = project.lock().ok().filter(|_| args.define.is_empty())?;
    candidates.iter().any(|template| Stamp::of(template).as_str() == lock.stamp).then_some(())?;
    let rev = args.template.rev.clone().or(lock.rev);
    Some(Lock { source: source.to_string(), rev, ..lock })
}

/// The version and the answers whose files are most like the project's.
fn best(project: &Project, source: &Source, args: &Adopt, candidates: &[Template]) -> Result<Found> {
    let files = project.snapshot(&Tree::new(), &Tree::new(), Reach::Everything)?.files;
    let (name, given): (Vec<_>, Vec<_>) = args.define.iter().partition(|(key, _)| key == "name");
    let name = name.first().map(|(_, name)| ProjectName::parse(name)).transpose()?;
    let given = given.into_iter().map(|(key, value)| (key.clone(), Value::Text(value.clone()))).collect();
    let fit = fit(candidates, &files, name.as_ref(), &given)?;
    let lock = lock(source, args.template.rev.as_deref(), &candidates[fit.template], &fit);
    Ok(Found::Best(lock, fit))
}

/// What `heavy.toml` says from now on.
fn lock(source: &Source, rev: Option<&str>, template: &Template, fit: &Fit) -> Lock {
    let mut answers: std::collections::BTreeMap<String, Value> =
        fit.answers.iter().map(|(key, value)| (key.to_owned(), value.clone())).collect();
    answers.insert("name".to_owned(), Value::Text(fit.answers.name.crate_name().to_owned()));
    Lock {
        source: source.to_string(),
        rev: rev.map(str::to_owned),
        version: template.manifest.version.clone().unwrap_or_default(),
        stamp: Stamp::of(template).to_string(),
        answers,
        packs: std::collections::BTreeMap::new(),
        conflicts: Vec::new(),
    }
}

/// A move that writes `heavy.toml`, and nothing else. One that cannot be kept, because nobody could read it afterwards, is
/// replaced, and that is said.
fn plan(project: &Project, lock: &Lock, ui: Ui) -> Result<Move> {
    let path = TreePath::parse(LOCKFILE).map_err(|problem| Error::system(format!("`{LOCKFILE}` {problem}")))?;
    let before = project.file_at(&path, &Tree::new())?;
    let text = before.as_ref().map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    let edited = text.as_deref().and_then(|text| Lock::write_into(text, lock).ok());
    let kept = edited.filter(|edited| Lock::parse(edited).is_ok());
    if before.is_some() && kept.is_none() {
        ui.note(format_args!(
            "the `{LOCKFILE}` that is there is none of heavy's and is replaced; `heavy undo` brings it back"
        ));
    }
    let after = Some(File::new(kept.unwrap_or_else(|| lock.to_toml())));
    let changes = if before == after { Vec::new() } else { vec![Change { path, before, after }] };
    Ok(Move { changes, ..Move::default() })
}

fn report(found: &Found, plan: &Move, args: &MoveArgs, ui: Ui) -> Result<()> {
    let lock = found.lock();
    if ui.wants_json() {
        let mut object = json(found, plan);
        if args.diff {
            object["diff"] = consent::text(&plan.changes).into();
        }
        return ui.json(&object);
    }
    match found {
        Found::Recorded(_) => ui.status(
            "Found",
            format_args!("`{}` comes from template {} of `{}`, by its stamp", name(lock), lock.version, lock.source),
        ),
        Found::Best(lock, fit) => {
            let total = fit.same + fit.differing.len() + fit.missing.len();
            let features = fit.answers.features();
            let with = if features.is_empty() { String::new() } else { format!(" with {}", features.join(" and ")) };
            let (name, version, same) = (name(lock), &lock.version, fit.same);
            let files = format_args!("{same} of {total} files are the same");
            ui.status("Found", format_args!("`{name}` is most like template {version}{with}: {files}"));
            for (key, value) in fit.answers.iter() {
                let told = if fit.unanswered.iter().any(|name| name == key) { " (the files do not tell)" } else { "" };
                ui.line(format_args!("    {key} = {}{told}", shown(value)));
            }
            for (what, paths) in [("differs", &fit.differing), ("is missing", &fit.missing)] {
                for path in paths {
                    ui.line(format_args!("    {path} {what}"));
                }
            }
        }
    }
    if let Found::Best(_, fit) = found
        && let Some(first) = fit.unanswered.first()
    {
        ui.note(format_args!(
            "the files do not tell {}; take back what is wrong with `heavy undo`, and answer: `heavy adopt -d {first}=VALUE`",
            listed(fit.unanswered.iter().map(String::as_str))
        ));
    }
    if plan.is_empty() {
        ui.note(format_args!("`{LOCKFILE}` says so already"));
    } else if args.diff {
        ui.difference(&consent::lines(&plan.changes), args.dry_run)?;
    }
    Ok(())
}

fn json(found: &Found, plan: &Move) -> serde_json::Value {
    let lock = found.lock();
    let mut object = json!({
        "command": "adopt",
        "name": name(lock),
        "source": lock.source,
        "version": lock.version,
        "stamp": lock.stamp,
        "changes": plan.changes.len(),
    });
    if let Found::Best(_, fit) = found {
        let paths = |paths: &[TreePath]| paths.iter().map(ToString::to_string).collect::<Vec<_>>();
        object["answers"] = fit.answers.iter().map(|(key, value)| (key.to_owned(), as_json(value))).collect();
        object["unanswered"] = fit.unanswered.clone().into();
        object["same"] = fit.same.into();
        object["differing"] = paths(&fit.differing).into();
        object["missing"] = paths(&fit.missing).into();
    }
    object
}

/// A value as `heavy.toml` has it.
fn shown(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Text(text) => format!("{text:?}"),
    }
}

fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(value) => (*value).into(),
        Value::Text(text) => text.as_str().into(),
    }
}

fn name(lock: &Lock) -> String {
    lock.answers.get("name").map(ToString::to_string).unwrap_or_default()
}
