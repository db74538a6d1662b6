//! A migration as JSON: what a review in CI looks at.

use std::process::ExitCode;

use serde_json::{Value, json};
use stack_migrate::Proven;
use stack_migrate::diff::Step;
use stack_migrate::hazard::{Allowed, Hazard};

use crate::cli::Migrate;
use crate::databases::Database;
use crate::ui;

/// Prints it. The exit code is 1 if a hazard is not allowed, or if it is a check and there is something to write.
pub(super) fn print(all: &[(&Database, Proven)], arguments: &Migrate) -> ExitCode {
    let allowed = Allowed {
        everything: arguments.allow_destructive,
        some: arguments.allow.clone(),
    };
    let files = all.iter().flat_map(|(database, proven)| {
        proven.files.iter().map(|(path, draft)| {
            let steps: Vec<Value> = draft.steps.iter().map(|one| step(one, &allowed)).collect();
            json!({ "database": database.name, "file": path, "statements": steps })
        })
    });
    let files: Vec<Value> = files.collect();
    let missing = arguments.check && !files.is_empty();
    ui::result(&format!("{:#}", json!({ "files": files })));
    let mut refused = all
        .iter()
        .flat_map(|(_, proven)| proven.not_allowed(&allowed));
    if missing || refused.next().is_some() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn step(step: &Step, allowed: &Allowed) -> Value {
    let hazards: Vec<Value> = step
        .hazards
        .iter()
        .map(|one| {
            let mut value = hazard(one);
            value["refused"] = json!(one.refused && !allowed.covers(one));
            value
        })
        .collect();
    let lock = step.lock.as_ref().map(|lock| {
        json!({
            "mode": lock.mode.as_str(),
            "table": lock.table,
            "blocks": lock.mode.blocks(),
            "duration": lock.duration(),
        })
    });
    json!({ "sql": step.sql, "object": step.object.to_string(), "lock": lock, "hazards": hazards })
}

/// What there is to say of a hazard, wherever it was found.
pub(super) fn hazard(hazard: &Hazard) -> Value {
    json!({
        "name": hazard.name.to_string(),
        "object": hazard.object,
        "what": hazard.what,
        "instead": hazard.name.description().instead,
        "allow": hazard.key(),
    })
}
