//! Arguments and environment → [`Config`] → [`Cli::run`], which by default serves until it is stopped.

use std::{error::Error, process::ExitCode};

use app::{cli::Cli, config::Config};
use clap::Parser;
use stack_web::{logs, settings::SettingsError};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&*error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    let _logs = logs::init(config.log_format, &config.log_filter)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(cli.run(config))
}

/// Tells the person who started the program. The log may go elsewhere, or be read by machines.
#[expect(
    clippy::print_stderr,
    reason = "the last words of a program that cannot start"
)]
fn complain(error: &(dyn Error + 'static)) {
    // Several errors, each with its own `error: `.
    if error.is::<SettingsError>() {
        eprintln!("{error}");
    } else {
        eprintln!("error: {error}");
    }
}
