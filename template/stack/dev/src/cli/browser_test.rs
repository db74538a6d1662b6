//! Browser tests: `cargo dev browser-test`.

use clap::Args;

#[derive(Args, Debug)]
#[command(
    after_help = "It needs Node, npm and Chromium (or Chrome); `CHROMIUM=PATH` names one elsewhere, and `BROWSER_NAME=firefox`
takes Firefox. The application gets a database of its own with the seeds in it, which is dropped afterwards. See docs/browser-tests.md."
)]
pub(crate) struct BrowserTest {
    /// Run no test: print as JSON what tests find in their environment, and keep it until the input ends
    ///
    /// This is how tests that an editor starts get their application and database.
    #[arg(long, conflicts_with = "arguments")]
    pub(crate) environment: bool,
    /// Arguments for `playwright test`: a part of a file's name, `-g "a part of a test's name"`, `--headed`, …
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
}
