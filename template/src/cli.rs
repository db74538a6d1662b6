//! The command line. The doc comments of the arguments are the text of `--help`.
//!
//! Each command is a variant of `Command` and an arm of [`Cli::run`]. Longer commands have a file in `cli/`.

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
{%- if pgvector %}
mod reembed;
{%- endif %}
mod rotate;
{%- if jobs %}
mod work;
{%- endif %}

/// The command line.
#[derive(Debug, Parser)]
#[command(name = env!("APP_NAME"), about = env!("CARGO_PKG_DESCRIPTION"), version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until stopped (the default)
    Serve(Serve),
    /// Check whether the application on this machine is healthy, for example in a container
    Health(health::Health),
    /// Apply all pending migrations
    Migrate(migrate::Migrate),
    /// Add a demo user with notes, unless they exist; only in development
    Seed,
{%- if pgvector %}
    /// Embed every note whose embedding is missing, outdated or from another model; can be interrupted and resumed
    Reembed,
{%- endif %}
    /// Re-encrypt all values that are under an older key of `ENCRYPTION_KEYS`; can be interrupted and resumed
    Rotate,
{%- if jobs %}
    /// Do jobs until stopped, and serve nothing
    Work,
{%- endif %}
}

#[derive(Debug, Default, Args)]
struct Serve {
    /// Apply all pending migrations first
    #[arg(long)]
    migrate: bool,
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// An error whose message is shown to the user.
    pub async fn run(self, config: Config) -> Result<(), Box<dyn Error>> {
        match self.command.unwrap_or(Command::Serve(Serve::default())) {
            Command::Serve(serve) => serve.run(config).await,
            Command::Health(health) => health.run(&config),
            Command::Migrate(migrate) => migrate.run(&config).await,
            Command::Seed => seed_database(config).await,
{%- if pgvector %}
            Command::Reembed => reembed::run(config).await,
{%- endif %}
            Command::Rotate => rotate::run(config).await,
{%- if jobs %}
            Command::Work => work::run(config).await,
{%- endif %}
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

async fn seed_database(config: Config) -> Result<(), Box<dyn Error>> {
    let db = database::open(&config).await?;
    let user = seed::run(&app::state(config, db)?).await?;
    print_line(&format!(
        "log in as {} with the password `{}`, unless it was changed",
        user.email,
        seed::PASSWORD
    ));
    Ok(())
}

/// The error of a command that `error` interrupted and that can be resumed.
fn interrupted(error: crate::error::Error) -> StartError {
    use crate::error::Error::{Internal, Unavailable};
    let cause = match error {
        // Clients do not see the cause of these, but the user of the command line does.
        Internal(cause) | Unavailable(cause) => cause.to_string(),
        other => other.to_string(),
    };
    StartError(format!(
        "{cause}\nhint: the work done so far is saved; run the command again to continue"
    ))
}

/// Prints a line of a command's output to stdout.
#[expect(clippy::print_stdout, reason = "the output of a command")]
fn print_line(line: &str) {
    println!("{line}");
}
