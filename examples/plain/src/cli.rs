//! What can be typed after the program's name. The doc comments here are the help.
//!
//! One variant of `Command` a verb, and one line of [`Cli::run`]; what is more than a few lines is in a file of its
//! own in `cli/`.

use std::error::Error;

use clap::{Args, Parser, Subcommand};
use stack_web::StartError;

use crate::{
    app::{self, App},
    config::Config,
    database, seed,
};

mod health;
mod migrate;
mod rotate;

/// The command line.
#[derive(Debug, Parser)]
#[command(name = env!("APP_NAME"), about = env!("CARGO_PKG_DESCRIPTION"), version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until stopped; what happens without a command, too
    Serve(Serve),
    /// Ask the one that serves on this machine how it is; for the health check of a container
    Health(health::Health),
    /// Apply the migrations that the database lacks
    Migrate(migrate::Migrate),
    /// Add a user and some notes to look at; in development only, and only what is not there yet
    Seed,
    /// Encrypt anew what is not under the first key of `ENCRYPTION_KEYS`; goes on where it was stopped
    Rotate,
}

#[derive(Debug, Default, Args)]
struct Serve {
    /// Apply the migrations that the database lacks, first
    #[arg(long)]
    migrate: bool,
}

impl Cli {
    /// Does what was typed.
    ///
    /// # Errors
    /// With a text for the person who typed it.
    pub async fn run(self, config: Config) -> Result<(), Box<dyn Error>> {
        match self.command.unwrap_or(Command::Serve(Serve::default())) {
            Command::Serve(serve) => serve.run(config).await,
            Command::Health(health) => health.run(&config),
            Command::Migrate(migrate) => migrate.run(&config).await,
            Command::Seed => add_seeds(config).await,
            Command::Rotate => rotate::run(config).await,
        }
    }
}

impl Serve {
    async fn run(self, config: Config) -> Result<(), Box<dyn Error>> {
        if self.migrate {
            migrate::before_serving(&config).await?;
        }
        let app = App::build(config).await?;
        app.run_until_stopped().await?;
        Ok(())
    }
}

async fn add_seeds(config: Config) -> Result<(), Box<dyn Error>> {
    let db = database::open(&config).await?;
    let user = seed::run(&app::state(config, db)?).await?;
    say(&format!(
        "log in as {} with the password `{}`",
        user.email,
        seed::PASSWORD
    ));
    Ok(())
}

/// What to say of a command that was stopped half way by `error`, and may be run again.
fn go_on_later(error: crate::error::Error) -> StartError {
    use crate::error::Error::{Internal, Unavailable};
    let cause = match error {
        // What a client is not told, the person at the command line is.
        Internal(cause) | Unavailable(cause) => cause.to_string(),
        other => other.to_string(),
    };
    StartError(format!(
        "{cause}\nhint: what was done is kept; run the command again to go on"
    ))
}

/// Prints a line of the answer to what was typed.
#[expect(clippy::print_stdout, reason = "the one place that prints")]
fn say(line: &str) {
    println!("{line}");
}
