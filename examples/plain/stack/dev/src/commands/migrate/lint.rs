//! `cargo dev migrate lint`

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::{Value, json};
use stack_migrate::lint::{File, Finding, lint};

use super::{plan_json, statistics};
use crate::cli::MigrateLint;
use crate::databases::DATABASES;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

pub(super) fn run(project: &Project, arguments: &MigrateLint) -> Result<ExitCode> {
    let mut found = Vec::new();
    let mut missing = arguments.files.clone();
    for database in DATABASES {
        let folder = project.migrations(database);
        let wanted = wanted(project, &folder, arguments)?;
        let files = texts(&folder)?;
        let is_wanted = |path: &Path| {
            wanted
                .as_ref()
                .is_none_or(|all| all.iter().any(|one| is_same(one, path)))
        };
        missing.retain(|file| !files.iter().any(|(path, _)| is_same(file, path)));
        let files: Vec<File<'_>> = files
            .iter()
            .map(|(path, sql)| File {
                path,
                sql,
                wanted: is_wanted(path),
            })
            .collect();
        found.extend(lint(&files, &statistics::read(&folder)?));
    }
    if let Some(file) = missing.first() {
        let error = format!("`{}` is no migration of the project", file.display());
        return Err(Error::new(error).hint("ls migrations"));
    }
    if arguments.json {
        let all: Vec<Value> = found.iter().map(as_json).collect();
        ui::result(&format!("{:#}", json!({ "findings": all })));
    } else {
        tell(&found);
    }
    Ok(match found.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn tell(found: &[Finding]) {
    for finding in found {
        let (path, line, hazard) = (finding.path.display(), finding.line, &finding.hazard);
        ui::result(&format!("{path}:{line}: {hazard}"));
        let instead = hazard.name.description().instead;
        ui::result(&format!("    instead: {instead}"));
    }
    if let Some(Finding { hazard, .. }) = found.first() {
        let name = hazard.name;
        ui::say(&format!(
            "hint: if one is meant, say so on a line before the statement: `-- allow: {name}`"
        ));
    }
}

fn as_json(finding: &Finding) -> Value {
    let mut value = plan_json::hazard(&finding.hazard);
    value["file"] = json!(finding.path);
    value["line"] = json!(finding.line);
    value["sql"] = json!(finding.sql);
    value
}

/// Which files to look at; all if that is none.
fn wanted(
    project: &Project,
    folder: &Path,
    arguments: &MigrateLint,
) -> Result<Option<Vec<PathBuf>>> {
    if !arguments.files.is_empty() {
        return Ok(Some(arguments.files.clone()));
    }
    let since = arguments.since.as_deref().unwrap_or("HEAD");
    let known = git(
        project,
        folder,
        &["diff", "--name-only", "--relative", since],
    );
    let known = match (known, &arguments.since) {
        (Some(known), _) => known,
        // No repository, or nothing committed.
        (None, None) => return Ok(None),
        (None, Some(since)) => {
            return Err(Error::new(format!("git knows no revision `{since}`")).hint("git fetch"));
        }
    };
    let new = git(
        project,
        folder,
        &["ls-files", "--others", "--exclude-standard"],
    );
    let names = known
        .lines()
        .chain(new.as_deref().unwrap_or_default().lines());
    Ok(Some(names.map(|name| folder.join(name)).collect()))
}

/// What git says in the folder of migrations, each file as it is called there.
fn git(project: &Project, folder: &Path, arguments: &[&str]) -> Option<String> {
    let folder = if folder.is_dir() {
        folder
    } else {
        project.folder()
    };
    let mut git = Command::new("git");
    let output = git
        .args(arguments)
        .args(["--", "."])
        .current_dir(folder)
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// Every migration in its order. Names that the migrator refuses are its business.
fn texts(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let migrations = stack_db::Migrations::read(folder)?;
    let all = migrations.all().iter();
    Ok(all
        .map(|one| (one.path.clone(), one.sql.as_str().to_owned()))
        .collect())
}

fn is_same(one: &Path, other: &Path) -> bool {
    let absolute = |path: &Path| path.canonicalize().ok();
    absolute(one).is_some_and(|path| absolute(other) == Some(path))
}
