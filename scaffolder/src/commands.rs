//! One file a verb: what was typed, what it means, and the report.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cli::{Command, MoveArgs, Template, TemplateArgs, Time};
use crate::error::{Error, Result};
use crate::project::{Project, git_environment};
use crate::source::cache::Cache;
use crate::source::{Loaded, Source};
use crate::suggest::typed;
use crate::ui::Ui;

mod add_feature;
mod add_page;
mod add_table;
mod adopt;
mod alter_table;
mod check;
mod completions;
mod consent;
mod diff;
mod features;
mod generated;
mod host;
mod inspect;
mod merge_driver;
mod moving;
mod new;
mod packs;
mod questions;
mod remove_feature;
mod remove_table;
mod rename;
mod setup_git;
mod skill;
mod sync;
mod template;
mod time;
mod trust;
mod undo;

/// Does what was typed, and returns the exit code.
///
/// # Errors
/// Whatever stops it.
pub fn run(command: &Command) -> Result<u8> {
    match command {
        Command::New(args) => new::run(args, Ui::new(args.quiet, args.json)),
        Command::AddFeature(args) => add_feature::run(args, of_move(&args.move_args)),
        Command::RemoveFeature(args) => remove_feature::run(args, of_move(&args.move_args)),
        Command::Rename(args) => rename::run(args, of_move(&args.move_args)),
        Command::Sync(args) => sync::run(args, of_move(&args.move_args)),
        Command::Diff(args) => diff::run(args, Ui::new(false, args.json)),
        Command::Check(args) => check::run(args, Ui::new(false, args.question.json)),
        Command::Undo(args) => undo::run(args, of_move(&args.move_args)),
        Command::AddTable(args) => add_table::run(args, Ui::new(args.common.quiet, args.common.json)),
        Command::AddField(args) => alter_table::add(args, Ui::new(args.common.quiet, args.common.json)),
        Command::RemoveField(args) => alter_table::remove(args, Ui::new(args.common.quiet, args.common.json)),
        Command::RemoveTable(args) => remove_table::run(args, Ui::new(args.common.quiet, args.common.json)),
        Command::AddPage(args) => add_page::run(args, Ui::new(args.common.quiet, args.common.json)),
        Command::Adopt(args) => adopt::run(args, of_move(&args.move_args)),
        Command::Features(args) => features::run(args, Ui::new(false, args.json)),
        Command::Routes(args) => inspect::routes(args, Ui::new(false, args.question.json)),
        Command::Schema(args) => inspect::schema(args, Ui::new(false, args.question.json)),
        Command::Skill(args) => skill::run(args, Ui::new(args.common.quiet, args.common.json)),
        Command::SetupGit(args) => setup_git::run(args, Ui::new(args.quiet, args.json)),
        Command::MergeDriver(args) => merge_driver::run(args),
        Command::Time(Time::Start(args)) => time::start::run(args, Ui::new(args.work_tree.quiet, false)),
        Command::Time(Time::Stop(args)) => time::stop::run(args, Ui::new(args.quiet, false)),
        Command::Time(Time::Status(args)) => time::status::run(args, Ui::new(false, args.json)),
        Command::Time(Time::Report(args)) => time::report::run(args, Ui::new(false, args.json)),
        Command::Time(Time::Cement(args)) => time::cement::run(args, Ui::new(args.work_tree.quiet, args.json)),
        Command::Time(Time::Verify(args)) => time::verify::run(args, Ui::new(false, args.json)),
        Command::Completions(args) => completions::run(args, Ui::default()),
        Command::Template(Template::Lint(args)) => template::lint::run(args, Ui::new(false, args.json)),
        Command::Template(Template::Stamp(args)) => template::stamp::run(args, Ui::default()),
        Command::Template(Template::Release(args)) => template::release::run(args, Ui::default()),
        Command::Template(Template::Lock(args)) => template::lock::run(args, Ui::default()),
    }
}

/// Starts the program again, with the same arguments, where the environment leads to a repository that is not the one of the
/// command's folder, and returns its exit code; nothing where there is no need to.
///
/// # Errors
/// It cannot be started again.
pub fn in_an_environment_of_its_own(command: &Command) -> Result<Option<u8>> {
    let changes = git_environment::corrections(&std::env::vars_os().collect(), folder_of(command));
    if changes.is_empty() {
        return Ok(None);
    }
    let failed = |error: std::io::Error| {
        Error::system("cannot start again without the variables of another git repository")
            .because(error)
            .hint("run it without them: `env -u GIT_DIR -u GIT_INDEX_FILE -u GIT_WORK_TREE heavy`")
    };
    let mut again = std::process::Command::new(std::env::current_exe().map_err(failed)?);
    again.args(std::env::args_os().skip(1));
    for (name, value) in changes {
        match value {
            Some(value) => again.env(name, value),
            None => again.env_remove(name),
        };
    }
    crate::project::cargo::become_it(again).map(Some).map_err(failed)
}

