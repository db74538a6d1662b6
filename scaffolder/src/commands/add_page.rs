//! `heavy add-page`.

use serde_json::json;

use crate::cli::AddPage;
use crate::error::{Error, Kind, Result};
use crate::table::page::Page;
use crate::ui::Ui;

use super::generated::Target;

pub(super) fn run(args: &AddPage, ui: Ui) -> Result<u8> {
    let target = Target::open("add-page", &args.common, ui)?;
    let page = Page::new(&args.name, args.title.as_deref(), args.signed_in, args.link, &target.files)?;
    let generated = target.formatted(|format| page.generate(&target.files, format))?;
    ui.status("Adding", format_args!("the page `{}`", page.url()));
    for step in &generated.manual {
        ui.note(format_args!("`{}` has not the shape that was looked for; paste this {}:", step.path, step.place));
        for line in step.snippet.trim_end().lines() {
            ui.line(format_args!("    {line}"));
        }
    }
    let left = generated.manual.iter();
    let left = left.map(|step| json!({ "path": step.path, "place": step.place, "snippet": step.snippet }));
    let details = json!({ "url": page.url(), "left": left.collect::<Vec<_>>() });
    if target.apply(&generated.changes, &details)? {
        ui.status("Added", format_args!("`{}`: its code is in `{}`", page.url(), page.path()));
        ui.note("`heavy undo` takes it back");
    }
    let places = match generated.manual.len() {
        0 => return Ok(0),
        _ if args.common.dry_run => return Ok(Kind::LeftOpen.exit_code()),
        1 => "1 place is".to_owned(),
        more => format!("{more} places are"),
    };
    let error = Error::new(Kind::LeftOpen, format!("{places} left for you; it does not compile until then"));
    // What was not shown above belongs to what is left.
    Err(match args.common.quiet {
        false => error.hint("paste what is shown above"),
        true => generated.manual.iter().fold(error, |error, step| {
            error.hint(format!("paste into `{}` {}:\n{}", step.path, step.place, step.snippet.trim_end()))
        }),
    })
}
