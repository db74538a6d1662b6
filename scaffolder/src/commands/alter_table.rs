//! `heavy add-field` and `heavy remove-field`.

use serde_json::json;

use crate::cli::{AddField, Common, RemoveField};
use crate::error::{Kind, Result};
use crate::merge::ConflictKind;
use crate::suggest::listed;
use crate::table::alter::{Alteration, Altered, alter};
use crate::table::field::Field;
use crate::tree::TreePath;
use crate::ui::Ui;

use super::consent;
use super::generated::{Target, manual_as_json};
use super::moving::left_open;
use super::moving::listing::{Entry, entries};

/// What is said of one of the two.
struct Words {
    verb: &'static str,
    doing: &'static str,
    done: &'static str,
    of: &'static str,
    migration: &'static str,
}

pub(super) fn add(args: &AddField, ui: Ui) -> Result<u8> {
    let fields = args.fields.iter().map(|typed| Field::parse(typed)).collect::<Result<Vec<_>>>()?;
    let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    let words = Words { verb: "add-field", doing: "Adding", done: "Added", of: "to", migration: "add" };
    run(&args.table, Alteration::Add(&fields), &names, &words, &args.common, ui)
}

pub(super) fn remove(args: &RemoveField, ui: Ui) -> Result<u8> {
    let words = Words { verb: "remove-field", doing: "Removing", done: "Removed", of: "from", migration: "remove" };
    run(&args.table, Alteration::Remove(&args.fields), &args.fields, &words, &args.common, ui)
}

fn run(
    table: &str,
    alteration: Alteration<'_>,
    names: &[String],
    words: &Words,
    common: &Common,
    ui: Ui,
) -> Result<u8> {
    let target = Target::open(words.verb, common, ui)?;
    let altered = target.formatted(|format| alter(table, alteration, &target.files, format))?;
    let (mut plan, labels) = target.merged(&altered.base, &altered.theirs)?;
    plan.lock_by_cargo = altered.dependencies && target.root().join("Cargo.lock").is_file();
    let shown = listed(names.iter().map(String::as_str));
    let (dry_run, mut entries) = (common.dry_run, entries(&plan));
    for why in entries.iter_mut().filter_map(|entry| entry.why.as_mut()) {
        *why = why.replace("the template's", "the new").replace("the template", "this command");
    }
    ui.status(words.doing, format_args!("{shown} {} the table `{table}`", words.of));
    if !ui.wants_json() {
        for entry in &entries {
            ui.planned(entry.action, entry.subject(), dry_run)?;
        }
    }
    target.show_manual(&altered.manual);
    target.show_difference(&plan.changes)?;
    let json = || {
        let mut object = json!({
            "command": words.verb,
            "project": target.root(),
            "table": table,
            "fields": names,
            "plan": entries.iter().map(Entry::json).collect::<Vec<_>>(),
            "conflicts": plan.conflicts.len(),
            "left": manual_as_json(&altered.manual),
            "applied": !dry_run,
        });
        if common.diff {
            object["diff"] = consent::text(&plan.changes).into();
        }
        if ui.wants_json() { ui.json(&object) } else { Ok(()) }
    };
    if dry_run {
        json()?;
        ui.note("nothing was written");
        let open = !plan.conflicts.is_empty() || !altered.manual.is_empty();
        return Ok(if open { Kind::LeftOpen.exit_code() } else { 0 });
    }
    consent::ask(target.prompt.as_ref(), "Do this?", &plan.changes, ui)?;
    let written = target.apply_move(&plan, labels)?;
    json()?;
    ui.status(words.done, format_args!("{shown} {} `{table}`", words.of));
    if let Err(error) = &written.cargo {
        ui.warning(error);
    }
    if !plan.conflicts.is_empty() {
        let paths: Vec<TreePath> = plan.conflicts.iter().map(|conflict| conflict.path.clone()).collect();
        return Err(left_open(&paths, plan.conflicts.iter().any(|one| one.kind == ConflictKind::DeletedByTemplate)));
    }
    say_what_comes_next(table, names, &altered, words, ui);
    target.end(&altered.manual)
}

fn say_what_comes_next(table: &str, names: &[String], altered: &Altered, words: &Words, ui: Ui) {
    ui.note("`heavy undo` takes it back");
    if !altered.without_value.is_empty() {
        ui.note(format_args!(
            "rows that are there have no {}: say in the migration what they get, or give the field a `:default=…` or a `?`",
            listed(altered.without_value.iter().map(String::as_str))
        ));
    }
    let name = if let [one] = names { one.as_str() } else { "fields" };
    let migration = format!("{}_{name}_{}_{table}", words.migration, words.of);
    ui.line("");
    ui.line(format_args!("Next: `cargo test {table}::`   its tests, which pass already"));
    ui.line(format_args!("      `cargo dev migrate --name {migration}`   the migration, from the schema"));
    ui.line("      `cargo dev pave`   the development database again");
}
