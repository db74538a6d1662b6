//! `/components`: shows all components, as examples to copy.

mod booking;
mod browser;
mod chores;
mod failing;
mod instant;
mod messages;
mod planets;
mod reports;
mod shopping;
{%- if presence %}
mod visitors;
{%- endif %}

use maud::{Markup, html};
use stack_live::{Cx, Result};
use time::OffsetDateTime;

use super::layout;
use crate::components::{
    button::Button,
    date::Zone,
    dialog::dialog,
    expandable::{Expandable, expandable},
    form,
    layout::{card, grid, row, stack},
    link::Link,
    progress::progress,
    section::section,
    toast::{Toast, toasts},
};

/// The page. Each example with state is a component of its own, so only that component renders again.
pub async fn page(cx: Cx) -> Result {
    let main = html! {
        header.title { h1 { "Components" } }
        p.soft {
            "What pages are made of, from " code { "src/components" } ". This page is "
            code { "src/pages/gallery.rs" } "."
        }
        (section("buttons", "Buttons and links", buttons()))
        (section("counting", "A counter", cx.child(counter, ()).await?))
        (section("sections", "Expandable sections", cx.child(sections, ()).await?))
        (section("form", "A form", card(cx.child(booking::booking, ()).await?)))
        (section("browser", "Calls of the browser", card(cx.child(browser::browser, ()).await?)))
        (section("rows", "A form with rows", card(cx.child(shopping::shopping, ()).await?)))
        (section("table", "A table, page by page", cx.child(planets::planets, ()).await?))
        (section("dialog", "A dialog", cx.child(delete_dialog, ()).await?))
        (section("toasts", "Toasts", cx.child(toast_examples, ()).await?))
        (section("instant", "Without asking the server", cx.child(instant::instant, ()).await?))
        (section("chat", "Enter sends", cx.child(instant::chat, ()).await?))
        (section("stream", "A stream", cx.child(messages::messages, ()).await?))
        (section("element", "An element of one's own", card(cx.child(chores::chores, ()).await?)))
        (section("loading", "A part that is loaded later", cx.child(reports::reports, ()).await?))
        (section("failing", "A part that fails", card(cx.child(failing::failing, ()).await?)))
{%- if presence %}
        (section("visitors", "Who is here", cx.child(visitors::visitors, ()).await?))
{%- endif %}
        (section("dates", "Dates", cx.child(dates, ()).await?))
        (section("layout", "Layout", layouts()))
        (section("messages", "Messages", stack(html! {
            (form::alert(Some("The form could not be submitted.")))
            (progress("Loading", None))
            (progress("Uploading:", Some(60)))
        })))
    };
    Ok(layout::live(&cx, "Components", main))
}

fn buttons() -> Markup {
    html! {
        (row(html! {
            button type="button" { "Primary" }
            button.secondary type="button" { "Secondary" }
            button.quiet type="button" { "Quiet" }
            button.danger type="button" { "Danger" }
            button type="button" disabled { "Disabled" }
        }))
        (row(html! {
            (Link::to("/", "Home"))
            (Link::to("/", "Looks like a button").secondary())
            (Link::external("https://www.rust-lang.org", "Another site"))
        }))
    }
}

/// A state, and handlers that change it.
async fn counter(cx: Cx, (): ()) -> Result {
    let count = cx.use_state(|| 0_i32);
    let increment = cx.on(move |cx, _| count.update(cx, |count| *count += 1));
    let decrement = cx.on(move |cx, _| count.update(cx, |count| *count -= 1));
    let count = count.get(&cx);
    Ok(row(html! {
        (Button::new("Less").secondary().disabled(count == 0).on_click(&decrement))
        output { (count) }
        (Button::new("More").on_click(&increment))
    }))
}

async fn sections(cx: Cx, (): ()) -> Result {
    let open = html! { p { "The next section is closed." } };
    let open = Expandable::new("Open at first", open).open();
    let closed = html! { p { "It keeps its state when the connection breaks." } };
    let closed = Expandable::new("Closed at first", closed);
    Ok(html! {
        (cx.child(expandable, open).await?)
        (cx.child(expandable, closed).await?)
    })
}

/// A dialog, which is open while its state is true.
async fn delete_dialog(cx: Cx, (): ()) -> Result {
    let (open, deleted) = (cx.use_state(|| false), cx.use_state(|| false));
    let ask = cx.on(move |cx, _| open.set(cx, true));
    let cancel = cx.on(move |cx, _| open.set(cx, false));
    let delete = cx.on(move |cx, _| {
        deleted.set(cx, true);
        open.set(cx, false);
    });
    Ok(html! {
        (row(html! {
            (Button::new("Delete …").secondary().on_click(&ask))
            p role="status" { @if deleted.get(&cx) { "It was deleted." } }
        }))
        (dialog(&cx, open, "Delete this?", html! {
            p { "This cannot be undone." }
            div.actions {
                (Button::new("Delete permanently").danger().on_click(&delete))
                (Button::new("Cancel").secondary().on_click(&cancel))
            }
        }))
    })
}

/// Toasts, of which the last three are shown.
async fn toast_examples(cx: Cx, (): ()) -> Result {
    let (shown, next_id) = (cx.use_state(Vec::<Toast>::new), cx.use_state(|| 0_u32));
    let show = cx.on(move |cx, event| {
        let (id, is_error) = (next_id.get(cx), event.data("id") == "bad");
        let text = if is_error { "It failed." } else { "Saved." };
        let text = text.to_owned();
        next_id.set(cx, id + 1);
        shown.update(cx, |shown| {
            shown.push(Toast { id, text, is_error });
            shown.drain(..shown.len().saturating_sub(3));
        });
    });
    let dismiss = cx.on(move |cx, event| {
        let id = event.data("id").to_owned();
        shown.update(cx, |shown| shown.retain(|toast| toast.id.to_string() != id));
    });
    Ok(html! {
        (row(html! {
            (Button::new("Success").secondary().id("good").on_click(&show))
            (Button::new("Failure").secondary().id("bad").on_click(&show))
        }))
        (toasts(&shown.read(&cx), &dismiss))
    })
}

/// The same time in the visitor's zone and in others.
async fn dates(cx: Cx, (): ()) -> Result {
    let now = cx.use_state(|| OffsetDateTime::now_utc().unix_timestamp());
    let now =
        OffsetDateTime::from_unix_timestamp(now.get(&cx)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let yours = Zone::of_visitor(&cx);
    let others = ["America/New_York", "Asia/Tokyo"].map(|name| Zone::named(Some(name)));
    Ok(html! {
        p { "You opened this page at " strong { (yours.date_time(now)) } " (" (yours.name()) ")" }
        p.small {
            @for zone in &others { (zone.name()) ": " (zone.date_time(now)) br; }
        }
    })
}

fn layouts() -> Markup {
    grid(html! {
        @for title in ["One", "Two", "Three"] {
            (card(html! {
                h3 { (title) }
                p.soft { "A card in a grid: as many columns as there is room for." }
            }))
        }
    })
}
