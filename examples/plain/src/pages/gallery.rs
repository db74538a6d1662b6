//! `/components`: everything that pages are made of. Its code is there to be copied.

mod booking;
mod messages;
mod planets;

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

/// The page. What has a state is a component of its own, so that it alone is rendered again.
pub async fn page(cx: Cx) -> Result {
    let main = html! {
        header.title { h1 { "Components" } }
        p.soft {
            "What pages are made of, from " code { "src/components" } ". This page is "
            code { "src/pages/gallery.rs" } "."
        }
        (section("buttons", "Buttons and links", buttons()))
        (section("counting", "Something to click", cx.child(counting, ()).await?))
        (section("sections", "Sections that open", cx.child(sections, ()).await?))
        (section("form", "A form", card(cx.child(booking::booking, ()).await?)))
        (section("table", "A table, page by page", cx.child(planets::planets, ()).await?))
        (section("dialog", "A dialog", cx.child(deleting, ()).await?))
        (section("toasts", "Toasts", cx.child(telling, ()).await?))
        (section("stream", "A list that only the browser keeps", cx.child(messages::messages, ()).await?))
        (section("dates", "Dates", cx.child(dates, ()).await?))
        (section("layout", "Layout", places()))
        (section("messages", "Messages", stack(html! {
            (form::alert(Some("The form as a whole could not be taken.")))
            (progress("Something is going on", None))
            (progress("On the way:", Some(60)))
        })))
    };
    Ok(layout::live(&cx, "Components", main))
}

fn buttons() -> Markup {
    html! {
        (row(html! {
            button type="button" { "The thing to do" }
            button.secondary type="button" { "Another one" }
            button.quiet type="button" { "Quiet" }
            button.danger type="button" { "Dangerous" }
            button type="button" disabled { "Not now" }
        }))
        (row(html! {
            (Link::to("/", "Home"))
            (Link::to("/", "Looks like a button").secondary())
            (Link::outside("https://www.rust-lang.org", "Another site"))
        }))
    }
}

/// A state, and handlers that change it.
async fn counting(cx: Cx, (): ()) -> Result {
    let count = cx.use_state(|| 0_i32);
    let more = cx.on(move |cx, _| count.update(cx, |count| *count += 1));
    let less = cx.on(move |cx, _| count.update(cx, |count| *count -= 1));
    let now = count.get(&cx);
    Ok(row(html! {
        (Button::new("Less").secondary().disabled(now == 0).on_click(&less))
        output { (now) }
        (Button::new("More").on_click(&more))
    }))
}

async fn sections(cx: Cx, (): ()) -> Result {
    let open = html! { p { "A second one is below." } };
    let open = Expandable::new("It begins open", open).open();
    let closed = html! { p { "It stays as it is when the connection breaks." } };
    let closed = Expandable::new("It begins closed", closed);
    Ok(html! {
        (cx.child(expandable, open).await?)
        (cx.child(expandable, closed).await?)
    })
}

/// A dialog, which is open while its state says so.
async fn deleting(cx: Cx, (): ()) -> Result {
    let (open, deleted) = (cx.use_state(|| false), cx.use_state(|| false));
    let ask = cx.on(move |cx, _| open.set(cx, true));
    let keep = cx.on(move |cx, _| open.set(cx, false));
    let delete = cx.on(move |cx, _| {
        deleted.set(cx, true);
        open.set(cx, false);
    });
    Ok(html! {
        (row(html! {
            (Button::new("Delete …").secondary().on_click(&ask))
            p role="status" { @if deleted.get(&cx) { "It is gone." } }
        }))
        (dialog(&cx, open, "Delete this?", html! {
            p { "There is no way back." }
            div.actions {
                (Button::new("Delete for good").danger().on_click(&delete))
                (Button::new("Keep it").secondary().on_click(&keep))
            }
        }))
    })
}

/// Toasts: the last three messages.
async fn telling(cx: Cx, (): ()) -> Result {
    let (shown, next) = (cx.use_state(Vec::<Toast>::new), cx.use_state(|| 0_u32));
    let say = cx.on(move |cx, event| {
        let (id, bad) = (next.get(cx), event.data("id") == "bad");
        let text = if bad { "That did not work." } else { "Saved." };
        let text = text.to_owned();
        next.set(cx, id + 1);
        shown.update(cx, |shown| {
            shown.push(Toast { id, text, bad });
            shown.drain(..shown.len().saturating_sub(3));
        });
    });
    let dismiss = cx.on(move |cx, event| {
        let id = event.data("id").to_owned();
        shown.update(cx, |shown| shown.retain(|toast| toast.id.to_string() != id));
    });
    Ok(html! {
        (row(html! {
            (Button::new("It worked").secondary().id("good").on_click(&say))
            (Button::new("It did not").secondary().id("bad").on_click(&say))
        }))
        (toasts(&shown.read(&cx), &dismiss))
    })
}

/// The same moment, in the visitor's zone and in others.
async fn dates(cx: Cx, (): ()) -> Result {
    let now = cx.use_state(|| OffsetDateTime::now_utc().unix_timestamp());
    let now =
        OffsetDateTime::from_unix_timestamp(now.get(&cx)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let yours = Zone::of(&cx);
    let others = ["America/New_York", "Asia/Tokyo"].map(|name| Zone::named(Some(name)));
    Ok(html! {
        p { "When you came: " strong { (yours.moment(now)) } " (" (yours.name()) ")" }
        p.small {
            @for zone in &others { (zone.name()) ": " (zone.moment(now)) br; }
        }
    })
}

fn places() -> Markup {
    grid(html! {
        @for title in ["One", "Two", "Three"] {
            (card(html! {
                h3 { (title) }
                p.soft { "A card in a grid: as many columns as there is room for." }
            }))
        }
    })
}
