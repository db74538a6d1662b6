//! A part that fails, see docs/live-pages.md.

use maud::html;
use stack_live::{Cx, Result};

use crate::components::{button::Button, layout::row};

/// Shares sweets, by a handler whose author has not thought of nobody: it panics. This part stops and can be started again;
/// the page goes on.
pub async fn failing(cx: Cx, (): ()) -> Result {
    let each = cx.use_local(|| None::<u32>);
    let share = cx.on(move |cx, event| {
        let children: u32 = event.field("children").parse().unwrap_or(1);
        each.set(cx, Some(100 / children));
    });
    Ok(html! {
        form on:submit=(share) {
            (row(html! {
                label for="children" { "Children who share 100 sweets (try 0)" }
                input #children name="children" type="number" min="0" required;
                (Button::new("Share").secondary())
            }))
        }
        p role="status" { @if let Some(each) = each.get(&cx) { (each) " for each." } }
    })
}
