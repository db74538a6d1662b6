//! What can be typed after the program's name. The doc comments here are the help.
//!
//! One variant of [`Command`] a verb, and one line of [`Cli::run`]; what is more than a few lines goes into a
//! file of its own in `cli/`.

use std::error::Error;

use clap::{Parser, Subcommand};

use crate::{app::App, config::Config};

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
}

impl Cli {
    /// Does what was typed.
    ///
    /// # Errors
    /// With a text for the person who typed it.
    pub async fn run(self, config: Config) -> Result<(), Box<dyn Error>> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve(config).await,
        }
    }
}

async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    let app = App::build(config).await?;
    app.run_until_stopped().await?;
    Ok(())
}
