//! An element of one's own, `static/elements/sortable-list.js`: it says what somebody wants, and the server does it.

use maud::{Markup, html};
use serde::Deserialize;
use stack_live::{Cx, Result};

/// The `detail` of the event `sort`: this item should be at this place.
#[derive(Deserialize)]
struct Sorted {
    key: String,
    to: usize,
}

const CHORES: [&str; 4] = ["Water the plants", "Feed the cat", "Write to Ada", "Rest"];

/// A list whose items are dragged, or moved by the arrow keys.
pub async fn chores(cx: Cx, (): ()) -> Result {
    let order = cx.use_state(|| (0..CHORES.len()).collect::<Vec<_>>());
    let announcement = cx.use_state(String::new);
    let sort = cx.on(move |cx, event| {
        let Ok(Sorted { key, to }) = event.detail() else {
            return;
        };
        let mut chores = order.get(cx);
        let Some(from) = chores.iter().position(|chore| chore.to_string() == key) else {
            return;
        };
        let chore = chores.remove(from);
        let to = to.min(chores.len());
        chores.insert(to, chore);
        order.set(cx, chores);
        let (name, place) = (CHORES[chore], to + 1);
        announcement.set(cx, format!("{name} is number {place} of {}.", CHORES.len()));
    });
    Ok(html! {
        sortable-list on:sort=(sort) {
            ol.chores {
                @for chore in order.get(&cx) { (item(chore)) }
            }
        }
        // For those who do not see where it went.
        p.visually-hidden role="status" { (announcement.get(&cx)) }
    })
}

fn item(chore: usize) -> Markup {
    let name = CHORES.get(chore).copied().unwrap_or_default();
    html! {
        li data-key=(chore) {
            button.quiet type="button" data-handle aria-label={ "Move " (name) } { "⠿" }
            (name)
        }
    }
}
