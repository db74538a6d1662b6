//! What all pages have in common.

use maud::{DOCTYPE, Markup, html};

use super::visitor::Visitor;
use crate::{components::form, http::static_files};

/// The name of the site: the description in `Cargo.toml`.
pub const SITE: &str = env!("CARGO_PKG_DESCRIPTION");

/// A whole page: head, navigation, message, and `main`.
pub fn page(visitor: &Visitor, title: &str, main: Markup) -> Markup {
    let navigation = html! {
        nav aria-label="Main" {
            @if let Some(user) = &visitor.user {
                a href="/notes" { "Notes" }
                a.who href="/account" {
                    span.visually-hidden { "Your account, " } (user.display_name.as_str())
                }
                form method="post" action="/logout" {
                    (form::token(&visitor.csrf))
                    button.quiet type="submit" { "Log out" }
                }
            } @else {
                a href="/login" { "Log in" }
                a.button href="/register" { "Register" }
            }
        }
    };
    let main = html! {
        @if let Some(flash) = visitor.flash {
            p.flash role="status" { (flash.text()) }
        }
        (main)
    };
    shell(title, navigation, main)
}

/// The frame of every page, also where nobody knows who looks at it.
pub(super) fn shell(title: &str, navigation: Markup, main: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (title) " · " (SITE) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="stylesheet" href=(static_files::url("app.css"));
                link rel="icon" type="image/svg+xml" href=(static_files::url("favicon.svg"));
            }
            body {
                a.skip href="#main" { "Skip to content" }
                header.site {
                    a.brand href="/" {
                        img src=(static_files::url("favicon.svg")) alt="" width="28" height="28";
                        span { (SITE) }
                    }
                    (navigation)
                }
                main #main { (main) }
                footer.site {
                    p { (SITE) }
                    p { a href="/healthz" { "Health" } }
                }
            }
        }
    }
}
