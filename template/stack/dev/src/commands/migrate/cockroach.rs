//! What CockroachDB says of a migration, or, where none is to be asked, what a lint says.

use std::path::Path;

use stack_migrate::cockroach::{Effect, Finding, Place, lint, lint_project};
use stack_migrate::{Proven, apply_at};

use crate::databases::Database;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::ui;

/// Looks at the migration of the main database, the only one that may be CockroachDB.
pub(super) async fn look(project: &Project, all: &[(&Database, Proven)]) -> Result<()> {
    let Some((database, proven)) = all.iter().find(|(database, _)| database.name == "main") else {
        return Ok(());
    };
    if let Some(url) = project.setting("COCKROACH_URL") {
        apply_at(&url, &project.migrations(database), proven).await?;
        ui::say("on CockroachDB: run");
        return Ok(());
    }
    let failed = |error| Error::new(format!("cannot read the project's SQL: {error}"));
    let mut found = lint_project(project.folder()).map_err(failed)?;
    for (path, draft) in &proven.files {
        found.extend(lint(path, &draft.sql, Place::Migration));
    }
    report(&found);
    ui::say("on CockroachDB: not run, only linted; `COCKROACH_URL` names one to try it on");
    Ok(())
}

/// What is refused, each with its place; what is only different, as a number: `docs/cockroach.md` tells.
fn report(found: &[Finding]) {
    let (refused, others): (Vec<&Finding>, Vec<&Finding>) = found
        .iter()
        .partition(|finding| finding.rule.effect == Effect::Refused);
    for finding in refused {
        ui::warning(&format!("on CockroachDB: {finding}"));
    }
    let mut files: Vec<&Path> = others
        .iter()
        .map(|finding| finding.path.as_path())
        .collect();
    files.dedup();
    if !files.is_empty() {
        let count = others.len();
        ui::say(&format!(
            "on CockroachDB {count} things are different; `cargo test cockroach:: -- --nocapture` tells which"
        ));
    }
}
