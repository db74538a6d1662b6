//! A part of a page that is loaded while everything else is there.

use std::time::Duration;

use maud::html;
use stack_live::{Cx, PageError, Result};

use crate::components::{button::Button, layout::row};

/// The text of a report, by its number. A new one is written while the page goes on.
pub async fn reports(cx: Cx, (): ()) -> Result {
    let number = cx.use_state(|| 0_u32);
    let wanted = number.get(&cx);
    let report = cx.use_later(wanted, move |_| write(wanted));
    let next = cx.on(move |cx, _| number.update(cx, |number| *number += 1));
    Ok(html! {
        (row(html! { (Button::new("Write a report").secondary().on_click(&next)) }))
        (report.show(
            html! { p aria-busy="true" { "Report " (wanted) " is being written. Everything else goes on." } },
            |text| html! { p { (text) } },
        ))
    })
}

/// Stands for a query that takes long.
async fn write(number: u32) -> Result<String, PageError> {
    if number == 0 {
        return Ok("There is no report yet.".to_owned());
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(format!("Report {number}: all is well."))
}
