//! `heavy time cement`.

use serde_json::json;

use crate::cli::Cement;
use crate::error::Result;
use crate::time::cement::cement;
use crate::time::paths::COMMITTED;
use crate::time::recorder::wall_clock;
use crate::time::{clock, span, stored};
use crate::ui::Ui;

pub(in crate::commands) fn run(args: &Cement, ui: Ui) -> Result<u8> {
    let paths = super::paths_of(args.work_tree.project.as_deref())?;
    let author = paths.author()?;
    let done = cement(&paths, &author, &super::settings()?, wall_clock())?;
    let seconds = span::seconds(&done.spans);
    if ui.wants_json() {
        let spans: Vec<_> =
            done.spans.iter().map(|span| json!({ "from": stored(span.from()), "to": stored(span.to()) })).collect();
        ui.json(&json!({ "author": author, "files": done.files, "spans": spans, "seconds": seconds }))?;
        return Ok(0);
    }
    let count = |number: usize| if number == 1 { "1 span".to_owned() } else { format!("{number} spans") };
    if done.files.is_empty() {
        ui.status("Cemented", "nothing: all finished time is in its file");
    } else if done.spans.is_empty() {
        ui.status("Cemented", "nothing new; what was cemented before is in the work tree again");
    } else {
        ui.status("Cemented", format_args!("{}, {}, of {author}", count(done.spans.len()), clock(seconds)));
    }
    for file in &done.files {
        ui.line(format_args!("             {}", file.display()));
    }
    if done.open > 0 {
        ui.note(format_args!("{} is not over yet and comes with the next one", clock(done.open)));
    }
    if !done.files.is_empty() {
        ui.line(format_args!("\nNext: `git add {COMMITTED} && git commit -m \"Time\" {COMMITTED}`"));
    }
    Ok(0)
}
