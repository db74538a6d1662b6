//! One file per command.

{%- if browser_tests %}
mod browser_test;
{%- endif %}
mod db;
mod doctor;
{%- if load %}
mod load;
{%- endif %}
mod migrate;
mod pave;
{%- if load %}
mod record;
{%- endif %}
{%- if load or browser_tests %}
mod run_databases;
{%- endif %}
mod seed;
mod serve;
{%- if test_daemon %}
mod test;
{%- endif %}

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
        {%- if browser_tests %}
        Command::BrowserTest(arguments) => browser_test::run(&project, &arguments).await,
        {%- endif %}
        Command::Doctor { json } => doctor::run(&project, json).await,
        {%- if test_daemon %}
        Command::Test(arguments) => test::run(&project, &arguments).await,
        {%- endif %}
        {%- if load %}
        Command::Record(arguments) => record::run(&project, &arguments).await,
        Command::Load(arguments) => load::run(&project, &arguments).await,
        {%- endif %}
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