/// The folder that a command is about; a new project has no repository yet, wherever it is made.
fn folder_of(command: &Command) -> Option<&Path> {
    let folder = match command {
        Command::New(_) | Command::Completions(_) | Command::Template(_) => return None,
        // Git says in which repository it merges.
        Command::MergeDriver(_) => return None,
        Command::AddFeature(args) => &args.move_args.project,
        Command::RemoveFeature(args) => &args.move_args.project,
        Command::Rename(args) => &args.move_args.project,
        Command::Sync(args) => &args.move_args.project,
        Command::Undo(args) => &args.move_args.project,
        Command::Adopt(args) => &args.move_args.project,
        Command::Diff(args) => &args.project,
        Command::Check(args) => &args.question.project,
        Command::SetupGit(args) => &args.project,
        Command::AddTable(args) => &args.common.project,
        Command::AddField(args) => &args.common.project,
        Command::RemoveField(args) => &args.common.project,
        Command::RemoveTable(args) => &args.common.project,
        Command::AddPage(args) => &args.common.project,
        Command::Features(_) => &None,
        Command::Routes(args) => &args.question.project,
        Command::Schema(args) => &args.question.project,
        Command::Skill(args) => &args.common.project,
        Command::Time(time) => match time {
            Time::Start(args) => &args.work_tree.project,
            Time::Stop(args) => &args.project,
            Time::Status(args) => &args.project,
            Time::Report(args) => &args.project,
            Time::Cement(args) => &args.work_tree.project,
            Time::Verify(args) => &args.project,
        },
    };
    Some(folder.as_deref().unwrap_or(Path::new(".")))
}

/// Whether the command ends by itself, and in order, when Ctrl-C or a signal says so.
#[must_use]
pub const fn ends_in_order(command: &Command) -> bool {
    matches!(command, Command::Time(Time::Start(args)) if !args.background)
}

const fn of_move(args: &MoveArgs) -> Ui {
    Ui::new(args.quiet, args.json)
}

/// The project in this folder, or in the nearest one above it.
fn project(folder: Option<&Path>) -> Result<Project> {
    Project::discover(folder.unwrap_or(Path::new(".")))
}

/// Finds and reads the template that the arguments name, and keeps it for later unless the command `only_looks`.
fn load(args: &TemplateArgs, only_looks: bool, ui: Ui) -> Result<(Source, Loaded)> {
    let source = Source::parse(args.template.as_deref(), args.rev.as_deref())?;
    // `ssh` may ask for a passphrase, which a spinner would paint over.
    let busy = (source.is_remote() && !source.is_ssh()).then(|| ui.busy(&format!("Fetching {source}")));
    if source.is_ssh() {
        ui.status("Fetching", &source);
    }
    let loaded = source.load(&|detail| {
        if let Some(busy) = &busy {
            busy.now(detail);
        }
    })?;
    loaded.keep(&source, &cache(only_looks));
    Ok((source, loaded))
}

/// A template as `heavy add-feature` takes it on the command line: `SOURCE#REV`.
fn named(args: &TemplateArgs) -> String {
    let source = args.template.as_deref().map(|source| typed(source.as_ref())).unwrap_or_default();
    args.rev.as_deref().map_or_else(|| source.clone(), |rev| format!("{source}#{rev}"))
}

/// Where templates are kept: below `HEAVY_CACHE_DIR`, or the user's folder for caches. A command that `only_looks` writes nothing,
/// not even there.
fn cache(only_looks: bool) -> Cache {
    let named = std::env::var_os("HEAVY_CACHE_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    Cache::below(named.or_else(dirs::cache_dir).as_deref()).only_looked_at(only_looks)
}

/// `cargo` in a project, free of what an outer cargo has set for this process.
fn cargo(project: &Path) -> std::process::Command {
    let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    let under_cargo = std::env::var_os("CARGO_MANIFEST_DIR").is_some();
    crate::project::cargo::cargo(project, names.iter().map(OsString::as_os_str), under_cargo)
}

/// Adds to a project's `Cargo.lock` what its manifests need by now, and changes nothing else in it: without the network if cargo
/// has everything already.
fn update_lock(project: &Path) -> Result<()> {
    let mut failure = String::new();
    for offline in [&["--offline"][..], &[]] {
        let output =
            cargo(project).args(["update", "--workspace", "--quiet"]).args(offline).output().map_err(|error| {
                Error::system("`Cargo.lock` is not up to date: cargo could not be started").because(error)
            })?;
        if output.status.success() {
            return Ok(());
        }
        failure = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    }
    let mut error = Error::system("`Cargo.lock` could not be brought up to date");
    error.causes.push(failure);
    Err(error.hint("`cargo build` does it as soon as it can"))
}
