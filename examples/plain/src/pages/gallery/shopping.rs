//! A form with rows that come and go. What is typed in them is the browser's until it is sent.

use std::collections::BTreeMap;

use maud::html;
use serde::Deserialize;
use stack_live::{Cx, Result};

use crate::components::{button::Button, layout::row};

const MAX_ROWS: usize = 10;

/// The form as it is sent: `rows[7][what]=Milk`.
#[derive(Deserialize)]
struct Form {
    rows: BTreeMap<u32, Row>,
}

#[derive(Deserialize)]
struct Row {
    what: String,
    /// A checkbox that is not ticked is not sent.
    #[serde(default)]
    urgent: bool,
}

/// Each row has a number that it keeps, so that the others stay as they are when one is removed.
pub async fn shopping(cx: Cx, (): ()) -> Result {
    let rows = cx.use_state(|| vec![1_u32, 2]);
    let ordered = cx.use_state(Vec::<String>::new);
    let add = cx.on(move |cx, _| {
        rows.update(cx, |rows| {
            let next = rows.last().map_or(1, |last| last + 1);
            rows.push(next);
        });
    });
    let order = cx.on(move |cx, event| {
        let form: Form = event.form()?;
        let filled = form.rows.into_values().filter(|row| !row.what.is_empty());
        let texts = filled.map(|row| match row.urgent {
            true => format!("{} (at once)", row.what),
            false => row.what,
        });
        ordered.set(cx, texts.take(MAX_ROWS).collect());
        Ok(())
    });
    let full = rows.read(&cx).len() >= MAX_ROWS;
    Ok(html! {
        form on:submit=(order) data-reset {
            @for number in &*rows.read(&cx) {
                @let remove = {
                    let number = *number;
                    cx.keyed(number).on(move |cx, _| {
                        rows.update(cx, |rows| rows.retain(|other| *other != number));
                    })
                };
                div.row data-key=(number) {
                    input name={ "rows[" (number) "][what]" } aria-label="What" maxlength="40";
                    label.check {
                        input type="checkbox" name={ "rows[" (number) "][urgent]" } value="true";
                        "At once"
                    }
                    (Button::new("Remove").secondary().on_click(&remove))
                }
            }
            (row(html! {
                (Button::new("Another row").secondary().disabled(full).on_click(&add))
                button type="submit" { "Order" }
            }))
        }
        p role="status" {
            @if !ordered.read(&cx).is_empty() { "Ordered: " (ordered.read(&cx).join(", ")) }
        }
    })
}
