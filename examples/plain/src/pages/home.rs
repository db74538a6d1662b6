//! `/`: the first page. Replace it with your own; it shows a new developer around.

mod browser;
mod clock;
mod countdown;

use maud::{Markup, html};
use stack_live::{Cx, Result};

use super::{context::Context, layout};
use crate::components::{
    expandable::{Expandable, expandable},
    layout::{card, grid},
    link::Link,
    section::section,
};

/// Where to look, in the order in which to read: path, and what is there.
const PLACES: &[(&str, &str)] = &[
    ("src/routes.rs", "Every URL on one screen. Start here."),
    ("src/pages/", "HTML for people. This page is home.rs."),
    ("src/components/", "What pages are made of."),
    ("src/services/", "Rules and transactions."),
    ("src/repositories/", "All SQL, one file a table."),
    ("src/models/", "Types that cannot hold an invalid value."),
    ("schema/", "The database, as plain SQL."),
    ("static/app.css", "The look, by a few variables."),
    ("tests/", "Each test has a database of its own."),
];

/// The first page.
pub async fn page(cx: Cx) -> Result {
    let way = Expandable::new("The way of a request", way());
    let main = html! {
        section.hero {
            div {
                p.eyebrow { "It runs" }
                h1 { (layout::SITE) }
                (greeting(&cx))
            }
            aside.card aria-label="Live" {
                (cx.child(clock::clock, ()).await?)
                (cx.child(counter, ()).await?)
            }
        }
        (section("live", "This page is live", html! {
            p.soft {
                "Its code runs on the server, also when you click. What changes comes over one connection."
            }
            (grid(html! {
                (card(cx.child(countdown::countdown, ()).await?))
                (card(cx.child(browser::browser, ()).await?))
            }))
        }))
        (section("places", "Where to look", html! {
            ul.places {
                @for (path, what) in PLACES {
                    li { code { (path) } p { (what) } }
                }
            }
            (cx.child(expandable, way).await?)
        }))
        (section("try", "Try it", html! {
            dl.commands {
                div {
                    dt { "Run the tests" }
                    dd { code { "cargo test" } }
                }
                div {
                    dt { "Read the tour" }
                    dd { code { "cargo doc --open --no-deps" } }
                }
            }
        }))
    };
    Ok(layout::live(&cx, "Home", main))
}

/// Something to do, for a stranger and for who is logged in.
fn greeting(cx: &Cx) -> Markup {
    html! {
        @if let Some(user) = cx.user() {
            p.lead { "Hello, " (user.display_name.as_str()) ". Your notes are where you left them." }
            p.actions {
                (Link::to("/notes/new", "Write a note").button())
                (Link::to("/notes", "Read your notes").secondary())
            }
        } @else {
            p.lead {
                "A small application with accounts and notes, on axum, sqlx and PostgreSQL. "
                "Look around, then make it yours."
            }
            p.actions {
                (Link::to("/register", "Register").button())
                (Link::to("/login", "Log in").secondary())
            }
        }
        p.small {
            "More to see: " (Link::to("/components", "all components")) ", "
            (Link::to("/upload", "an upload")) "."
        }
    }
}

/// A number that outlives a broken connection, and a restart of the server.
async fn counter(cx: Cx, (): ()) -> Result {
    let count = cx.use_state(|| 0);
    let more = cx.on(move |cx, _| count.update(cx, |count| *count += 1));
    Ok(html! {
        button.wide type="button" on:click=(more) {
            "Clicked " (count.get(&cx)) @if count.get(&cx) == 1 { " time" } @else { " times" }
        }
    })
}

fn way() -> Markup {
    html! {
        ol.way {
            li { code { "pages" } " or " code { "http" } span { "take it and answer" } }
            li { code { "services" } span { "know the rules" } }
            li { code { "repositories" } span { "speak SQL" } }
            li { code { "models" } span { "are what it is about" } }
        }
        p.small { "Calls go down only. A layer that would just pass something on is left out." }
    }
}
