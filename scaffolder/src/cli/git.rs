//! What can be typed, by people or by git, so that git merges as moves do.

use std::path::PathBuf;

use clap::Args;

/// `heavy setup-git`.
#[derive(Args, Debug)]
#[command(
    after_help = "Two branches that each add a table, a module, a route or a dependency at one place are no conflict for `heavy`.
With this they are none for `git merge`, `rebase` and `cherry-pick` either. It sets `merge.heavy.driver` in the repository's
configuration, for all its work trees, and names the files in `.gitattributes`. Without the program git reports
conflicts in these files, and every clone sets it up once for itself; one that does not merges by lines.

JSON: {\"project\", \"config\", \"attributes\", \"undo\"}: the files that were changed, null for one that was not."
)]
pub struct SetupGit {
    /// Take it back
    #[arg(long)]
    pub undo: bool,
    /// The project [default: the folder with a `heavy.toml`, from here upwards]
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// Print what was done as one JSON object
    #[arg(long)]
    pub json: bool,
    /// Say nothing but errors
    #[arg(long, short)]
    pub quiet: bool,
}

/// `heavy merge-driver`.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes of this command, as git wants them: 0 merged, 1 merged with conflicts, 129 failed. Conflicts are
marked as git's `merge.conflictStyle` says."
)]
pub struct MergeDriver {
    /// The file with the version that both come from (%O)
    pub base: PathBuf,
    /// The file with our version (%A), which gets the result
    pub ours: PathBuf,
    /// The file with their version (%B)
    pub theirs: PathBuf,
    /// The path in the work tree, which says what kind of file it is (%P)
    pub path: String,
    /// How long conflict markers are (%L)
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    pub marker_size: u8,
    /// What the version that both come from is called (%S)
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    pub base_label: Option<String>,
    /// What our version is called (%X)
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    pub our_label: Option<String>,
    /// What their version is called (%Y)
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    pub their_label: Option<String>,
}
