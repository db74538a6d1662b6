//! What every move has in common: find the project and where it stands, compute, show, confirm, apply, report.

use std::collections::BTreeMap;
use std::path::Path;

use crate::answers::{Answers, ProjectName, Value};
use crate::cli::MoveArgs;
use crate::error::{Error, Result};
use crate::lockfile::{EMBEDDED, LOCKFILE, Lock};
use crate::merge::{Labels, Style};
use crate::pack::{Addition, Ground, Packs, lay};
use crate::plan::moves::{Header, Moves};
use crate::project::files::Reach;
use crate::project::{Project, origin};
use crate::prompt::Prompt;
use crate::render::{Renderings, render_again};
use crate::snapshot::Snapshot;
use crate::source::Source;
use crate::source::base::{Base, base};
use crate::stamp::Stamp;
use crate::template::Template;
use crate::transition::{Move, Request, known_part, transition};
use crate::tree::{Tree, TreePath};
use crate::ui::Ui;

use super::consent;
use super::host::TerminalHost;
use super::trust;

mod clean;
pub(super) mod listing;
pub(super) mod open;
mod packs;
mod report;
mod resolved;
pub(super) mod upgrade;

pub(super) use report::{Extra, Findings, left_open};

/// A project that is looked at or about to be moved.
pub(super) struct Moving {
    pub(super) args: MoveArgs,
    pub(super) ui: Ui,
    pub(super) prompt: Option<Prompt>,
    pub(super) project: Project,
    pub(super) lock: Lock,
    /// Whether nothing is to be written, wherever it is.
    pub(super) only_looks: bool,
    /// The two sides of the template are rendered one after the other.
    renderings: Renderings,
}

/// A state that a project can be in: a template with answers.
#[derive(Clone)]
pub(super) struct State {
    /// As `heavy.toml` says it.
    pub(super) source: String,
    pub(super) rev: Option<String>,
    pub(super) template: Template,
    pub(super) answers: Answers,
    pub(super) packs: Packs,
}

impl State {
    pub(super) fn with_answers(&self, answers: Answers) -> Self {
        Self { answers, ..self.clone() }
    }

    /// Whether a file is written once and never again touched, by the template or by a pack.
    pub(super) fn is_once(&self, path: &TreePath) -> bool {
        let of_packs = self.packs.values().map(|pack| &pack.template.manifest);
        std::iter::once(&self.template.manifest).chain(of_packs).any(|manifest| manifest.is_once(path))
    }

    pub(super) fn version(&self) -> &str {
        self.template.manifest.version.as_deref().unwrap_or("without version")
    }
}

/// The state of a project.
pub(super) enum CurrentState {
    /// At exactly this state.
    Known(Box<State>),
    /// At a version that cannot be had: why, and what is known of its template.
    Unknown { why: Error, known: Vec<Template>, packs: Packs },
}

impl CurrentState {
    /// The packs, which are known in any case.
    pub(super) fn packs(&self) -> &Packs {
        match self {
            Self::Known(state) => &state.packs,
            Self::Unknown { packs, .. } => packs,
        }
    }
}

impl Moving {
    /// Finds the project, and refuses one with a move that is not finished.
    pub(super) fn begin(args: &MoveArgs, ui: Ui) -> Result<Self> {
        let project = super::project(args.project.as_deref())?;
        let prompt = if args.yes || args.json { None } else { Prompt::at_terminal() };
        open::refuse_or_finish(&project, prompt.as_ref().filter(|_| !args.dry_run), ui)?;
        open::mention_unreadable_git(&project, ui);
        let lock = project.lock()?;
        Ok(Self {
            args: args.clone(),
            ui,
            prompt,
            project,
            lock,
            only_looks: args.dry_run,
            renderings: Renderings::default(),
        })
    }

    /// Finds the project only to look at it.
    pub(super) fn inspect(folder: Option<&Path>, ui: Ui) -> Result<Self> {
        let project = super::project(folder)?;
        let lock = project.lock()?;
        Ok(Self {
            args: MoveArgs::default(),
            ui,
            prompt: None,
            project,
            lock,
            only_looks: true,
            renderings: Renderings::default(),
        })
    }

