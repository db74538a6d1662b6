//! `/`: the home page. It introduces a new developer to the project; replace it with your own.

mod clock;

use maud::{Markup, html};
use stack_live::{Cx, Result};

use super::{context::Context, layout};
use crate::components::{
    expandable::{Expandable, expandable},
    link::Link,
    section::section,
};

/// Files and folders with their descriptions, in the order in which to read them.
const PLACES: &[(&str, &str)] = &[
    ("src/routes.rs", "Every URL on one screen. Start here."),
    ("src/pages/", "HTML pages. This page is home.rs."),
    ("src/components/", "Reusable pieces of HTML."),
    ("src/services/", "Business rules and transactions."),
    ("src/repositories/", "All SQL, one file per table."),
    ("src/models/", "Types that cannot hold an invalid value."),
    ("schema/", "The database, as plain SQL."),
    ("static/app.css", "The styles, based on a few variables."),
    ("tests/", "Each test has a database of its own."),
];

/// The home page.
pub async fn page(cx: Cx) -> Result {
    let layers = Expandable::new("The layers of a request", layers());
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
                p.small {
                    "The code of this page runs on the server, which handles your clicks and sends back only what "
                    "has changed."
                }
            }
        }
        (section("places", "Where to look", html! {
            ul.places {
                @for (path, what) in PLACES {
                    li { code { (path) } p { (what) } }
                }
            }
            (cx.child(expandable, layers).await?)
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
    layout::describe(&cx, layout::SITE, "A site with live pages, in Rust.");
    Ok(layout::live(&cx, "Home", main))
}

/// The next steps, for a visitor and for a logged-in user.
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
    }
}

/// A counter that keeps its value after a reconnect, and after a restart of the server.
async fn counter(cx: Cx, (): ()) -> Result {
    let count = cx.use_state(|| 0);
    let increment = cx.on(move |cx, _| count.update(cx, |count| *count += 1));
    Ok(html! {
        button.wide type="button" on:click=(increment) {
            "Clicked " (count.get(&cx)) @if count.get(&cx) == 1 { " time" } @else { " times" }
        }
    })
}

fn layers() -> Markup {
    html! {
        ol.way {
            li { code { "pages" } " or " code { "http" } span { "handle the request" } }
            li { code { "services" } span { "apply the business rules" } }
            li { code { "repositories" } span { "run the SQL" } }
            li { code { "models" } span { "hold valid values" } }
        }
        p.small { "A layer calls only layers below it, and may skip one." }
    }
}
