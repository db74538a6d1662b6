//! `cargo dev migrate`

use std::process::ExitCode;

use stack_db::Schema;
use stack_migrate::diff::{LockPolicy, Step};
use stack_migrate::hazard::Allowed;
use stack_migrate::{Comparison, Proven, Request, shell};

use crate::cli::{Migrate, MigrateCommand};
use crate::databases::{DATABASES, Database};
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

mod against;
mod lint;
mod plan_json;
mod renames;
mod renumber;
mod scratch;
mod statistics;

pub(super) async fn run(project: &Project, arguments: &Migrate) -> Result<ExitCode> {
    match &arguments.command {
        Some(MigrateCommand::Prune { through }) => return prune(project, *through).await,
        Some(MigrateCommand::Renumber { file }) => return renumber::run(project, file.as_deref()),
        Some(MigrateCommand::Lint(arguments)) => return lint::run(project, arguments),
        Some(MigrateCommand::Statistics(arguments)) => {
            return statistics::fetch(project, arguments).await;
        }
        None => {}
    }
    if arguments.empty {
        return empty(project, arguments);
    }
    if let Some(url) = &arguments.against.url
        && !arguments.check
    {
        return against::run(project, url, &arguments.against).await;
    }
    let mut all = Vec::new();
    for database in DATABASES {
        let request = request(project, database, arguments).await?;
        let comparison = Comparison::begin(&request).await?;
        all.push((database, request, comparison));
    }
    let mut comparisons: Vec<&mut Comparison> = all.iter_mut().map(|(_, _, both)| both).collect();
    renames::given(&mut comparisons, &arguments.renames).await?;
    if !arguments.check {
        renames::asked(&mut comparisons).await?;
    }
    // Nothing is written before all of it is proven.
    let mut proven = Vec::new();
    for (database, request, comparison) in all {
        match comparison.prove(&request).await {
            Ok(one) if arguments.check && !arguments.json && !one.files.is_empty() => {
                return Err(missing());
            }
            Ok(one) => proven.push((database, one)),
            Err(error) if arguments.check && is_difference(&error) => return Err(missing()),
            Err(error) => return Err(with_typed_options(&error, arguments)),
        }
    }
    if arguments.json {
        return Ok(plan_json::print(&proven, arguments));
    }
    for (database, proven) in &proven {
        finish(project, database, proven, arguments.dry_run)?;
    }
    match &arguments.against.url {
        Some(url) => against::run(project, url, &arguments.against).await,
        None => Ok(ExitCode::SUCCESS),
    }
}

/// An error whose hints keep what was typed.
fn with_typed_options(error: &stack_migrate::Error, arguments: &Migrate) -> Error {
    let mut typed = String::new();
    if let Some(name) = &arguments.name {
        typed += &format!(" --name {name}");
    }
    for rename in &arguments.renames {
        typed += &format!(" --rename {}", shell::word(&rename.to_string()));
    }
    for allowed in &arguments.allow {
        typed += &format!(" --allow {}", shell::word(&allowed.to_string()));
    }
    for (flag, given) in [
        ("--check", arguments.check),
        ("--allow-destructive", arguments.allow_destructive),
        ("--online", arguments.online),
        ("--plain", arguments.plain),
        ("--accept", arguments.accept),
    ] {
        if given {
            typed += " ";
            typed += flag;
        }
    }
    let mut text = error.to_string();
    for flag in ["--allow", "--rename", "--accept"] {
        text = text.replace(
            &format!("`cargo dev migrate {flag}"),
            &format!("`cargo dev migrate{typed} {flag}"),
        );
    }
    Error::new(text)
}

fn missing() -> Error {
    Error::new("a migration is missing: `schema/` says more than `migrations/`")
        .hint("cargo dev migrate --name NAME")
}

fn empty(project: &Project, arguments: &Migrate) -> Result<ExitCode> {
    let (Some(database), Some(name)) = (DATABASES.first(), &arguments.name) else {
        return Ok(ExitCode::FAILURE);
    };
    let path = stack_migrate::empty(&project.migrations(database), name)?;
    ui::result(&path.display().to_string());
    Ok(ExitCode::SUCCESS)
}

async fn request(project: &Project, database: &Database, arguments: &Migrate) -> Result<Request> {
    let schema = project.schema(database);
    Ok(Request {
        scratch: scratch::server(project, database).await,
        migrations: project.migrations(database),
        name: arguments.name.clone(),
        // Of a check it is enough to know that something differs; as JSON all of it is told.
        allowed: Allowed {
            everything: arguments.allow_destructive || arguments.check || arguments.json,
            some: arguments.allow.clone(),
        },
        accept: arguments.accept,
        thorough: arguments.check,
        locks: LockPolicy {
            online: arguments.online,
            large: Schema::read(&schema)?.texts().flat_map(large_in).collect(),
            statistics: statistics::read(&project.migrations(database))?,
            plain: arguments.plain,
        },
        schema,
    })
}