    /// The state at which the project stands, for moves that stay at its version.
    pub(super) fn known_state(&self) -> Result<State> {
        match self.current_state(None)? {
            CurrentState::Known(state) => Ok(*state),
            CurrentState::Unknown { why, .. } => Err(why.hint(
                "`heavy sync` moves on to a version that can be had, and shows what it cannot decide as conflicts",
            )),
        }
    }

    /// Where the project stands. Its template is looked for in `other` too, where it is said to be now.
    pub(super) fn current_state(&self, other: Option<&Source>) -> Result<CurrentState> {
        let packs = packs::current(self)?;
        let busy = self.ui.busy("Looking for the template's version of this project");
        Ok(match base(&self.lock, other, &super::cache(self.only_looks), &|detail| busy.now(detail)) {
            Base::Found(template) => {
                let answers = answers_of(&self.lock, &template)?;
                let (source, rev) = (self.lock.source.clone(), self.lock.rev.clone());
                CurrentState::Known(Box::new(State { source, rev, template: *template, answers, packs }))
            }
            Base::NotFound { why, known } => CurrentState::Unknown { why, known, packs },
        })
    }

    /// Computes the move, shows it, and applies it once it is confirmed. Returns the exit code.
    pub(super) fn run(&self, from: &CurrentState, to: &State, extra: &Extra<'_>) -> Result<u8> {
        let (theirs, additions) = self.rendered(to, None)?;
        let coming = trust::coming(&self.lock, &to.packs, &additions, &theirs);
        let (base, base_is_known) = self.base(from, to, &theirs)?;
        let keep = self.project.keep()?;
        let (kept, theirs): (Tree, Tree) = theirs.into_iter().partition(|(path, _)| keep.matches(path));
        let (kept_before, base): (Tree, Tree) = base.into_iter().partition(|(path, _)| keep.matches(path));
        self.project.check_checked_out(|left_out| {
            let is_in = |path: &TreePath| path.is_within(left_out.trim_end_matches('/'));
            extra.reach == Reach::Everything || base.keys().chain(theirs.keys()).any(is_in)
        })?;
        let labels = self.labels(to);
        let mut ours = self.project.snapshot(&base, &theirs, extra.reach)?;
        self.check_still_here(&ours)?;
        self.project.add_paths(&mut ours, &base, extra.writes.iter())?;
        let driver = self.project.merge_driver()?;
        let once = |path: &TreePath| to.is_once(path);
        let planned = |ours: &Snapshot| {
            transition(&Request {
                base: &base,
                ours,
                theirs: &theirs,
                once: &once,
                labels: &labels,
                driver: &driver,
                base_is_known,
            })
        };
        let mut plan = planned(&ours)?;
        // Where a file should go that no tree has a name for, something can stand that no snapshot had a reason to look at.
        while self.project.add_paths(&mut ours, &base, plan.changes.iter().map(|change| &change.path))? {
            plan = planned(&ours)?;
        }
        plan.lock_by_cargo |= self.needs_other_crates(from, to);
        let mut untouched: Vec<&TreePath> = kept.keys().chain(kept_before.keys()).collect();
        untouched.sort();
        untouched.dedup();
        untouched.retain(|path| kept.get(*path) != kept_before.get(*path));
        plan.untouched = untouched.into_iter().cloned().collect();
        let findings = (extra.and_then)(&mut plan, &ours, &theirs);
        if plan.is_empty() {
            return report::nothing(self, to, extra, &findings);
        }
        for note in driver.notes() {
            self.ui.note(note);
        }
        let leaves_the_template = |path: &&TreePath| ours.files.contains_key(*path) && !theirs.contains_key(*path);
        let staying: Vec<&TreePath> = base.keys().filter(|path| once(path)).filter(leaves_the_template).collect();
        let report = report::Report {
            moving: self,
            from,
            to,
            plan: &plan,
            extra,
            coming: &coming,
            findings: &findings,
            staying: &staying,
        };
        if !self.args.dry_run {
            // Said first: in the middle of a merge, to commit or to stash would be bad advice.
            self.project.check_nothing_in_progress()?;
            if !self.args.allow_dirty {
                clean::require(&self.project, &plan, &base)?;
            }
        }
        report.plan()?;
        if self.args.dry_run {
            return Ok(report.exit_code());
        }
        let untrusted = !coming.is_empty() && !extra.trusted;
        if untrusted && self.prompt.is_none() {
            return Err(trust::refusal(&coming));
        }
        consent::ask(self.prompt.as_ref(), "Do this?", &plan.changes, self.ui)?;
        if let Some(prompt) = self.prompt.as_ref().filter(|_| untrusted)
            && !prompt.confirm(&trust::question(&coming), Some(false))?
        {
            return Err(Error::declined());
        }
        let header = Header {
            verb: extra.verb.to_owned(),
            from: self.lock.version.clone(),
            to: to.version().to_owned(),
            labels,
        };
        Moves::of(&self.project).apply(&plan, &header)?;
        let cargo = self.bring_lock_up_to_date(&plan);
        report.done(cargo.as_ref().err())
    }

