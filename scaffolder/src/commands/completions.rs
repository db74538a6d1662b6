//! `heavy completions SHELL`.

use clap::CommandFactory;

use crate::cli::{Cli, Completions};
use crate::error::Result;
use crate::ui::Ui;

pub(super) fn run(args: &Completions, ui: Ui) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "heavy", &mut script);
    ui.result(String::from_utf8_lossy(&script).trim_end())?;
    Ok(0)
}
