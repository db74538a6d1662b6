//! `heavy remove-table`.

use serde_json::json;

use crate::cli::RemoveTable;
use crate::error::{Error, Kind, Result};
use crate::suggest::listed_in_short;
use crate::table::remove::remove;
use crate::ui::Ui;

use super::generated::Target;

pub(super) fn run(args: &RemoveTable, ui: Ui) -> Result<u8> {
    let target = Target::open("remove-table", &args.common, ui)?;
    let table = &args.name;
    let removed = target.formatted(|format| remove(table, &target.files, args.force, format))?;
    let paths = |paths: &[crate::tree::TreePath]| paths.iter().map(ToString::to_string).collect::<Vec<_>>();
    ui.status("Removing", format_args!("the table `{table}`"));
    for path in &removed.kept {
        ui.note(format_args!("`{path}` is not as it was made, and stays; --force deletes it"));
    }
    for path in &removed.mentions {
        ui.note(format_args!("`{path}` names what is gone"));
    }
    let details = json!({ "table": table, "kept": paths(&removed.kept), "mentions": paths(&removed.mentions) });
    let written = target.apply(&removed.changes, &details)?;
    let left = removed.kept.len() + removed.mentions.len();
    if written {
        let gone = removed.changes.iter().filter(|change| change.after.is_none()).count();
        ui.status("Removed", format_args!("`{table}`: {gone} deleted, {} updated", removed.changes.len() - gone));
        ui.note("`heavy undo` brings it back; `Cargo.toml` keeps what its fields needed");
        ui.line("");
        ui.line(format_args!("Next: `cargo dev migrate --name remove_{table}`   the migration that drops it"));
        ui.line("      `cargo dev pave`   the development database again, without the table");
    }
    if left == 0 {
        return Ok(0);
    }
    if !written {
        return Ok(Kind::LeftOpen.exit_code());
    }
    let named = removed.kept.iter().chain(&removed.mentions).map(crate::tree::TreePath::as_str);
    let error = Error::new(Kind::LeftOpen, format!("left for you: {}", listed_in_short(named)));
    Err(error
        .hint("what was edited stays until you delete it; what names the table does not compile until you mend it"))
}
