//! `cargo dev`: the commands for working on this project.
//!
//! - [`cli`]: the command line; its doc comments are the help.
//! - [`commands`]: one file per command.
//! - [`project`]: where the project is, its settings; [`databases`]: what databases it has.
//! - [`cargo`]: how the application is built and run.
//! - [`signal`]: asking processes to end, and being asked.
//! - [`guard`]: which databases may be dropped.
//! - [`watch`]: what changes in the project's folder.
//! - [`ui`]: the only module that prints, and the only one that asks.
//!
//! It does not depend on the application, so that it works while that does not compile.

#![forbid(unsafe_code)]

mod cargo;
mod cli;
mod commands;
mod databases;
mod error;
mod guard;
mod project;
mod signal;
mod ui;
mod watch;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(cli.command())),
        Err(error) => Err(error::Error::new(format!("cannot start: {error}"))),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            ui::error(&error);
            ExitCode::FAILURE
        }
    }
}
