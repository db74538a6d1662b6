//! `heavy template lint`.

use serde_json::json;

use crate::cli::Lint;
use crate::error::Result;
use crate::lint::lint;
use crate::source::folder;
use crate::ui::Ui;

pub(in crate::commands) fn run(args: &Lint, ui: Ui) -> Result<u8> {
    let tree = folder::read(&args.dir)?;
    let findings = lint(&tree);
    if ui.wants_json() {
        let list: Vec<_> = findings
            .iter()
            .map(|found| {
                json!({
                    "path": found.path.as_str(),
                    "line": found.line,
                    "rule": found.rule,
                    "message": found.message,
                    "mend": found.mend,
                })
            })
            .collect();
        ui.json(&list)?;
    } else {
        for found in &findings {
            ui.result(format_args!("{}:{}: {}: {}", found.path, found.line, found.rule, found.message))?;
            ui.result(format_args!("    {}", found.mend))?;
        }
        let files = tree.len();
        match findings.len() {
            0 => ui.status("Checked", format_args!("{files} files, and both engines will agree on them")),
            1 => ui.status("Checked", format_args!("{files} files: 1 thing to mend")),
            count => ui.status("Checked", format_args!("{files} files: {count} things to mend")),
        }
    }
    Ok(u8::from(!findings.is_empty()))
}
