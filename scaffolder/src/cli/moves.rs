//! What can be typed to look at a project and to move it.

use std::path::PathBuf;

use clap::Args;

use super::{Question, TemplateArgs, key_value};

/// What every move takes.
#[derive(Args, Clone, Debug, Default)]
pub struct MoveArgs {
    /// The project [default: the folder with a `heavy.toml`, from here upwards]
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Show the plan, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Show what changes in the files too, as `git diff` does
    #[arg(long)]
    pub diff: bool,
    /// Do it without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Print the plan as one JSON object, and ask nothing
    #[arg(long)]
    pub json: bool,
    /// Go on although there are changes that are not committed; they are as safe as any
    #[arg(long)]
    pub allow_dirty: bool,
    /// Where you and the template changed the same, take yours; it is no conflict then
    #[arg(long, conflicts_with = "theirs")]
    pub ours: bool,
    /// Where you and the template changed the same, take the template's; `heavy undo` brings yours back
    #[arg(long)]
    pub theirs: bool,
    /// Let the template's hooks run commands on this machine
    #[arg(long)]
    pub allow_commands: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// `heavy add-feature`.
#[derive(Args, Debug)]
#[command(after_help = "A feature from somebody else is a pack: a folder, or a folder of a git repository.
Everything that it would write, insert, depend on and run is shown before anything is written.

Examples:
  heavy add-feature pgvector
  heavy add-feature https://example.com/owner/packs.git#v1/sitemap
  heavy add-feature ../packs/sitemap -d path=map --dry-run")]
pub struct AddFeature {
    /// The features: names of the template's own (`heavy features` lists them), and `URL[#REV][/FOLDER]` of packs
    #[arg(required_unless_present = "more", value_name = "FEATURE", value_delimiter = ',')]
    pub features: Vec<String>,
    /// The same, as `heavy new` takes them
    #[arg(long = "feature", short = 'F', value_name = "FEATURE", value_delimiter = ',', id = "more")]
    pub more: Vec<String>,
    /// Answer a question of a pack
    #[arg(long = "define", short = 'd', value_name = "KEY=VALUE", value_parser = key_value)]
    pub define: Vec<(String, String)>,
    /// I trust the packs that this brings: their code will run as my own
    #[arg(long)]
    pub trust: bool,
    /// What every move takes
    #[command(flatten)]
    pub move_args: MoveArgs,
}

/// `heavy remove-feature`.
#[derive(Args, Debug)]
pub struct FeatureArgs {
    /// The features and packs, with spaces or commas between them; `heavy features` lists what there is
    #[arg(required_unless_present = "more", value_name = "FEATURE", value_delimiter = ',')]
    pub features: Vec<String>,
    /// The same, as `heavy new` takes them
    #[arg(long = "feature", short = 'F', value_name = "FEATURE", value_delimiter = ',', id = "more")]
    pub more: Vec<String>,
    /// What every move takes
    #[command(flatten)]
    pub move_args: MoveArgs,
}

/// `heavy rename`.
#[derive(Args, Debug)]
#[command(
    after_help = "What the template derives from the name is renamed. Lines of your own that have the old name in them are
listed, and with --replace they get the new one, as whole words: `app` is left alone in `apple`. Files and folders of
your own that are called so are moved with them.
What lies outside of the project (databases, volumes, deployed settings) is named and never touched."
)]
pub struct Rename {
    /// The new name
    pub name: Option<String>,
    /// The new title [default: from the new name, if the old title was from the old one]
    #[arg(long)]
    pub title: Option<String>,
    /// Put the new name into your own files too
    #[arg(long)]
    pub replace: bool,
    /// What every move takes
    #[command(flatten)]
    pub move_args: MoveArgs,
}

/// `heavy sync`.
#[derive(Args, Debug, Default)]
#[command(
    after_help = "Where you and the template changed the same lines, both versions stand in the file between conflict
markers, and the exit code is 1. Resolve them, then `heavy sync --continue`; or `heavy sync --abort`.
Both also end a move that was killed: --continue finishes it, --abort takes it back."
)]
pub struct Sync {
    /// The version: a release of the built-in template, or a branch, tag or commit [default: the newest]
    #[arg(long, visible_alias = "rev", value_name = "REV")]
    pub to: Option<String>,
    /// Move only this pack, and nothing of the template
    #[arg(long, value_name = "NAME", conflicts_with = "template")]
    pub pack: Option<String>,
    /// I trust what is new in packs: their code will run as my own. Without it, and without anybody to ask, packs stay as they are
    #[arg(long)]
    pub trust: bool,
    /// Go over to a template elsewhere: a folder or git URL
    #[arg(long, value_name = "SOURCE")]
    pub template: Option<String>,
    /// Answer a question of the template
    #[arg(long = "define", short = 'd', value_name = "KEY=VALUE", value_parser = key_value)]
    pub define: Vec<(String, String)>,
    /// The conflicts of the last move are resolved
    #[arg(long = "continue", conflicts_with_all = ["to", "template", "define", "abort", "dry_run"])]
    pub go_on: bool,
    /// Put everything back as it was before the last move, which has open conflicts
    #[arg(long, conflicts_with_all = ["to", "template", "define", "dry_run"])]
    pub abort: bool,
    /// What every move takes
    #[command(flatten)]
    pub move_args: MoveArgs,
}

/// `heavy diff`.
#[derive(Args, Debug)]
#[command(
    after_help = "JSON: {\"project\", \"files\": [{\"action\", \"path\", \"diff\"}]}; `action` is `create`, `update` or `delete`, and `diff` is left
out with --name-only."
)]
pub struct Diff {
    /// Only these files and folders, as they are called from here
    pub paths: Vec<String>,
    /// What a sync would bring, instead of what you changed
    #[arg(long)]
    pub incoming: bool,
    /// Only name the files
    #[arg(long)]
    pub name_only: bool,
    /// Print the files and their differences as one JSON object
    #[arg(long)]
    pub json: bool,
    /// The project [default: the folder with a `heavy.toml`, from here upwards]
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// The version whose coming is shown, as for `heavy sync`
    #[arg(long, value_name = "REV", requires = "incoming")]
    pub to: Option<String>,
}

/// `heavy check`.
#[derive(Args, Debug)]
#[command(after_help = "Exit codes of this command, for CI: 0 nothing to do, 1 something to do, 2 it cannot be told.")]
pub struct Check {
    /// The project and the form
    #[command(flatten)]
    pub question: Question,
}

/// `heavy undo`.
#[derive(Args, Debug)]
#[command(
    after_help = "What you edited since stays: the move is taken out of it as a merge would, and where you changed the same lines both
versions stand between conflict markers, as after a sync. Run it again to take back the move before. The last 10 moves
of each work tree are kept, beside its git history."
)]
pub struct Undo {
    /// List the moves that are remembered, the last one first, and take none back
    #[arg(long, conflicts_with_all = ["dry_run", "diff"])]
    pub list: bool,
    /// What every move takes
    #[command(flatten)]
    pub move_args: MoveArgs,
}

/// `heavy adopt`.
#[derive(Args, Debug)]
#[command(
    after_help = "Finds the version and the answers whose files are most like the project's, and writes `heavy.toml`. Nothing
else is changed. From then on every other command works."
)]
pub struct Adopt {
    /// The template that it was made from
    #[command(flatten)]
    pub template: TemplateArgs,
    /// Answer a question of the template, where the files do not tell
    #[arg(long = "define", short = 'd', value_name = "KEY=VALUE", value_parser = key_value)]
    pub define: Vec<(String, String)>,
    /// What every move takes
    #[command(flatten)]
    pub move_args: MoveArgs,
}
