//! What can be typed. The doc comments are the help.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::error::Error;
use crate::suggest::nearest;

mod git;
mod inspect;
mod moves;
mod table;
mod time;

pub use git::{MergeDriver, SetupGit};
pub use inspect::{Question, Routes, Schema, Skill};
pub use moves::{AddFeature, Adopt, Check, Diff, FeatureArgs, MoveArgs, Rename, Sync, Undo};
pub use table::{AddField, AddPage, AddTable, Common, RemoveField, RemoveTable};
pub use time::{By, Cement, Report, Start, Status, Time, Verify, WorkTree};

/// Create a full Rust web stack from a template, and keep it up to date.
#[derive(Debug, Parser)]
#[command(
    name = "heavy",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Exit codes:
  0    done, or you said no to a question
  1    done, but something is left for you: conflicts to resolve, files that differ, a newer template,
       time that is not as it was written
  2    refused: the command line makes no sense, or what it asks for cannot be done as things stand
  3    the template breaks a rule
  4    disk, network or another program failed
  130  stopped by Ctrl-C or a signal; nothing is left behind

Results go to standard output, everything else to standard error. With --json an error is an object on standard output
too: {\"error\": {\"kind\", \"code\", \"message\", \"causes\", \"hints\"}}. NO_COLOR turns colours off."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a project
    New(Box<New>),
    /// Add features to the project: the template's own, and packs from a URL or a folder
    AddFeature(AddFeature),
    /// Take features out of the project
    RemoveFeature(FeatureArgs),
    /// Give the project another name
    Rename(Rename),
    /// Move the project to the newest version of its template
    Sync(Sync),
    /// Show what the project changed since it was rendered, or what a sync would bring
    Diff(Diff),
    /// Say whether there is something to do: a newer template, open conflicts
    Check(Check),
    /// Put back what the last move changed
    Undo(Undo),
    /// Add a table to the project: schema, model, SQL, JSON routes, pages, tests
    AddTable(AddTable),
    /// Add fields to a table that was added, in all of its files
    AddField(AddField),
    /// Take fields out of a table that was added
    RemoveField(RemoveField),
    /// Take a table out of the project again
    RemoveTable(RemoveTable),
    /// Add a live page to the project, with its route and a test
    AddPage(AddPage),
    /// Take over a project that `heavy` did not make
    Adopt(Adopt),
    /// List the features that a template offers; in a project, those of its own
    Features(Features),
    /// List the project's routes: method, path, handler, file and line
    Routes(Routes),
    /// List the project's tables: columns, types, keys and references
    Schema(Schema),
    /// Write a skill for coding agents, from this help and the project's docs
    Skill(Skill),
    /// Let git merge lists as sets, as moves do
    SetupGit(SetupGit),
    /// Merge one file for git, which `heavy setup-git` tells of this
    MergeDriver(MergeDriver),
    /// Track the time that goes into the project
    #[command(subcommand)]
    Time(Time),
    /// Write a completion script for a shell to standard output
    Completions(Completions),
    /// For authors of templates
    #[command(subcommand)]
    Template(Template),
}

/// `heavy new`.
#[derive(Args, Debug)]
#[command(after_help = "Values come, in this order, from the flags, from `-d`, from `--answers`, from questions on a
terminal, and from the template's defaults.

Examples:
  heavy new my-app
  heavy new shop/my-app --title \"My Shop\" --feature pgvector --run
  heavy new my-app --defaults --template https://example.com/owner/template.git --rev v2")]
pub struct New {
    /// Where to create it; the last part is its name
    pub path: Option<PathBuf>,
    /// The name, if it is not to be the last part of the path
    #[arg(long)]
    pub name: Option<String>,
    /// The title, as people read it [default: from the name, `my-app` becomes "My App"]
    #[arg(long)]
    pub title: Option<String>,
    /// A feature to take; see `heavy features`. Repeat it for more, or write them with commas between
    #[arg(long = "feature", short = 'F', value_name = "FEATURE", value_delimiter = ',')]
    pub features: Vec<String>,
    /// Take every feature
    #[arg(long)]
    pub all_features: bool,
    /// Ask nothing: what is not given takes its default
    #[arg(long)]
    pub defaults: bool,
    /// Answer a question of the template
    #[arg(long = "define", short = 'd', value_name = "KEY=VALUE", value_parser = key_value)]
    pub define: Vec<(String, String)>,
    /// Take answers from a TOML file; another project's `heavy.toml` serves too
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// The template
    #[command(flatten)]
    pub template: TemplateArgs,
    /// Version control
    #[arg(long, value_enum, default_value_t = Vcs::Git)]
    pub vcs: Vcs,
    /// Add to a folder that is not empty; nothing in it is overwritten or deleted
    #[arg(long)]
    pub force: bool,
    /// Let the template's hooks run commands on this machine
    #[arg(long)]
    pub allow_commands: bool,
    /// Run the project (`cargo dev`) once it is there
    #[arg(long, conflicts_with_all = ["dry_run", "json"])]
    pub run: bool,
    /// List what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Show what is written too, as `git diff` does
    #[arg(long)]
    pub diff: bool,
    /// Print the result as one JSON object, and ask nothing
    #[arg(long)]
    pub json: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// Which template.
#[derive(Args, Debug)]
pub struct TemplateArgs {
    /// A folder, a git URL, or `gh:owner/name` or `gl:owner/name`, to take the template from [default: the built-in template]
    #[arg(long, value_name = "SOURCE")]
    pub template: Option<String>,
    /// Branch, tag or commit of the template's repository
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
}

/// What keeps the project's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Vcs {
    /// A git repository with a first commit, unless the project lies in one already.
    Git,
    /// Nothing.
    None,
}

