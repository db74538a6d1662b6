//! What can be typed about time.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;

/// `heavy time …`.
#[derive(Debug, Subcommand)]
pub enum Time {
    /// Watch the work tree, and log when somebody works on it
    Start(Start),
    /// End what `heavy time start --background` began
    Stop(WorkTree),
    /// Say whether somebody works, and how much it was today and this week
    Status(Status),
    /// Show the time by day or by author, or as a calendar
    Report(Report),
    /// Write this person's finished time, signed, into a file that is committed
    Cement(Cement),
    /// Check that cemented files are as they were written
    Verify(Verify),
}

/// The work tree that a command is about.
#[derive(Args, Debug)]
pub struct WorkTree {
    /// A folder of the work tree [default: this one]
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// `heavy time start`.
#[derive(Args, Debug)]
#[command(
    after_help = "Work begins with the first change of a file that git does not ignore, and is over after 5 minutes without
one. 2 minutes before the first change and 1 after the last are counted too.

The log is kept beside the repository's history (in `.git/heavy/time/`) and is never committed; see `heavy time cement`."
)]
pub struct Start {
    /// Go on in the background, until `heavy time stop`
    #[arg(long)]
    pub background: bool,
    /// Look for changes every now and then, where the system does not tell of them (network drives)
    #[arg(long)]
    pub poll: bool,
    /// The work tree
    #[command(flatten)]
    pub work_tree: WorkTree,
}

/// `heavy time status`.
#[derive(Args, Debug)]
pub struct Status {
    /// A folder of the work tree [default: this one]
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Print it as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What a line of a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// A day.
    Day,
    /// A person.
    Author,
}

/// `heavy time report`.
#[derive(Args, Debug)]
#[command(
    after_help = "Counts what everybody has cemented, and what this machine has logged for you. Days are those of this
machine's time zone (`TZ=Europe/Berlin heavy time report` for another one).

Examples:
  heavy time report
  heavy time report --by author --since 2026-11-01 --until 2026-11-30
  heavy time report --svg time.svg"
)]
pub struct Report {
    /// What a line is
    #[arg(long, value_enum, default_value_t = By::Day)]
    pub by: By,
    /// The first day [default: 30 days ago; of a calendar, a year ago]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub since: Option<Date>,
    /// The last day [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<Date>,
    /// Print it as one JSON object
    #[arg(long)]
    pub json: bool,
    /// Write a calendar of the year as a picture
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "since"])]
    pub svg: Option<PathBuf>,
    /// A folder of the work tree [default: this one]
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
}

/// `heavy time cement`.
#[derive(Args, Debug)]
#[command(
    after_help = "The file is `time/NAME-CHAIN.jsonl`: each clone of each person writes one of its own, so that merges never
conflict. What is in it already is not written twice. Nothing is committed for you.

Signed with your key, which is made at first use in your folder for settings (HEAVY_CONFIG_DIR names another one)."
)]
pub struct Cement {
    /// Print the result as one JSON object
    #[arg(long)]
    pub json: bool,
    /// The work tree
    #[command(flatten)]
    pub work_tree: WorkTree,
}

/// `heavy time verify`.
#[derive(Args, Debug)]
#[command(after_help = "The exit code is 1 if anything is not as it was written.")]
pub struct Verify {
    /// The files [default: all in `time/`, compared with the last commit too]
    pub files: Vec<PathBuf>,
    /// Print the result as one JSON object
    #[arg(long)]
    pub json: bool,
    /// A folder of the work tree [default: this one]
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
}