    /// How this move marks conflicts, or decides them.
    fn labels(&self, to: &State) -> Labels {
        let style = style(&self.args, &self.project);
        let labels = Labels::new("yours", format!("template {}", to.version()));
        Labels { base: format!("template {}", self.lock.version), style, ..labels }
    }

    /// Refuses a project that another command moved, or whose `heavy.toml` was edited, since this one read it.
    fn check_still_here(&self, ours: &Snapshot) -> Result<()> {
        let heavy = TreePath::parse(LOCKFILE).ok().and_then(|path| ours.files.get(&path));
        let text = heavy.map(|file| String::from_utf8_lossy(&file.bytes));
        match text.map(|text| Lock::parse(&text)).transpose()? {
            Some(lock) if lock != self.lock => Err(Error::user(format!("`{LOCKFILE}` was changed in the meantime"))
                .hint("nothing was changed by this command; run it again")),
            _ => Ok(()),
        }
    }

    /// The base as a tree, and whether it is the true one.
    fn base(&self, from: &CurrentState, to: &State, theirs: &Tree) -> Result<(Tree, bool)> {
        match from {
            CurrentState::Known(state) => Ok((self.pristine(state, Some(&self.lock))?, true)),
            CurrentState::Unknown { known, packs, .. } => {
                let mut older = Vec::new();
                // What is new in the version to come was not deleted by the user.
                let target = Stamp::of(&to.template);
                for template in known.iter().filter(|template| Stamp::of(template) != target) {
                    // A template that does not take these answers has no say.
                    if let Ok(answers) = answers_of(&self.lock, template) {
                        let (source, rev) = (self.lock.source.clone(), self.lock.rev.clone());
                        let packs = packs.clone();
                        let state = State { source, rev, template: template.clone(), answers, packs };
                        older.extend(self.pristine(&state, None));
                    }
                }
                let paths: Tree = older.iter().flatten().map(|(path, file)| (path.clone(), file.clone())).collect();
                let ours = self.project.snapshot(&paths, theirs, Reach::AsNeeded)?;
                Ok((known_part(&ours.files, &older, theirs), false))
            }
        }
    }

    /// The pristine rendering of a state; `recorded` is the lock of a project that was made from it.
    pub(super) fn pristine(&self, state: &State, recorded: Option<&Lock>) -> Result<Tree> {
        self.rendered(state, recorded).map(|(tree, _)| tree)
    }

