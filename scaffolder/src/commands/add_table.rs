//! `heavy add-table`.

use crate::cli::AddTable;
use crate::error::{Error, Result};
use crate::lockfile::Lock;
use crate::merge::Labels;
use crate::plan::moves::{Header, Moves};
use crate::project::Project;
use crate::project::files::Reach;
use crate::project::rustfmt::Rustfmt;
use crate::prompt::Prompt;
use crate::table::names::Names;
use crate::table::{Format, Generated, Table};
use crate::transition::{Change, Move};
use crate::tree::{Tree, TreePath};
use crate::ui::Ui;

use super::consent;
use super::moving::{open, update_lock};

mod ask;
mod eject;
mod report;

use report::Report;

const VERB: &str = "add-table";

pub(super) fn run(args: &AddTable, ui: Ui) -> Result<u8> {
    let project = super::project(args.project.as_deref())?;
    let prompt = if args.yes || args.json { None } else { Prompt::at_terminal() };
    open::refuse_or_finish(&project, prompt.as_ref().filter(|_| !args.dry_run), ui)?;
    open::mention_unreadable_git(&project, ui);
    let lock = project.lock()?;
    project.check_checked_out(|_| true)?;
    let files = files(&project)?;
    if args.eject {
        return eject::run(args, ui, &project, &lock, &files);
    }
    let (name, fields) = ask::what_is_missing(args, prompt.as_ref())?;
    let names = Names::parse(&name, args.model.as_deref())?;
    let table = Table::new(names, fields, !args.shared, &files)?;
    let rustfmt = Rustfmt::of(project.root());
    let format = rustfmt.map(|rustfmt| move |text: &str| rustfmt.format(text));
    let generated = table.generate(&files, format.as_ref().map(|format| format as Format<'_>))?;
    refuse_what_stands_there(&project, files, &generated.changes)?;

    let report =
        Report { ui, args, project: &project, table: &table, generated: &generated, formatted: rustfmt.is_some() };
    report.plan()?;
    if args.dry_run {
        return Ok(report.exit_code());
    }
    consent::ask(prompt.as_ref(), "Do this?", &generated.changes, ui)?;
    apply(&project, &lock, &generated)?;
    let cargo = if generated.dependencies { update_lock(&project, ui) } else { Ok(()) };
    report.done(cargo.err().as_ref())
}

/// The project's files, as git sees them.
fn files(project: &Project) -> Result<Tree> {
    let nothing = Tree::new();
    Ok(project.snapshot(&nothing, &nothing, Reach::Everything)?.files)
}

/// A file that git ignores is in no snapshot, but it is somebody's all the same.
pub(super) fn refuse_what_stands_there(project: &Project, files: Tree, changes: &[Change]) -> Result<()> {
    let new = || changes.iter().filter(|change| change.before.is_none()).map(|change| &change.path);
    let mut snapshot = crate::snapshot::Snapshot { files, ..Default::default() };
    project.add_paths(&mut snapshot, &Tree::new(), new())?;
    let above = |path: &TreePath| snapshot.obstacles.iter().find(|(at, _)| path.is_within(at.as_str()) && *at != path);
    if let Some((at, kind)) = new().find_map(above) {
        return Err(kind.refusal(at));
    }
    match new().find(|path| snapshot.files.contains_key(*path) || snapshot.obstacles.contains_key(*path)) {
        Some(path) => Err(Error::user(format!("something stands at `{path}` already"))
            .hint("move it away, or give the table another name")),
        None => Ok(()),
    }
}

/// Writes everything or nothing; `heavy undo` takes it back. A work tree with other changes is no reason to refuse: no
/// file is overwritten, and lines that are put in are taken out again exactly.
fn apply(project: &Project, lock: &Lock, generated: &Generated) -> Result<()> {
    let plan = Move { changes: generated.changes.clone(), lock_by_cargo: generated.dependencies, ..Move::default() };
    let header = Header {
        verb: VERB.to_owned(),
        from: lock.version.clone(),
        to: lock.version.clone(),
        labels: Labels::new("yours", VERB),
    };
    Moves::of(project).apply(&plan, &header).map(drop)
}
