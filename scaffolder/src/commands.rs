//! One file a verb: what was typed, what it means, and the report.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cli::{Command, Template, TemplateArgs};
use crate::error::Result;
use crate::source::cache::Cache;
use crate::source::{Loaded, Source};
use crate::ui::Ui;

mod completions;
mod features;
mod host;
mod new;
mod template;

/// Does what was typed, and returns the exit code.
///
/// # Errors
/// Whatever stops it.
pub fn run(command: &Command) -> Result<u8> {
    match command {
        Command::New(args) => new::run(args, Ui::new(args.quiet, args.json)),
        Command::Features(args) => features::run(args, Ui::new(false, args.json)),
        Command::Completions(args) => completions::run(args, Ui::default()),
        Command::Template(Template::Lint(args)) => template::lint::run(args, Ui::new(false, args.json)),
        Command::Template(Template::Stamp(args)) => template::stamp::run(args, Ui::default()),
        Command::Template(Template::Release(args)) => template::release::run(args, Ui::default()),
        Command::Template(Template::Lock(args)) => template::lock::run(args, Ui::default()),
    }
}

/// Finds and reads the template that the arguments name.
fn load(args: &TemplateArgs, ui: Ui) -> Result<(Source, Loaded)> {
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
    loaded.keep(&source, &cache());
    Ok((source, loaded))
}

/// Where templates are kept: below `HEAVY_CACHE_DIR`, or the user's folder for caches.
fn cache() -> Cache {
    let named = std::env::var_os("HEAVY_CACHE_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    Cache::below(named.or_else(dirs::cache_dir).as_deref())
}

/// `cargo` in a project, free of what an outer cargo has set for this process.
fn cargo(project: &Path) -> std::process::Command {
    let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    let under_cargo = std::env::var_os("CARGO_MANIFEST_DIR").is_some();
    crate::project::cargo::cargo(project, names.iter().map(OsString::as_os_str), under_cargo)
}
