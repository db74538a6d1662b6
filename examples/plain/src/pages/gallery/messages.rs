//! A stream: a list that only the browser stores, so the server needs no memory for its items.

use maud::{Markup, html};
use stack_live::{Cx, PageError, Result};

use crate::components::{button::Button, layout::row};

/// Messages, newest first. The server stores only their number.
pub async fn messages(cx: Cx, (): ()) -> Result {
    let count = cx.use_state(|| 2_u32);
    let items = cx
        .use_stream(|cx, _| async move {
            let all = (1..=count.get(&cx)).rev();
            Ok::<_, PageError>(
                all.map(|number| (number.to_string(), message(number, "")))
                    .collect(),
            )
        })
        .await?;

    let newest = items.clone();
    let add = cx.on(move |cx, _| {
        count.update(cx, |count| *count += 1);
        let number = count.get(cx);
        newest.prepend(cx, number, message(number, ""));
    });
    let newest = items.clone();
    let change = cx.on(move |cx, _| {
        let number = count.get(cx);
        newest.replace(cx, number, message(number, " was changed"));
    });
    let newest = items.clone();
    let remove = cx.on(move |cx, _| {
        newest.remove(cx, count.get(cx));
        // A second click may arrive before the button is disabled.
        count.update(cx, |count| *count = count.saturating_sub(1));
    });

    let none = count.get(&cx) == 0;
    Ok(html! {
        (row(html! {
            (Button::new("Add a message").on_click(&add))
            (Button::new("Change the newest").secondary().disabled(none).on_click(&change))
            (Button::new("Remove it").secondary().disabled(none).on_click(&remove))
        }))
        ul.messages data-stream=(items.id()) { (items) }
    })
}

fn message(number: u32, what: &str) -> Markup {
    html! { li data-key=(number) { "Message " (number) (what) } }
}