/// `heavy features`.
#[derive(Args, Debug)]
pub struct Features {
    /// The template
    #[command(flatten)]
    pub template: TemplateArgs,
    /// Print them as JSON
    #[arg(long)]
    pub json: bool,
}

/// `heavy completions`.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// `heavy template …`.
#[derive(Debug, Subcommand)]
pub enum Template {
    /// Check a template against every rule that keeps both engines in agreement
    Lint(Lint),
    /// Write the template's digest and version into its `heavy.toml`, and the archive that the binary embeds
    Stamp(Stamp),
    /// Keep the template as a released version; in a repository other than heavy's, its version tags are the releases
    Release(Release),
    /// Write the template's `Cargo.lock`, with the tested versions for every combination of features
    Lock(Lock),
}

/// `heavy template lint`.
#[derive(Args, Debug)]
pub struct Lint {
    /// The folder that holds `cargo-generate.toml`
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// For a pack: the template that it is made for, a folder or a git URL [default: the built-in template, if that is the one]
    #[arg(long, value_name = "SOURCE")]
    pub template: Option<String>,
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
}

/// `heavy template stamp`.
#[derive(Args, Debug)]
pub struct Stamp {
    /// The folder that holds `cargo-generate.toml`
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Write nothing; fail if anything is out of date
    #[arg(long)]
    pub check: bool,
}

/// `heavy template release`.
#[derive(Args, Debug)]
pub struct Release {
    /// The folder that holds `cargo-generate.toml`
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Write nothing; fail if this version was released and the template has changed since
    #[arg(long)]
    pub check: bool,
}

/// `heavy template lock`.
#[derive(Args, Debug)]
pub struct Lock {
    /// The folder that holds `cargo-generate.toml`
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Write nothing; fail if anything is out of date
    #[arg(long)]
    pub check: bool,
    /// Let cargo use only what it has downloaded before
    #[arg(long)]
    pub offline: bool,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write it as `KEY=VALUE`".to_owned()),
    }
}

/// A command line, understood.
#[derive(Debug)]
pub enum Parsed {
    /// Something to do.
    Command(Command),
    /// Help or the version was asked for.
    Help(clap::builder::StyledStr),
    /// It makes no sense, and this is why.
    Invalid(Error),
}

/// Parses a command line; the first argument is the program's name.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Parsed {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => Parsed::Command(cli.command),
        Err(error) if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Parsed::Help(error.render())
        }
        Err(error) if error.kind() == ErrorKind::InvalidSubcommand => Parsed::Invalid(unknown_verb(&error)),
        Err(error) => Parsed::Invalid(reworded(&error.render().to_string())),
    }
}

/// A verb that there is not, with the one that was meant.
fn unknown_verb(error: &clap::Error) -> Error {
    let error_in_general = reworded(&error.render().to_string());
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) else { return error_in_general };
    // `heavy template check` is about the verbs of `template`, for which clap knows the nearest.
    let is_first = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).as_ref() == Some(typed);
    match meant(typed).filter(|_| is_first) {
        Some(verb) => Error::usage(format!("there is no `heavy {}`", typed.escape_debug()))
            .hint(format!("did you mean `heavy {verb}`?"))
            .hint("`heavy --help` shows what can be typed"),
        None => error_in_general,
    }
}

