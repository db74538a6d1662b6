//! `heavy sync`.

use crate::answers::migrate::{Migrated, migrate};
use crate::answers::{Answers, Value};
use crate::cli::Sync;
use crate::error::Result;
use crate::lockfile::Lock;
use crate::notes::upgrading;
use crate::pack::{self, Packs};
use crate::project::files::Reach;
use crate::snapshot::Snapshot;
use crate::source::Source;
use crate::source::target::{Target, newest};
use crate::suggest::{kebab, listed, typed};
use crate::template::Manifest;
use crate::transition::Move;
use crate::tree::Tree;
use crate::ui::Ui;

use super::moving::upgrade::Upgrade;
use super::moving::{self, CurrentState, Extra, Findings, Moving, State};
use super::{packs, questions};

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
    if args.pack.is_some() {
        return move_a_pack(&moving, from, args);
    }
    let to = target(&moving, args, from.packs())?;
    let mut extra: Extra<'_> = Extra::plain(
        "sync",
        format!("from {} to {}", moving.lock.version, to.version()),
        format!("the project is at the template's version {} already", to.version()),
    );
    extra.trusted = args.trust;
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
pub(super) fn target(moving: &Moving, args: &Sync, packs: &Packs) -> Result<State> {
    let target = newest_template(moving, args.to.as_deref(), args.template.as_deref())?;
    let answers = answers(moving, args, &target.template.manifest)?;
    let newest = packs::newest(moving, packs, None, None, &[])?;
    let packs = if may_bring(moving, args) { newest } else { stay(moving, packs, &newest) };
    Ok(State { source: target.source.to_string(), rev: target.rev, template: target.template, answers, packs })
}

/// `--pack`: everything else stays as it is.
fn move_a_pack(moving: &Moving, from: CurrentState, args: &Sync) -> Result<u8> {
    let from = match from {
        CurrentState::Known(state) => *state,
        CurrentState::Unknown { why, .. } => return Err(why),
    };
    let name = args.pack.as_deref().unwrap_or_default();
    let packs = packs::newest(moving, &from.packs, Some(name), args.to.as_deref(), &args.define)?;
    let version = packs.get(name).map(|pack| pack.lock.version.clone()).unwrap_or_default();
    let to = State { packs, ..from.clone() };
    let mut extra = Extra::plain(
        "sync",
        format!("the pack `{name}` to {version}"),
        format!("the pack `{name}` is at its newest version already"),
    );
    extra.trusted = args.trust;
    moving.run(&CurrentState::Known(Box::new(from)), &to, &extra)
}

/// Whether somebody said, or can be asked, that new packs are to be trusted. What is only looked at needs no trust.
fn may_bring(moving: &Moving, args: &Sync) -> bool {
    args.trust || moving.prompt.is_some() || moving.only_looks
}

/// The packs as they are; what that leaves behind is said.
fn stay(moving: &Moving, packs: &Packs, newest: &Packs) -> Packs {
    let moved =
        newest.iter().filter(|(name, pack)| packs.get(*name).is_none_or(|old| old.lock.stamp != pack.lock.stamp));
    let moved: Vec<&str> = moved.map(|(name, _)| name.as_str()).collect();
    if !moved.is_empty() {
        let (stay, has) =
            if moved.len() == 1 { ("stays as it is", "it has") } else { ("stay as they are", "they have") };
        moving.ui.note(format_args!(
            "{} {stay}: {has} something new, and nobody said that it can be trusted; see `heavy sync --dry-run`, then add --trust",
            listed(moved)
        ));
    }
    packs.clone()
}

/// The newest version of the project's template, or the one that is asked for.
pub(super) fn newest_template(moving: &Moving, to: Option<&str>, template: Option<&str>) -> Result<Target> {
    let busy = moving.ui.busy("Looking for the newest version of the template");
    let found = newest(&moving.lock, to, template, &super::cache(moving.only_looks), &|detail| busy.now(detail))?;
    drop(busy);
    if let Some(template) = template {
        pack::refuse(&found.template, &typed(template.as_ref()))?;
    }
    Ok(found)
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
        questions::ask(manifest, prompt, &mut given)?;
    } else {
        questions::report_defaults(manifest, &given, ui);
    }
    Answers::new(moving::name_of(&moving.lock)?, manifest, given)
}
