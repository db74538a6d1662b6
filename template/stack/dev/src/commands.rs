//! One file a verb: what was typed → what it means → what is said of it.

mod browser_test;
mod db;
mod doctor;
mod load;
mod migrate;
mod pave;
mod profile;
mod record;
mod seed;
mod serve;
mod test;

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
        Command::BrowserTest(arguments) => browser_test::run(&project, &arguments).await,
        Command::Doctor(arguments) => doctor::run(&project, &arguments).await,
        Command::Profile(what) => profile::run(&project, &what).await,
        Command::Test(arguments) => test::run(&project, &arguments).await,
        Command::Record(arguments) => record::run(&project, &arguments).await,
        Command::Load(arguments) => load::run(&project, &arguments).await,
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
