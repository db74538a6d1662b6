//! `heavy add-page`.

use serde_json::json;

use crate::cli::AddPage;
use crate::error::{Error, Result};
use crate::table::page::Page;
use crate::ui::Ui;

use super::generated::{Target, manual_as_json};

pub(super) fn run(args: &AddPage, ui: Ui) -> Result<u8> {
    let target = Target::open("add-page", &args.common, ui)?;
    let name = match (&args.name, &target.prompt) {
        (Some(name), _) => name.clone(),
        (None, Some(prompt)) => prompt.text("Name of the page, as it stands in its URL (about-us)", None, |name| {
            Page::new(name.trim(), args.title.as_deref(), args.signed_in, args.link, &target.files).map(drop)
        })?,
        (None, None) => {
            return Err(Error::usage("the page has no name").hint("write it: `heavy add-page about-us`"));
        }
    };
    let page = Page::new(name.trim(), args.title.as_deref(), args.signed_in, args.link, &target.files)?;
    let generated = target.formatted(|format| page.generate(&target.files, format))?;
    ui.status("Adding", format_args!("the page `{}`", page.url()));
    target.show_manual(&generated.manual);
    let details = json!({ "url": page.url(), "left": manual_as_json(&generated.manual) });
    if target.apply(&generated.changes, &details)? {
        ui.status("Added", format_args!("`{}`: its code is in `{}`", page.url(), page.path()));
        ui.note("`heavy undo` takes it back");
    }
    target.end(&generated.manual)
}
