//! `cargo dev migrate`

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use stack_migrate::diff::{Care, Hazard, Step};
use stack_migrate::{Proven, Rename, Request};

use crate::cli::{Migrate, MigrateCommand};
use crate::error::{Error, Result};
use crate::project::{COCKROACH, DATABASES, Database, Project};
use crate::ui;

mod scratch;

pub(super) async fn run(project: &Project, arguments: &Migrate) -> Result<ExitCode> {
    if let Some(MigrateCommand::Prune { through }) = &arguments.prune {
        return prune(project, *through).await;
    }
    if arguments.empty {
        return empty(project, arguments);
    }
    let mut missing = false;
    for database in DATABASES {
        missing |= migrate(project, database, arguments).await?;
    }
    if arguments.check && missing {
        return Err(Error::new("a migration is missing: `schema/` says more than `migrations/`")
            .hint("cargo dev migrate --name NAME"));
    }
    Ok(ExitCode::SUCCESS)
}

fn empty(project: &Project, arguments: &Migrate) -> Result<ExitCode> {
    let (Some(database), Some(name)) = (DATABASES.first(), &arguments.name) else {
        return Ok(ExitCode::FAILURE);
    };
    let path = stack_migrate::empty(&project.migrations(database), name)?;
    ui::result(&path.display().to_string());
    Ok(ExitCode::SUCCESS)
}

/// One database; returns whether something differs.
async fn migrate(project: &Project, database: &Database, arguments: &Migrate) -> Result<bool> {
    let mut request = Request {
        scratch: scratch::server(project, database).await,
        migrations: project.migrations(database),
        schema: project.schema(database),
        name: arguments.name.clone(),
        renames: arguments.renames.clone(),
        allow_destructive: arguments.allow_destructive || arguments.check,
        care: Care { online: arguments.online, large: large(&project.schema(database))? },
        single: COCKROACH && database.name == "main",
    };
    if !arguments.check {
        ask_for_renames(&mut request).await?;
    }
    let proven = match stack_migrate::generate(&request).await {
        Ok(proven) => proven,
        // Of a check it is enough to know that something differs.
        Err(error) if arguments.check => return if_different(error),
        Err(error) => return Err(error.into()),
    };
    if proven.files.is_empty() {
        let (migrations, schema) = (&request.migrations, &request.schema);
        ui::say(&format!(
            "nothing to do: `{}` leads to `{}`",
            migrations.display(),
            schema.display()
        ));
        return Ok(false);
    }
    if arguments.check {
        return Ok(true);
    }
    if !arguments.dry_run {
        proven.write()?;
    }
    report(&proven, arguments.dry_run);
    Ok(true)
}

fn if_different(error: stack_migrate::Error) -> Result<bool> {
    use stack_migrate::Error as E;
    match error {
        E::Gaps(_) | E::Destructive { .. } | E::Refused { .. } | E::Unproven(_) | E::FailsOnData { .. } => Ok(true),
        error => Err(error.into()),
    }
}

/// Where something is dropped and something like it made, a person may say that it was renamed.
async fn ask_for_renames(request: &mut Request) -> Result<()> {
    loop {
        let alike = stack_migrate::renamed(request).await?;
        let mut said = Vec::new();
        for alike in &alike {
            match ui::ask(&format!("was the {} renamed to `{}`?", alike.old, alike.new.name)) {
                Some(true) => {
                    said.push(Rename::from(alike));
                    // What is in it looks different now.
                    break;
                }
                Some(false) => {}
                None => return Ok(()),
            }
        }
        if said.is_empty() {
            return Ok(());
        }
        request.renames.extend(said);
    }
}

/// Tables that the schema says are large: `-- large: notes, events`.
fn large(schema: &Path) -> Result<BTreeSet<String>> {
    let failed = |error: std::io::Error| Error::new(format!("cannot read `{}`: {error}", schema.display()));
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(schema).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            let text = std::fs::read_to_string(&path).map_err(failed)?;
            found.extend(large_in(&text));
        }
    }
    Ok(found)
}

fn large_in(sql: &str) -> impl Iterator<Item = String> {
    let lists = sql.lines().filter_map(|line| line.trim().strip_prefix("--")?.trim().strip_prefix("large:"));
    lists.flat_map(|list| list.split(',')).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn report(proven: &Proven, dry_run: bool) {
    let verb = if dry_run { "would write" } else { "wrote" };
    for (path, draft) in &proven.files {
        ui::result(&format!("{verb} {}", path.display()));
        for step in &draft.steps {
            ui::result(&format!("  {}", line(step)));
        }
    }
    let tables = proven.filled.tables.len();
    ui::say(&format!("proven: replayed on an empty database, and run on one with rows in {tables} tables"));
    for (table, reason) in &proven.filled.empty {
        ui::warning(&format!("tried without rows in `{table}`, for which none could be made up: {reason}"));
    }
    if let Some(message) = &proven.failed_on_data {
        ui::warning(&format!("on the database with rows it failed, as announced: {message}"));
    }
    if COCKROACH {
        ui::say("on CockroachDB: not run");
    }
}

/// A step on one line.
fn line(step: &Step) -> String {
    let sql = step.sql.lines().next().unwrap_or_default().trim_end_matches(" (");
    let short: String = sql.chars().take(100).collect();
    match &step.hazard {
        Some(Hazard::Destroys(what)) => format!("{short}\n    ! {what}"),
        Some(Hazard::Warns(what)) => format!("{short}\n    careful: {what}"),
        None => short,
    }
}

async fn prune(project: &Project, through: Option<i64>) -> Result<ExitCode> {
    for database in DATABASES {
        let folder = project.migrations(database);
        let scratch = scratch::server(project, database).await;
        let schema = project.schema(database);
        let pruned = stack_migrate::prune(&scratch, &folder, &schema, through).await;
        let pruned = match pruned {
            // Each database has its own; one that has nothing to squash does not stop the others.
            Err(error @ stack_migrate::Error::NothingToPrune(_)) if DATABASES.len() > 1 => {
                ui::warning(&format!("{}: {}", database.name, error.to_string().lines().next().unwrap_or_default()));
                continue;
            }
            pruned => pruned?,
        };
        ui::result(&format!("wrote {}", pruned.baseline.display()));
        ui::say(&format!("it replaces {} migrations; databases that have applied them all carry on", pruned.replaced.len()));
        for (table, rows) in &pruned.rows {
            ui::say(&format!("it inserts the {rows} rows of `{table}` that they had inserted"));
        }
    }
    ui::say("hint: apply the old ones wherever they are not yet, before this is deployed");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_tables_are_named_in_comments_of_the_schema() {
        let sql = "-- large: notes, app.events\nCREATE TABLE notes ();\n  --large:x\n-- larger: y";
        assert_eq!(large_in(sql).collect::<Vec<_>>(), ["notes", "app.events", "x"]);
    }
}
