//! `heavy routes` and `heavy schema`: what a project has.

use serde_json::json;

use crate::cli::{Question, Routes, Schema};
use crate::error::{Error, Result};
use crate::hidden::escaped;
use crate::inspect::schema::{Column, Table, is_same};
use crate::inspect::{Place, routes, schema};
use crate::project::Project;
use crate::suggest::{listed_in_short, nearest};
use crate::tree::Tree;
use crate::ui::Ui;

/// Where somebody looks who finds no route.
const ROUTES: &str = "src/routes.rs";

pub(super) fn routes(args: &Routes, ui: Ui) -> Result<u8> {
    let (project, files) = files(&args.question)?;
    let mut found = routes::routes(&files);
    if let Some(text) = &args.text {
        found.routes.retain(|route| route.path.contains(text.as_str()));
    }
    if ui.wants_json() {
        ui.json(&json!({ "project": project.root(), "routes": found.routes, "unread": found.unread }))?;
        return Ok(0);
    }
    let widest = |width: fn(&routes::Route) -> usize| found.routes.iter().map(width).max().unwrap_or(0);
    let method = widest(|route| route.method.len());
    let path = widest(|route| route.path.chars().count());
    let handler = widest(|route| route.handler.chars().count());
    for route in &found.routes {
        let at = route.defined.as_ref().unwrap_or(&route.routed);
        let line = format!("{:method$}  {:path$}  {:handler$}  {at}", route.method, route.path, route.handler);
        ui.result(escaped(&line))?;
    }
    if found.routes.is_empty() {
        match &args.text {
            Some(text) => ui.note(format_args!("no path has `{}` in it", text.escape_debug())),
            None => ui.note(format_args!("no route was found; in a new project they are in `{ROUTES}`")),
        }
    }
    not_understood(&found.unread, "may have more routes", ui);
    Ok(0)
}

pub(super) fn schema(args: &Schema, ui: Ui) -> Result<u8> {
    let (project, files) = files(&args.question)?;
    let mut found = schema::schema(&files);
    for typed in &args.tables {
        if !found.tables.iter().any(|table| is_same(&table.name, typed)) {
            let names = || found.tables.iter().map(|table| table.name.as_str());
            let error = Error::user(format!("there is no table `{}`", typed.escape_debug()));
            return Err(match nearest(typed, names()) {
                Some(near) => error.hint(format!("did you mean `heavy schema {near}`?")),
                None if found.tables.is_empty() => error.hint("`heavy add-table` adds one"),
                None => error.hint(format!("`heavy schema` lists all; there are {}", listed_in_short(names()))),
            });
        }
    }
    if !args.tables.is_empty() {
        found.tables.retain(|table| args.tables.iter().any(|typed| is_same(&table.name, typed)));
    }
    if ui.wants_json() {
        ui.json(&json!({ "project": project.root(), "tables": found.tables, "unread": found.unread }))?;
        return Ok(0);
    }
    for (number, table) in found.tables.iter().enumerate() {
        if number > 0 {
            ui.result("")?;
        }
        show(table, ui)?;
    }
    if found.tables.is_empty() {
        ui.note("`schema/` makes no table");
    }
    not_understood(&found.unread, "is not taken into account", ui);
    Ok(0)
}

/// A table for people: a line with its name, and one for each column.
fn show(table: &Table, ui: Ui) -> Result<()> {
    let kind = if table.kind == "table" { String::new() } else { format!(" ({})", table.kind) };
    let database = if table.database == "main" { String::new() } else { format!(" in `{}`", table.database) };
    ui.result(escaped(&format!("{}{kind}{database}  {}", table.name, table.position)))?;
    let name = table.columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0);
    let kind = table.columns.iter().map(|column| column.kind.chars().count()).max().unwrap_or(0);
    for column in &table.columns {
        let said = remarks(table, column).join(", ");
        let line = format!("    {:name$}  {:kind$}  {said}", column.name, column.kind);
        ui.result(escaped(line.trim_end()))?;
    }
    for columns in table.unique.iter().filter(|columns| columns.len() > 1) {
        ui.result(escaped(&format!("    unique ({})", columns.join(", "))))?;
    }
    for reference in table.references.iter().filter(|reference| reference.columns.len() > 1) {
        let columns = reference.columns.join(", ");
        ui.result(escaped(&format!(
            "    ({columns}) references {} ({})",
            reference.table,
            reference.referenced.join(", ")
        )))?;
    }
    Ok(())
}

/// What there is to say of a column.
fn remarks(table: &Table, column: &Column) -> Vec<String> {
    let mut said = Vec::new();
    if table.primary_key.contains(&column.name) {
        said.push("primary key".to_owned());
    } else if !column.nullable {
        said.push("not null".to_owned());
    }
    if table.unique.iter().any(|columns| columns[..] == [column.name.clone()]) {
        said.push("unique".to_owned());
    }
    let alone = table.references.iter().filter(|reference| reference.columns[..] == [column.name.clone()]);
    said.extend(alone.map(|reference| format!("references {}", reference.table)));
    said.extend(column.default.as_ref().map(|default| format!("default {default}")));
    said.extend(column.generated.as_ref().map(|from| format!("generated: {from}")));
    said
}

fn files(question: &Question) -> Result<(Project, Tree)> {
    let project = super::project(question.project.as_deref())?;
    let files = project.all_files()?;
    Ok((project, files))
}

/// Says where there may be more than was found.
fn not_understood(places: &[Place], what: &str, ui: Ui) {
    for place in places {
        ui.note(escaped(&format!("{} {what}: {}", place.position, place.text)));
    }
}
