//! The command line. The doc comments are the help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use stack_migrate::Rename;
use stack_migrate::hazard::Allowance;

/// The commands for working on this project.
#[derive(Debug, Parser)]
#[command(
    name = "cargo dev",
    bin_name = "cargo dev",
    disable_help_subcommand = true,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

impl Cli {
    /// The command; without one, `serve`.
    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or(Command::Serve(self.serve))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build and run the application, and again at every change; the default command
    Serve(Serve),
    /// Drop every database of the project and create it again from `schema/`, with seeds
    ///
    /// Only a local development database is dropped; anything else is refused.
    Pave(Pave),
    /// Write the next migration, from the difference between `migrations/` and `schema/`, and prove it
    Migrate(Migrate),
    /// Start, stop and inspect the development database
    #[command(subcommand)]
    Db(Db),
    /// Put demo data into the development database
    Seed,
    /// Check that this machine has what the project needs, and say how to get what is missing
    Doctor {
        /// Print what was found as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args, Debug)]
#[command(
    after_help = "A new build takes over the socket of the program before it, so that no request fails and live pages
keep their state. Compiler errors are shown on open pages. See docs/hot-reload.md."
)]
pub(crate) struct Serve {
    /// Run it once, and do not watch
    #[arg(long)]
    pub(crate) no_watch: bool,
    /// With optimizations
    #[arg(long)]
    pub(crate) release: bool,
    /// Create the database again, now and whenever `schema/` changes, as `cargo dev pave` does
    #[arg(long)]
    pub(crate) pave: bool,
    /// Open the page in the browser when it is there [default: the first time in this folder]
    #[arg(long, conflicts_with = "no_open")]
    pub(crate) open: bool,
    /// Do not open the page in the browser
    #[arg(long)]
    pub(crate) no_open: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Pave {
    /// Leave the databases without data
    #[arg(long)]
    pub(crate) no_seed: bool,
    /// The name of a database that `cargo dev pave` has not made, to drop what is in it
    #[arg(long, value_name = "DATABASE")]
    pub(crate) confirm: Vec<String>,
}

#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "A migration is replayed on an empty database and tried on one with rows before it is written.
What it cannot express, write by hand: `cargo dev migrate --empty --name NAME`, then `cargo dev migrate`
brings the rest. Tables that are large in production are named in `schema/`: `-- large: notes, events`,
or known by `cargo dev migrate statistics URL`. They are locked by no step for long."
)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    pub(crate) command: Option<MigrateCommand>,
    /// What to call it [default: after the first thing that it changes]
    #[arg(long, value_parser = name)]
    pub(crate) name: Option<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// For CI: exit code 1 if a migration is missing; writes nothing
    #[arg(long, conflicts_with_all = ["name", "dry_run", "empty"])]
    pub(crate) check: bool,
    /// What was renamed rather than dropped and made: `notes=memos`, `notes.title=headline`
    #[arg(long = "rename", value_name = "OLD=NEW")]
    pub(crate) renames: Vec<Rename>,
    /// A hazard that is meant: `data-loss:notes.subtitle`, or `data-loss` for all of the kind
    #[arg(long, value_name = "HAZARD[:OBJECT]")]
    pub(crate) allow: Vec<Allowance>,
    /// Allow every hazard, also that data is lost
    #[arg(long)]
    pub(crate) allow_destructive: bool,
    /// Write it though it fails on rows that were made up, or `pg_dump` sees more than it does
    #[arg(long)]
    pub(crate) accept: bool,
    /// Lock no table for long: indexes concurrently, constraints validated afterwards
    #[arg(long)]
    pub(crate) online: bool,
    /// The short way also for tables that are large
    #[arg(long, conflicts_with = "online")]
    pub(crate) plain: bool,
    /// With `--dry-run` or `--check`: print statements, locks and hazards as JSON; exit code 1 if one is not allowed
    #[arg(long)]
    pub(crate) json: bool,
    /// Make an empty file to write by hand
    #[arg(long, requires = "name")]
    pub(crate) empty: bool,
    #[command(flatten)]
    pub(crate) against: Against,
}

#[derive(Args, Debug)]
pub(crate) struct Against {
    /// Look how a real database differs from the migrations; exit code 1 if it does. Only reads
    #[arg(long = "against", value_name = "URL", conflicts_with_all = ["name", "dry_run", "empty", "renames", "online"])]
    pub(crate) url: Option<String>,
    /// With `--against`: which database: `main`, or another that `cargo dev db status` lists
    #[arg(
        long = "db",
        value_name = "NAME",
        default_value = "main",
        requires = "url"
    )]
    pub(crate) database: String,
    /// With `--against`: compare with the migrations up to this number [default: those that it has applied]
    #[arg(long, value_name = "N", requires = "url")]
    pub(crate) through: Option<i64>,
    /// With `--against`: leave out what is called so in the output: `extension pg_stat_statements`
    #[arg(long = "ignore", value_name = "WHAT", requires = "url")]
    pub(crate) ignored: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Squash old migrations into one; databases that have applied them carry on
    Prune {
        /// The number of the last one to squash [default: all]
        #[arg(long, value_name = "NUMBER")]
        through: Option<i64>,
    },
    /// Give one of two migrations with the same number the next one; works in the middle of a merge too
    Renumber {
        /// The one that gives way [default: the one that the main branch does not have, or got later]
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// Look for hazards in migrations that were written by hand; exit code 1 if there are any
    ///
    /// `-- allow: HAZARD`, on a line of its own before a statement, says that one is meant.
    Lint(MigrateLint),
    /// Note how large the tables of a database are, so that large ones are migrated online by default
    Statistics(MigrateStatistics),
}

#[derive(Args, Debug)]
pub(crate) struct MigrateLint {
    /// The files [default: those of `migrations/` that the last commit does not have]
    pub(crate) files: Vec<PathBuf>,
    /// A revision: the files that came after it; `origin/main` in CI
    #[arg(long, value_name = "REVISION", conflicts_with = "files")]
    pub(crate) since: Option<String>,
    /// Print them as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct MigrateStatistics {
    /// The database; it is only read
    pub(crate) url: String,
    /// Which one it is: `main`, or another that `cargo dev db status` lists
    #[arg(long = "db", value_name = "NAME", default_value = "main")]
    pub(crate) database: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Start the project's own server; `cargo run` does so by itself
    Start,
    /// Stop the project's own server
    Stop,
    /// Say where the databases are and how they are
    Status,
    /// Open `psql` on the database; what follows is for `psql`
    Psql {
        /// Which database: `main`, or another that `cargo dev db status` lists
        #[arg(long = "db", value_name = "NAME", default_value = "main")]
        database: String,
        /// Arguments for `psql`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Print the URL of the database
    Url {
        /// Which database: `main`, or another that `cargo dev db status` lists
        #[arg(long = "db", value_name = "NAME", default_value = "main")]
        database: String,
    },
}

/// What may stand in the name of a file.
fn name(text: &str) -> Result<String, String> {
    let name: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    let name = name.trim_matches('_').to_owned();
    if name.is_empty() {
        Err("use letters, digits and `_`".to_owned())
    } else {
        Ok(name)
    }
}
