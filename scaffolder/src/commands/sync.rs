//! `heavy sync`.

use std::collections::BTreeMap;

use crate::answers::migrate::{Migrated, migrate};
use crate::answers::{Answers, Value};
use crate::cli::Sync;
use crate::error::Result;
use crate::lockfile::Lock;
use crate::notes::upgrading;
use crate::project::files::Reach;
use crate::prompt::Prompt;
use crate::snapshot::Snapshot;
use crate::source::Source;
use crate::source::target::{Target, newest};
use crate::suggest::{kebab, listed};
use crate::template::{Manifest, QuestionKind};
use crate::transition::Move;
use crate::tree::Tree;
use crate::ui::Ui;

use super::moving::upgrade::Upgrade;
use super::moving::{self, CurrentState, Extra, Findings, Moving, State};

pub(super) fn run(args: &Sync, ui: Ui) -> Result<u8> {
    if args.go_on {
        return moving::open::go_on(&args.move_args, ui);
    }
    if args.abort {
        return moving::open::abort(&args.move_args, ui);
    }
    let moving = Moving::begin(&args.move_args, ui)?;
    let other = args.template.as_deref().map(|template| Source::parse(Some(template), None)).transpose()?;
    let from = moving.current_state(other.as_ref())?;
    if let CurrentState::Unknown { why, .. } = &from {
        ui.warning(why);
        ui.note("files that are as some known version made them move on; every other difference becomes a conflict");
    }
    let to = target(&moving, args)?;
    let mut extra: Extra<'_> = Extra::plain(
        "sync",
        format!("from {} to {}", moving.lock.version, to.version()),
        format!("the project is at the template's version {} already", to.version()),
    );
    extra.afterwards.extend(new_features(&moving.lock, &to));
    let upgrade = Upgrade::of(&moving.lock.version, &to, ui);
    let keep = moving.project.keep()?;
    let and_then = |plan: &mut Move, ours: &Snapshot, theirs: &Tree| Findings {
        upgrade: upgrade.add_to(plan, ours, theirs, &to, &keep),
        ..Findings::default()
    };
    if !upgrade.is_empty() {
        extra = Extra { reach: Reach::Everything, writes: upgrading::path(), and_then: &and_then, ..extra };
    }
    moving.run(&from, &to, &extra)
}

/// A sentence about parts of the template that every project had at this one's version, that are features now, and that it keeps.
fn new_features(lock: &Lock, to: &State) -> Option<String> {
    let manifest = &to.template.manifest;
    let unasked = migrate(&lock.answers, &lock.version, manifest).unasked;
    let is_kept =
        |name: &str| unasked.iter().any(|had| had == name) && to.answers.get(name) == Some(&Value::Bool(true));
    let kept: Vec<String> =
        manifest.features().iter().filter(|feature| is_kept(feature.name)).map(|feature| kebab(feature.name)).collect();
    match kept.as_slice() {
        [] => None,
        [name] => Some(format!("`{name}` is a feature now, and stays: `heavy remove-feature {name}` takes it out")),
        names => {
            let names = listed(names.iter().map(String::as_str));
            Some(format!("{names} are features now, and stay: `heavy remove-feature FEATURE` takes one out"))
        }
    }
}

/// Where the project should go: the version, and answers for what it asks.
pub(super) fn target(moving: &Moving, args: &Sync) -> Result<State> {
    let target = newest_template(moving, args.to.as_deref(), args.template.as_deref())?;
    let answers = answers(moving, args, &target.template.manifest)?;
    Ok(State { source: target.source.to_string(), rev: target.rev, template: target.template, answers })
}

/// The newest version of the project's template, or the one that is asked for.
pub(super) fn newest_template(moving: &Moving, to: Option<&str>, template: Option<&str>) -> Result<Target> {
    let busy = moving.ui.busy("Looking for the newest version of the template");
    newest(&moving.lock, to, template, &super::cache(moving.only_looks), &|detail| busy.now(detail))
}

/// The recorded answers, moved by the manifest's rules; what is new or no longer fits is taken from `-d`, asked, or its default.
fn answers(moving: &Moving, args: &Sync, manifest: &Manifest) -> Result<Answers> {
    let ui = moving.ui;
    let Migrated { mut given, dropped, asked_again, .. } =
        migrate(&moving.lock.answers, &moving.lock.version, manifest);
    for (question, value) in &dropped {
        ui.note(format_args!("the template does not ask for `{question}` any more; your answer was `{value}`"));
    }
    for (question, value, why) in &asked_again {
        ui.note(format_args!("the answer `{value}` for `{question}` does not hold any more: {why}"));
    }
    for (key, value) in &args.define {
        given.insert(key.clone(), Value::Text(value.clone()));
    }
    if let Some(prompt) = &moving.prompt {
        ask(manifest, prompt, &mut given)?;
    } else {
        report_defaults(manifest, &given, ui);
    }
    Answers::new(moving::name_of(&moving.lock)?, manifest, given)
}

/// Asks the questions that have no answer yet.
fn ask(manifest: &Manifest, prompt: &Prompt, given: &mut BTreeMap<String, Value>) -> Result<()> {
    for question in manifest.questions.iter().filter(|question| !given.contains_key(&question.name)).collect::<Vec<_>>()
    {
        let answer = match question.kind {
            QuestionKind::Bool { default } => Value::Bool(prompt.confirm(&question.prompt, default)?),
            QuestionKind::Text { .. } => prompt.question(question)?,
        };
        given.insert(question.name.clone(), answer);
    }
    Ok(())
}

/// Without anybody to ask, new questions take their defaults; that is said.
fn report_defaults(manifest: &Manifest, given: &BTreeMap<String, Value>, ui: Ui) {
    let unanswered = manifest.questions.iter().filter(|question| !given.contains_key(&question.name));
    let names: Vec<&str> = unanswered
        .filter(|question| question.default_value().is_some())
        .map(|question| question.name.as_str())
        .collect();
    if !names.is_empty() {
        ui.note(format_args!("new questions take their defaults: {}", listed(names)));
    }
}
