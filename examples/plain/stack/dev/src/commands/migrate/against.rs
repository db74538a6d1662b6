//! `cargo dev migrate --against URL`: how a real database differs from the migrations.

use std::process::ExitCode;

use stack_db::migrations::{Entry, State};
use stack_migrate::{Drift, drift};

use super::scratch;
use crate::cli::Against;
use crate::error::Result;
use crate::project::Project;
use crate::ui;

pub(super) async fn run(project: &Project, url: &str, arguments: &Against) -> Result<ExitCode> {
    let database = Project::database(&arguments.database)?;
    let folder = project.migrations(database);
    let scratch = scratch::server(project, database).await;
    let Against {
        through, ignored, ..
    } = arguments;
    let found = drift(url, &folder, &scratch, *through, ignored).await?;
    report(&found, *through);
    Ok(match found.is_there() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn report(drift: &Drift, through: Option<i64>) {
    ui::result(&migrations(drift));
    let differs = drift.steps.len() + drift.gaps.len();
    if differs > 0 {
        let than = match through {
            Some(through) => format!("the migrations up to {through}"),
            None if drift.unmanaged => "all migrations".to_owned(),
            None => "the migrations that it has applied".to_owned(),
        };
        ui::result(&format!(
            "it is not as {than} make it, but as if this had been run on it too:"
        ));
    }
    for step in &drift.steps {
        ui::result(&format!(
            "  -- {}\n  {};",
            step.object,
            step.sql.replace('\n', "\n  ")
        ));
    }
    for gap in &drift.gaps {
        ui::result(&format!(
            "  -- {} differs, and no statement tells how",
            gap.object
        ));
    }
    if !drift.is_there() {
        ui::say("no drift: the database is as its migrations make it");
    }
    if !drift.roles.is_empty() {
        let roles: Vec<String> = drift.roles.iter().map(|role| format!("`{role}`")).collect();
        ui::say(&format!(
            "not compared, as no migration grants it: what {} may do",
            roles.join(", ")
        ));
    }
    if differs == 0 {
        return;
    }
    if let Some((real, ours)) = &drift.versions {
        ui::warning(&format!(
            "it is PostgreSQL {real}, and the migrations were replayed on {ours}: what only looks different may be worded otherwise"
        ));
    }
    ui::say(
        "hint: what shall stay goes into `schema/` and a migration; what shall not is undone by hand; `--ignore 'WHAT'` leaves out one of these",
    );
}

/// How the migrations stand, each that is not simply applied on a line.
fn migrations(drift: &Drift) -> String {
    let of = |state: State| {
        drift
            .entries
            .iter()
            .filter(move |entry| entry.state == state)
    };
    if drift.unmanaged {
        return "the database has tables, and no record of migrations".to_owned();
    }
    let mut text = format!(
        "{} applied, {} pending",
        of(State::Applied).count(),
        of(State::Pending).count()
    );
    let told = |entry: &&Entry| entry.state != State::Applied;
    for entry in drift.entries.iter().filter(told) {
        text += &format!("\n  {entry}");
    }
    text
}
