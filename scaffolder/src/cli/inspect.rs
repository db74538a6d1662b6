//! What can be asked about a project, by people, coding agents and editors.

use std::path::PathBuf;

use clap::Args;

use super::Common;

/// `heavy routes`.
#[derive(Args, Debug)]
#[command(
    after_help = "Read from the source as it stands, without building: routers are followed through functions, `nest` and `merge`.
Routes that are made elsewhere, such as by a macro, are not listed; a note, and `unread` in JSON, says where they may be.

JSON: {\"project\", \"routes\": [{\"path\", \"method\", \"kind\", \"handler\", \"defined\", \"routed\"}], \"unread\"}. `kind` is `page`, `handler`
or `service`; `defined` and `routed` are {\"file\", \"line\"}, and `defined` is null for what is no function of the project."
)]
pub struct Routes {
    /// Only those with this text in their path
    pub text: Option<String>,
    /// The project and the form
    #[command(flatten)]
    pub question: Question,
}

/// `heavy schema`.
#[derive(Args, Debug)]
#[command(
    after_help = "Read from `schema/` as it stands, without a database. Statements about tables that are not understood are named in a
note, and in `unread` in JSON.

JSON: {\"project\", \"tables\": [{\"name\", \"kind\", \"database\", \"file\", \"line\", \"comment\", \"columns\", \"primary_key\", \"unique\",
\"references\", \"checks\", \"indexes\"}], \"unread\"}. A column is {\"name\", \"type\", \"nullable\", \"default\", \"generated\", \"comment\",
\"line\"}, a reference {\"columns\", \"table\", \"referenced\", \"on_delete\"}, an index {\"name\", \"unique\", \"on\"}."
)]
pub struct Schema {
    /// Only these tables
    pub tables: Vec<String>,
    /// The project and the form
    #[command(flatten)]
    pub question: Question,
}

/// What every question takes.
#[derive(Args, Debug)]
pub struct Question {
    /// The project [default: the folder with a `heavy.toml`, from here upwards]
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Print the answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `heavy skill`.
#[derive(Args, Debug)]
#[command(
    after_help = "It is made from this help and from the pages in `docs/`. Run it again after a sync; `heavy skill --check` in CI says when.
Some agents look for skills in a folder of their own: `heavy skill --folder .claude/skills`."
)]
pub struct Skill {
    /// The folder for skills, in the project
    #[arg(long, value_name = "DIR", default_value = ".agents/skills")]
    pub folder: String,
    /// Write it to standard output instead
    #[arg(long, conflicts_with_all = ["check", "json", "dry_run", "diff"])]
    pub print: bool,
    /// For CI: exit code 1 if it is not as it would be written; writes nothing
    #[arg(long, conflicts_with_all = ["dry_run", "diff"])]
    pub check: bool,
    /// What commands that write files take
    #[command(flatten)]
    pub common: Common,
}
