//! Reads the arguments and the [`Config`], then runs the command with [`Cli::run`]. The default command is `serve`.

use std::{error::Error, process::ExitCode, time::Duration};

use app::{cli::Cli, config::Config};
use clap::Parser;
use stack_web::{logs, settings::SettingsError};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&*error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    let _logs = logs::init(config.log_format, config.log_overflow, &config.log_filter)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(cli.run(config));
    // Work on a blocking thread that does not end keeps nobody waiting.
    runtime.shutdown_timeout(Duration::from_secs(1));
    result
}

/// Prints the error to stderr, for the user: the log may be JSON, or go elsewhere.
#[expect(
    clippy::print_stderr,
    reason = "the error that ends the program is for the user"
)]
fn report(error: &(dyn Error + 'static)) {
    // It lists several errors, each with its own `error: `.
    if error.is::<SettingsError>() {
        eprintln!("{error}");
    } else {
        eprintln!("error: {error}");
    }
}
