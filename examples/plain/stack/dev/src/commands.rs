//! One file per command.
mod db;
mod doctor;
mod migrate;
mod pave;
mod seed;
mod serve;

use std::process::ExitCode;

use crate::cli::Command;
use crate::databases::DATABASES;
use crate::error::Result;
use crate::guard;
use crate::project::Project;

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    let project = Project::find()?;
    match command {
        Command::Serve(arguments) => serve::run(&project, &arguments).await,
        Command::Pave(arguments) => pave::run(&project, &arguments).await,
        Command::Migrate(arguments) => migrate::run(&project, &arguments).await,
        Command::Doctor { json } => doctor::run(&project, json).await,
        Command::Db(command) => db::run(&project, command).await,
        Command::Seed => {
            for database in DATABASES {
                if let Some(url) = project.url(database).await? {
                    guard::require_local(&project, &url)?;
                }
            }
            seed::run(&project)
        }
    }
}