    /// The same, with what each pack adds to it.
    fn rendered(&self, state: &State, recorded: Option<&Lock>) -> Result<(Tree, BTreeMap<String, Addition>)> {
        let mut host = TerminalHost {
            prompt: self.prompt.as_ref(),
            allow_commands: self.args.allow_commands,
            typed: Path::new("."),
            absolute: self.project.root(),
        };
        let rendered = render_again(&state.template, &state.answers, &mut host, &self.renderings);
        let mut tree = rendered.map_err(|error| error.of_template(state.version(), &state.source))?.tree;
        if state.source != EMBEDDED {
            let stamp = match recorded {
                Some(lock) => lock.stamp.clone(),
                None => Stamp::of(&state.template).to_string(),
            };
            origin::set_source(&mut tree, &state.source, state.rev.as_deref(), &stamp)?;
        }
        let ground = Ground { source: &state.source, template: &state.template, answers: &state.answers };
        let additions = lay(&mut tree, &ground, &state.packs, &mut host)?;
        Ok((tree, additions))
    }

    /// Whether packs need other crates after the move, which no `Cargo.lock` of a template knows.
    fn needs_other_crates(&self, from: &CurrentState, to: &State) -> bool {
        let crates = |packs: &Packs| -> Vec<_> {
            let manifests = packs.values().filter_map(|pack| pack.template.manifest.pack.as_ref());
            manifests.flat_map(|manifest| manifest.dependencies.clone()).collect()
        };
        crates(from.packs()) != crates(&to.packs) && self.project.root().join(CARGO_LOCK).is_file()
    }

    /// Lets cargo look at a `Cargo.lock` that is the user's by now, unless the manifests have conflicts, which it could not read.
    fn bring_lock_up_to_date(&self, plan: &Move) -> Result<()> {
        let readable = !plan.conflicts.iter().any(|conflict| is_manifest(&conflict.path));
        if plan.lock_by_cargo && readable { update_lock(&self.project, self.ui) } else { Ok(()) }
    }
}

/// Brings `Cargo.lock` up to date once the conflicts are resolved: what somebody made of a manifest, only cargo can tell.
fn lock_after_conflicts(project: &Project, resolved: &[TreePath], ui: Ui) -> Result<()> {
    let needed = resolved.iter().any(is_manifest) && project.root().join(CARGO_LOCK).is_file();
    if needed { update_lock(project, ui) } else { Ok(()) }
}

/// What becomes of what both sides changed: as typed, or as git is told.
pub(super) fn style(args: &MoveArgs, project: &Project) -> Style {
    match args {
        args if args.ours => Style::Ours,
        args if args.theirs => Style::Theirs,
        _ => project.conflict_style(),
    }
}

fn is_manifest(path: &TreePath) -> bool {
    path.file_name() == "Cargo.toml"
}

/// Lets cargo change `Cargo.lock`, and remembers the outcome as the move's. A failure loses nothing: the next build says the same.
pub(super) fn update_lock(project: &Project, ui: Ui) -> Result<()> {
    let busy = ui.busy("Bringing Cargo.lock up to date");
    let outcome = super::update_lock(project.root());
    drop(busy);
    if let Ok(path) = TreePath::parse(CARGO_LOCK) {
        Moves::of(project).amend(&[path])?;
    }
    outcome
}

const CARGO_LOCK: &str = "Cargo.lock";

/// The answers that a project recorded, for the template that asked for them.
pub(super) fn answers_of(lock: &Lock, template: &Template) -> Result<Answers> {
    let asked = |key: &String| template.manifest.question(key).is_some();
    let given: BTreeMap<String, Value> =
        lock.answers.iter().filter(|(key, _)| asked(key)).map(|(key, value)| (key.clone(), value.clone())).collect();
    Answers::new(name_of(lock)?, &template.manifest, given)
}

/// The name that a project recorded.
pub(super) fn name_of(lock: &Lock) -> Result<ProjectName> {
    match lock.answers.get("name") {
        Some(Value::Text(name)) => ProjectName::parse(name),
        _ => Err(Error::user("`heavy.toml` does not say the project's name")
            .hint("take it from the last commit: `git checkout HEAD -- heavy.toml`")),
    }
}
