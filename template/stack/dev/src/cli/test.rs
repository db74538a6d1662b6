//! The arguments of `cargo dev test`.

use clap::Args;

#[derive(Args, Debug)]
#[command(
    after_help = "Keys: Enter or a runs all, r those that failed, f asks for a filter, s stops at the first failure, h helps, q quits.
It needs cargo-nextest (`cargo install cargo-nextest --locked`). See docs/tests.md."
)]
pub(crate) struct Test {
    /// A part of a test's path, `pages::notes` [default: all]
    pub(crate) filter: Option<String>,
    /// Run once, and say by the exit code how it went
    #[arg(long)]
    pub(crate) once: bool,
    /// Stop at the first failure
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Let the terminal show a notice and ring its bell when tests fail, cannot be built, or pass again
    #[arg(long, conflicts_with = "once")]
    pub(crate) notify: bool,
    /// Test every package of the workspace [default: those of `cargo test`, and those that a change affects]
    #[arg(long)]
    pub(crate) workspace: bool,
}
