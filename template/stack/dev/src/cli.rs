//! What can be typed. The doc comments are the help.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use stack_migrate::Rename;

/// The commands for working on this project.
#[derive(Debug, Parser)]
#[command(
    name = "cargo dev",
    bin_name = "cargo dev",
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Drop every database of the project and make it anew from `schema/`, with seeds
    ///
    /// Only a local development database is dropped; anything else is refused.
    Pave(Pave),
    /// Write the next migration: the difference between `migrations/` and `schema/`, proven
    Migrate(Migrate),
    /// The development database: start, stop, look at it
    #[command(subcommand)]
    Db(Db),
    /// Put demo data into the development database
    Seed,
    /// Drive the application in a real browser: every test in `tests/browser/`
    BrowserTest(BrowserTest),
    /// Run the application and write down what goes over the wire, to be played by `cargo dev load`
    Record(Record),
    /// Play a recording for many users at once, and measure
    Load(Box<Load>),
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
brings the rest. Tables that are large in production are named in `schema/`: `-- large: notes, events`."
)]
pub(crate) struct Migrate {
    #[command(subcommand)]
    pub(crate) prune: Option<MigrateCommand>,
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
    /// Let it take data away
    #[arg(long)]
    pub(crate) allow_destructive: bool,
    /// Lock no table for long: indexes concurrently, constraints validated afterwards
    #[arg(long)]
    pub(crate) online: bool,
    /// Make an empty file to write by hand
    #[arg(long, requires = "name")]
    pub(crate) empty: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Squash old migrations into one; databases that have applied them carry on
    Prune {
        /// The number of the last one to squash [default: all]
        #[arg(long, value_name = "NUMBER")]
        through: Option<i64>,
    },
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

#[derive(Args, Debug)]
#[command(
    after_help = "It needs Node, npm and Chromium (or Chrome); `CHROMIUM=PATH` names one elsewhere. The application gets
a database of its own with the seeds in it, which is dropped afterwards. See docs/browser-tests.md."
)]
pub(crate) struct BrowserTest {
    /// A part of a file's name, or of a test's [default: all]
    pub(crate) filter: Option<String>,
    /// Show the browser
    #[arg(long)]
    pub(crate) headed: bool,
    /// Where to put the pictures that tests take, and one of each page on which a test failed
    #[arg(long, value_name = "DIR")]
    pub(crate) screenshots: Option<PathBuf>,
    /// Keep the database, to look at what the tests have left in it
    #[arg(long)]
    pub(crate) keep: bool,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Ctrl-C ends it and says what was recorded. Passwords and tokens are left out of the file, and everything
else that people type is in it: see docs/recording.md."
)]
pub(crate) struct Record {
    /// Where to; a file that exists is gone on with
    #[arg(long, value_name = "FILE", default_value = "recording.jsonl")]
    pub(crate) out: PathBuf,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Try it: `cargo dev load load/demo.jsonl --serve`. What is measured, and what not: docs/load-tests.md."
)]
pub(crate) struct Load {
    /// A recording, such as `cargo dev record` writes
    pub(crate) file: PathBuf,
    /// How many users play at once
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) users: usize,
    /// How many of them begin in a second
    #[arg(long, value_name = "R/s", default_value = "10", value_parser = rate)]
    pub(crate) ramp: f64,
    /// How long, such as `30s` or `5m` [default: until Ctrl-C; with `--headless` 30s]
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) duration: Option<Duration>,
    /// How long users think, such as `1s..5s`; `0..0` is as fast as they can [default: as recorded]
    #[arg(long, value_name = "MIN..MAX", value_parser = range)]
    pub(crate) think: Option<(Duration, Duration)>,
    /// The application [default: `http://127.0.0.1:3000`, or the port in `PORT`]
    #[arg(long, value_name = "URL", conflicts_with = "serve")]
    pub(crate) url: Option<String>,
    /// Start the application for it: a release build with a database of its own, dropped afterwards
    #[arg(long)]
    pub(crate) serve: bool,
    /// Whose part to play, by the number of the visitor in the recording [default: whoever did most]
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
    /// What a field holds instead of what was recorded, in which `{user}` is the number of the user
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
    /// Let each user begin each round as a new visitor, who registers or logs in again
    #[arg(long)]
    pub(crate) fresh: bool,
    /// The port of the page that shows it
    #[arg(long, default_value_t = 8089)]
    pub(crate) port: u16,
    /// Without the page, for CI
    #[arg(long)]
    pub(crate) headless: bool,
    /// The figures on standard output, as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit code 1 if one answer of 100 takes longer, such as `300ms`
    #[arg(long, value_name = "D", value_parser = duration)]
    pub(crate) max_p99: Option<Duration>,
    /// Exit code 1 if there are more errors, such as `10` or `1%`
    #[arg(long, value_name = "N|P%")]
    pub(crate) max_errors: Option<stack_load::plan::Limit>,
    /// How long to wait for an answer before it counts as an error
    #[arg(long, value_name = "D", default_value = "30s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Threads to play on [default: one less than there are cores]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Where the report goes
    #[arg(long, value_name = "DIR", default_value = "target/load")]
    pub(crate) report: PathBuf,
    /// Load another machine than this one, which is yours: the same as `--url`
    #[arg(long, value_name = "URL")]
    pub(crate) i_own: Option<String>,
}

fn duration(text: &str) -> Result<Duration, stack_load::Error> {
    stack_load::plan::duration(text)
}

/// `MIN..MAX`, or one time for both.
fn range(text: &str) -> Result<(Duration, Duration), String> {
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    let both = duration(least).and_then(|least| Ok((least, duration(most)?)));
    let (least, most) = both.map_err(|error| error.to_string())?;
    if least > most {
        return Err(format!("`{least:?}` is more than `{most:?}`"));
    }
    Ok((least, most))
}

/// `5/s`, `5` or `0.5`.
fn rate(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("/s").unwrap_or(text).parse().ok();
    let fits = number.filter(|rate| *rate > 0.0 && *rate <= 100_000.0);
    fits.ok_or_else(|| "use a number of users a second, such as `5/s`".to_owned())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("use `NAME=VALUE`")?;
    Ok((name.to_owned(), value.to_owned()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_name_becomes_one_for_a_file() {
        assert_eq!(name("Add books!").unwrap(), "add_books");
        assert!(name("…").is_err());
    }

    #[test]
    fn what_is_said_of_a_load_test_is_read_as_people_write_it() {
        assert_eq!(rate("5/s"), Ok(5.0));
        assert!(rate("0").is_err() && rate("fast").is_err());
        let (second, two) = (Duration::from_secs(1), Duration::from_secs(2));
        assert_eq!(range("1s..2s"), Ok((second, two)));
        assert_eq!(range("0..0"), Ok((Duration::ZERO, Duration::ZERO)));
        assert!(range("2s..1s").is_err() && range("..").is_err());
        assert_eq!(pair("a=b=c"), Ok(("a".into(), "b=c".into())));
    }
}
