//! Environment → [`Config`] → [`App`] → serve until stopped.

use std::{error::Error, process::ExitCode};

use app::{
    app::App,
    config::{Config, ConfigError},
    telemetry,
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&*error);
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    let _log = telemetry::init(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let app = App::build(config).await?;
        app.run_until_stopped().await?;
        Ok(())
    })
}

/// Tells the person who started the program. The log may go elsewhere, or be read by machines.
#[expect(
    clippy::print_stderr,
    reason = "the last words of a program that cannot start"
)]
fn complain(error: &(dyn Error + 'static)) {
    // Several errors, each with its own `error: `.
    if error.is::<ConfigError>() {
        eprintln!("{error}");
    } else {
        eprintln!("error: {error}");
    }
}
