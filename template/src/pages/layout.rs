//! The frame of every page: document, header, navigation and footer.

use maud::{DOCTYPE, Markup, html};

use stack_live::Cx;
{%- if teams %}

use super::{context::Context, team_switch, visitor::Visitor};
{%- else %}

use super::{context::Context, visitor::Visitor};
{%- endif %}
{%- if files %}
use crate::{components::avatar::avatar, http::assets};
{%- else %}
use crate::http::assets;
{%- endif %}

/// The name of the site: the description in `Cargo.toml`.
pub const SITE: &str = env!("CARGO_PKG_DESCRIPTION");

/// A live page with header and footer. Sets its title.
pub fn live(cx: &Cx, title: &str, main: Markup) -> Markup {
    cx.set_title(format!("{title} · {SITE}"));
    let flash = cx.shown_flash();
    html! {
        (header(navigation(&cx.visitor())))
        // Always there, also while `main` becomes that of another page: screen readers announce only what is added to
        // an existing live region.
        div.flashes role="status" aria-live="polite" data-announce {
            @if let Some(flash) = &flash {
                p.flash.bad[flash.is_error] { (flash.text) }
            }
        }
        main #main { (main) }
        (footer())
    }
}

/// What search engines and the previews of links are told of a page: a description, and its address, which may be reached
/// by others as well.
pub fn describe(cx: &Cx, title: &str, description: &str) {
    let address = cx.app().config.site_url.join(&cx.path());
    cx.set_head(&html! {
        meta name="description" content=(description);
        link rel="canonical" href=(address);
        meta property="og:title" content=(title);
        meta property="og:description" content=(description);
        meta property="og:url" content=(address);
        meta property="og:site_name" content=(SITE);
        meta property="og:type" content="website";
    });
}

/// The document of a live page: head, client script, and the status of the connection, which the script sets. A site in
/// another language has the words of the script there, see `words.js` of `stack/live`.
pub fn document(title: &str, own_head: &Markup, root: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (head(title))
                meta name="elements" content=(assets::elements());
                (own_head)
                script src=(assets::url("live.js")) integrity=(assets::integrity("live.js")) defer {}
{%- if passkeys %}
                script src=(assets::url("passkeys.js")) integrity=(assets::integrity("passkeys.js")) defer {}
{%- endif %}
            }
            body {
                a.skip href="#main" { "Skip to content" }
                (root)
                p #live-status role="status" {}
            }
        }
    }
}

/// A complete page that is not live: head, navigation, flash message, and `main`.
pub fn page(visitor: &Visitor, title: &str, main: Markup) -> Markup {
    let navigation = navigation(visitor);
    let main = html! {
        @if let Some(flash) = visitor.flash {
            // Focused, so that a screen reader begins there: what it finds in a status is no change of it.
            p.flash role="status" tabindex="-1" autofocus { (flash.text()) }
        }
        (main)
    };
    shell(title, navigation, main)
}

/// The document of a page that is not live, also without a visitor, as for errors.
pub(super) fn shell(title: &str, navigation: Markup, main: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head { (head(&format!("{title} · {SITE}"))) }
            body {
                a.skip href="#main" { "Skip to content" }
                (header(navigation))
                main #main { (main) }
                (footer())
            }
        }
    }
}

fn head(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        title { (title) }
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        link rel="stylesheet" href=(assets::url("app.css"));
{%- if showcase %}
        link rel="stylesheet" href=(assets::url("showcase.css"));
{%- endif %}
{%- if files %}
        link rel="stylesheet" href=(assets::url("avatars.css"));
{%- endif %}
        link rel="icon" type="image/svg+xml" href=(assets::url("favicon.svg"));
    }
}

fn header(navigation: Markup) -> Markup {
    html! {
        header.site {
            a.brand href="/" data-link {
                img src=(assets::url("favicon.svg")) alt="" width="28" height="28";
                span { (SITE) }
            }
            (navigation)
        }
    }
}

fn navigation(visitor: &Visitor) -> Markup {
    html! {
        nav aria-label="Main" {
            @if let Some(user) = &visitor.user {
                a href="/notes" data-link { "Notes" }
{%- if teams %}
                (team_switch::switch(&visitor.teams))
{%- endif %}
                a.who href="/account" data-link {
{%- if files %}
                    (avatar(&user.display_name, visitor.avatar)) " "
{%- endif %}
                    span.visually-hidden { "Your account, " } (user.display_name.as_str())
                }
                form method="post" action="/logout" {
                    button.quiet type="submit" { "Log out" }
                }
            } @else {
                a href="/login" data-link { "Log in" }
                a.button href="/register" data-link { "Register" }
            }
        }
    }
}

fn footer() -> Markup {
    html! {
        footer.site {
            p { (SITE) }
            p { a href="/healthz" { "Health" } }
        }
    }
}
