//! `/`: the first page. Replace it with your own; it shows a new developer around.

use maud::html;
use stack_live::{Cx, Result};

use super::{layout, live::Context};

/// Where to look, in the order in which to read: path, and what is there.
const PLACES: &[(&str, &str)] = &[
    ("src/routes.rs", "Every URL on one screen. Start here."),
    ("src/pages/", "HTML for people. This page is home.rs."),
    (
        "src/http/",
        "JSON for programs, and what surrounds every request.",
    ),
    ("src/services/", "Rules and transactions."),
    ("src/repositories/", "All SQL, one file a table."),
    ("src/models/", "Types that cannot hold an invalid value."),
    ("schema/", "What the database looks like, as plain SQL."),
    (
        "static/app.css",
        "Colours, spacing and type as a few variables.",
    ),
    ("tests/", "Each test has a database of its own."),
];

/// The first page.
pub async fn page(cx: Cx) -> Result {
    let visitor = cx.visitor();
    let count = cx.use_state(|| 0);
    let main = html! {
        section.hero {
            div {
                p.eyebrow { "It runs" }
                h1 { (layout::SITE) }
                @if let Some(user) = &visitor.user {
                    p.lead { "Hello, " (user.display_name.as_str()) ". Your notes are where you left them." }
                    p.actions {
                        a.button href="/notes/new" { "Write a note" }
                        a.button.secondary href="/notes" { "Read your notes" }
                    }
                } @else {
                    p.lead {
                        "A small application with accounts and notes, on axum, sqlx and PostgreSQL. "
                        "Look around, then make it yours."
                    }
                    p.actions {
                        a.button href="/register" { "Register" }
                        a.button.secondary href="/login" { "Log in" }
                    }
                }
            }
            aside.card aria-labelledby="way" {
                h2 #way { "The way of a request" }
                ol.way {
                    li { code { "pages" } " or " code { "http" } span { "take it and answer" } }
                    li { code { "services" } span { "know the rules" } }
                    li { code { "repositories" } span { "speak SQL" } }
                    li { code { "models" } span { "are what it is about" } }
                }
                p.small { "Calls go down only. A layer that would just pass something on is left out." }
            }
        }
        section { button on:click=(cx.on(move |cx, _| count.update(cx, |n| *n += 1))) { "Clicked " (count.get(&cx)) } }
        section aria-labelledby="places" {
            h2 #places { "Where to look" }
            ul.places {
                @for (path, what) in PLACES {
                    li { code { (path) } p { (what) } }
                }
            }
        }
        section aria-labelledby="try" {
            h2 #try { "Try it" }
            dl.commands {
                div {
                    dt { "Run the tests" }
                    dd { code { "cargo test" } }
                }
                div {
                    dt { "Read the tour" }
                    dd { code { "cargo doc --open --no-deps" } }
                }
                div.wide {
                    dt { "Make an account from a terminal" }
                    dd { code { "curl " "localhost:3000" (REGISTER) } }
                }
            }
        }
    };
    Ok(layout::live(&cx, "Home", main))
}

/// The end of a command, after the address of this server.
const REGISTER: &str = r#"/api/users --json '{"email": "ada@example.com", "display_name": "Ada", "password": "analytical"}'"#;