fn is_difference(error: &stack_migrate::Error) -> bool {
    use stack_migrate::Error as E;
    matches!(
        error,
        E::Unsupported(_)
            | E::NotAllowed { .. }
            | E::Refused { .. }
            | E::Unproven(_)
            | E::FailsOnData { .. }
    )
}

/// Writes a migration, and tells of it.
fn finish(project: &Project, database: &Database, proven: &Proven, dry_run: bool) -> Result<()> {
    for table in &proven.rows_missing {
        ui::warning(&format!(
            "`{}` inserts rows into `{table}`, and no migration does: rows are not compared; \
             insert them in a migration of your own: `cargo dev migrate --empty --name NAME`",
            project.schema(database).display()
        ));
    }
    for table in &proven.unknown_large {
        ui::warning(&format!(
            "`{}` calls the table `{table}` large, and there is none of this name",
            project.schema(database).display()
        ));
    }
    if proven.files.is_empty() {
        let (migrations, schema) = (project.migrations(database), project.schema(database));
        ui::say(&format!(
            "nothing to do: `{}` leads to `{}`",
            migrations.display(),
            schema.display()
        ));
        return Ok(());
    }
    if !dry_run {
        proven.write()?;
    }
    report(proven, dry_run);
    Ok(())
}

/// Tables that a file of the schema says are large: `-- large: notes, events`.
fn large_in(sql: &str) -> impl Iterator<Item = String> {
    let lists = sql.lines().filter_map(|line| {
        line.trim()
            .strip_prefix("--")?
            .trim()
            .strip_prefix("large:")
    });
    lists
        .flat_map(|list| list.split(','))
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
}

/// How many tables that stayed empty are told of with the reason.
const NAMED: usize = 5;

fn report(proven: &Proven, dry_run: bool) {
    let verb = if dry_run { "would write" } else { "wrote" };
    for (path, draft) in &proven.files {
        ui::result(&format!("{verb} {}", path.display()));
        for step in &draft.steps {
            ui::result(&format!("  {}", lines(step)));
        }
    }
    let tables = proven.filled.tables.len();
    ui::say(&match &proven.failed_on_data {
        None => format!(
            "proven: replayed on an empty database, and run on one with rows in {tables} tables"
        ),
        Some(_) => "proven: replayed on an empty database".to_owned(),
    });
    for (table, reason) in proven.filled.empty.iter().take(NAMED) {
        ui::warning(&format!(
            "tried without rows in `{table}`, for which none could be made up: {reason}"
        ));
    }
    let rest: Vec<String> = proven
        .filled
        .empty
        .iter()
        .skip(NAMED)
        .map(|(table, _)| format!("`{table}`"))
        .collect();
    if !rest.is_empty() {
        ui::warning(&format!("nor in {}", rest.join(", ")));
    }
    if let Some(message) = &proven.failed_on_data {
        ui::warning(&format!(
            "on the database with made-up rows it failed: {message}; check whether it would on yours"
        ));
    }
}

/// A step, what it locks and its hazards, each on one line.
fn lines(step: &Step) -> String {
    let first = step.sql.lines().next().unwrap_or_default();
    let short: String = match first.starts_with("ALTER TABLE ") && first != step.sql {
        // Its parts have lines of their own.
        true => step.sql.clone(),
        false => first.trim_end_matches(" (").chars().take(100).collect(),
    };
    let lock = step.lock.as_ref();
    let lock = lock.map(|lock| format!("\n    lock: {lock}, {}", lock.duration()));
    let hazards = step.hazards.iter().map(|hazard| {
        let sign = if hazard.refused { "!" } else { "careful:" };
        format!("\n    {sign} {hazard}")
    });
    short + &lock.into_iter().chain(hazards).collect::<String>()
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
                ui::warning(&format!(
                    "{}: {}",
                    database.name,
                    error.to_string().lines().next().unwrap_or_default()
                ));
                continue;
            }
            pruned => pruned?,
        };
        ui::result(&format!("wrote {}", pruned.baseline.display()));
        ui::say(&format!(
            "it replaces {} migrations; databases that have applied them all carry on",
            pruned.replaced.len()
        ));
        for (table, rows) in &pruned.rows {
            ui::say(&format!(
                "it inserts the {rows} rows of `{table}` that they had inserted"
            ));
        }
    }
    ui::say("hint: apply the old ones wherever they are not yet, before this is deployed");
    Ok(ExitCode::SUCCESS)
}
