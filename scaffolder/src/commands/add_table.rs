//! `heavy add-table`.

use serde_json::json;

use crate::cli::AddTable;
use crate::error::Result;
use crate::table::names::Names;
use crate::table::unique_together::UniqueTogether;
use crate::table::{CommandLine, Generated, Table};
use crate::ui::Ui;

use super::consent;
use super::generated::{Target, Written, action, manual_as_json};

mod ask;
mod eject;

pub(super) fn run(args: &AddTable, ui: Ui) -> Result<u8> {
    let target = Target::open("add-table", &args.common, ui)?;
    if args.eject {
        return eject::run(&target);
    }
    let (name, fields) = ask::what_is_missing(args, target.prompt.as_ref())?;
    let names = Names::parse(&name, args.model.as_deref())?;
    let unique = UniqueTogether::parse_all(&args.unique, &fields)?;
    let table = Table::new(CommandLine { names, fields, unique, owned: !args.shared }, &target.files)?;
    let (generated, is_formatted) =
        target.formatted(|format| Ok((table.generate(&target.files, format)?, format.is_some())))?;
    target.refuse_what_stands_there(&generated.changes)?;

    let names = table.names();
    let details = json!({ "table": names.table, "model": names.model, "left": manual_as_json(&generated.manual) });
    ui.status("Adding", format_args!("the table `{}`, whose model is `{}`", names.table, names.model));
    target.plan(&generated.changes)?;
    target.show_manual(&generated.manual);
    target.show_difference(&generated.changes)?;
    if args.common.dry_run {
        target.finish(&generated.changes, &details)?;
        return target.end(&generated.manual);
    }
    consent::ask(target.prompt.as_ref(), "Do this?", &generated.changes, ui)?;
    let written = target.write(&generated.changes, generated.dependencies)?;
    target.finish(&generated.changes, &details)?;
    say_what_comes_next(&table, &generated, &written, is_formatted, ui);
    target.end(&generated.manual)
}

/// What was done, and what comes next.
fn say_what_comes_next(table: &Table, generated: &Generated, written: &Written, is_formatted: bool, ui: Ui) {
    let table = &table.names().table;
    let count = |wanted: &str| generated.changes.iter().filter(|change| action(change) == wanted).count();
    ui.status("Added", format_args!("`{table}`: {} created, {} updated", count("create"), count("update")));
    if let Err(error) = &written.cargo {
        ui.warning(error);
    }
    if !is_formatted {
        ui.note("there is no rustfmt here; once there is, run `cargo fmt`");
    }
    ui.note("`heavy undo` takes it back");
    ui.line("");
    ui.line(format_args!("Next: `cargo test {table}::`   its tests, which pass already"));
    ui.line(format_args!("      `cargo dev migrate --name add_{table}`   the migration, from the schema"));
    ui.line("      `cargo dev pave`   the development database again, with the table in it");
}
