//! Browser tests: `cargo dev browser-test`.

use std::path::PathBuf;

use clap::Args;

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