/// Whether the result is wanted as JSON, and so an error too.
#[must_use]
pub const fn wants_json(command: &Command) -> bool {
    match command {
        Command::New(args) => args.json,
        Command::AddFeature(args) => args.move_args.json,
        Command::RemoveFeature(args) => args.move_args.json,
        Command::Rename(args) => args.move_args.json,
        Command::Sync(args) => args.move_args.json,
        Command::Undo(args) => args.move_args.json,
        Command::Adopt(args) => args.move_args.json,
        Command::Check(args) => args.question.json,
        Command::AddTable(args) => args.common.json,
        Command::AddField(args) => args.common.json,
        Command::RemoveField(args) => args.common.json,
        Command::RemoveTable(args) => args.common.json,
        Command::AddPage(args) => args.common.json,
        Command::Features(args) => args.json,
        Command::Routes(args) => args.question.json,
        Command::Schema(args) => args.question.json,
        Command::Skill(args) => args.common.json,
        Command::Diff(args) => args.json,
        Command::SetupGit(args) => args.json,
        Command::Time(Time::Status(args)) => args.json,
        Command::Time(Time::Report(args)) => args.json,
        Command::Time(Time::Cement(args)) => args.json,
        Command::Time(Time::Verify(args)) => args.json,
        Command::Template(Template::Lint(args)) => args.json,
        Command::MergeDriver(_) | Command::Completions(_) | Command::Time(_) | Command::Template(_) => false,
    }
}

/// What other tools call our verbs: (theirs, ours).
const OTHER_WORDS: [(&str, &str); 30] = [
    ("create", "new"),
    ("init", "new"),
    ("start", "new"),
    ("update", "sync"),
    ("upgrade", "sync"),
    ("pull", "sync"),
    ("migrate", "sync"),
    ("generate", "add-table"),
    ("scaffold", "add-table"),
    ("table", "add-table"),
    ("page", "add-page"),
    ("field", "add-field"),
    ("column", "add-field"),
    ("destroy", "remove-table"),
    ("resource", "add-table"),
    ("add", "add-feature"),
    ("install", "add-feature"),
    ("remove", "remove-feature"),
    ("uninstall", "remove-feature"),
    ("status", "check"),
    ("outdated", "check"),
    ("revert", "undo"),
    ("rollback", "undo"),
    ("import", "adopt"),
    ("list", "features"),
    ("route", "routes"),
    ("urls", "routes"),
    ("tables", "schema"),
    ("skills", "skill"),
    ("lint", "template lint"),
];

/// The verb that somebody means who types this one.
fn meant(typed: &str) -> Option<String> {
    let word = typed.to_lowercase().replace('_', "-");
    if let Some((_, ours)) = OTHER_WORDS.iter().find(|(theirs, _)| *theirs == word) {
        return Some((*ours).to_owned());
    }
    let command = <Cli as clap::CommandFactory>::command();
    nearest(&word, command.get_subcommands().map(clap::Command::get_name)).map(str::to_owned)
}

/// clap's own words in the shape of all our errors: its tips become hints, and its usage a command that shows it.
fn reworded(text: &str) -> Error {
    let in_backticks = |text: &str| text.replace('\'', "`");
    let text = text.strip_prefix("error: ").unwrap_or(text);
    let (body, usage) = text.split_once("\n\nUsage: ").unwrap_or((text, "heavy"));
    let mut message = Vec::new();
    let mut hints = Vec::new();
    for line in body.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match line.strip_prefix("tip: ") {
            Some(tip) => hints.push(in_backticks(tip)),
            None if !line.starts_with("For more information") => message.push(in_backticks(line)),
            None => {}
        }
    }
    let words = usage.split_whitespace();
    let verbs: Vec<&str> = words.take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase())).collect();
    let error = Error::usage(message.join(" "));
    hints.into_iter().fold(error, Error::hint).hint(format!("`{} --help` shows what can be typed", verbs.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn every_command_has_json_but_those_whose_result_is_no_answer() {
        let mut without = Vec::new();
        let mut open = vec![(String::new(), <Cli as clap::CommandFactory>::command())];
        while let Some((name, command)) = open.pop() {
            if command.has_subcommands() {
                open.extend(command.get_subcommands().map(|sub| (format!("{name} {}", sub.get_name()), sub.clone())));
            } else if command.get_arguments().all(|argument| argument.get_long() != Some("json")) {
                without.push(name.trim_start().to_owned());
            }
        }
        without.sort();
        let expected = [
            "completions",
            "merge-driver",
            "template lock",
            "template release",
            "template stamp",
            "time start",
            "time stop",
        ];
        assert_eq!(without, expected);
    }

    #[test]
    fn what_other_tools_call_a_verb_leads_to_ours() {
        let command = <Cli as clap::CommandFactory>::command();
        for (theirs, ours) in OTHER_WORDS {
            assert!(command.find_subcommand(theirs).is_none(), "`{theirs}` is a verb of ours");
            assert!(command.find_subcommand(ours.split(' ').next().unwrap_or_default()).is_some(), "`{ours}` is none");
        }
        for (typed, verb) in [("Upgrade", "sync"), ("nwe", "new"), ("add_feature", "add-feature"), ("snyc", "sync")] {
            assert_eq!(meant(typed).as_deref(), Some(verb), "{typed}");
        }
        assert_eq!(meant("frobnicate"), None);
    }
}
