//! What can be typed after the program's name. The doc comments here are the help.
//!
//! One variant of [`Command`] a verb, and one line of [`Cli::run`]; what is more than a few lines goes into a
//! file of its own in `cli/`.

use std::error::Error;

use clap::{Parser, Subcommand};

use crate::{
    app::{App, StartError},
    config::Config,
};

mod progress;
{%- if pgvector %}
mod reembed;
{%- endif %}

/// The command line.
#[derive(Debug, Parser)]
#[command(name = env!("CARGO_PKG_NAME"), about = env!("CARGO_PKG_DESCRIPTION"), version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until stopped; what happens without a command, too
    Serve,
{%- if pgvector %}
    /// Embed every note whose embedding is missing, outdated or by another model; goes on where it was stopped
    Reembed,
{%- endif %}
}

impl Cli {
    /// Does what was typed.
    ///
    /// # Errors
    /// With a text for the person who typed it.
    pub async fn run(self, config: Config) -> Result<(), Box<dyn Error>> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve(config).await,
{%- if pgvector %}
            Command::Reembed => reembed::run(config).await,
{%- endif %}
        }
    }
}

async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    let app = App::build(config).await?;
    app.run_until_stopped().await?;
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
