//! `/_dev/mail`: the mails of the outbox, only in development. A new one appears by itself.

use maud::{Markup, html};
use stack_live::Cx;
use stack_mail::outbox::StoredMail;

use super::{context::Context, layout};
use crate::components::date::Zone;

/// What pages subscribe to for new mails.
pub const TOPIC: &str = "outbox";

/// How many mails are shown.
const SHOWN: i64 = 50;

/// The mails, newest first.
pub async fn page(cx: Cx) -> stack_live::Result {
    let load = cx.use_load((), |ctx| async move {
        let app = ctx.app();
        app.links.outbox.newest(app.db.pool(), SHOWN).await
    });
    let mails = load.await?;
    let reload = mails.reloading();
    cx.subscribe(TOPIC, move |ctx, _: serde_json::Value| reload.reload(ctx));
    let zone = Zone::of_visitor(&cx);
    let main = html! {
        h1 { "Mail" }
        p.soft { "What the application has written in the last day. This page exists only in development." }
        @if mails.is_empty() {
            p { "There is none yet." }
        }
        @for stored in mails.iter() {
            (show(stored, &zone))
        }
    };
    Ok(layout::live(&cx, "Mail", main))
}

fn show(stored: &StoredMail, zone: &Zone) -> Markup {
    let mail = &stored.mail;
    html! {
        article.card.mail {
            h2 { (mail.subject) }
            p.small {
                "To " (mail.to) ", " (zone.date_time(stored.created_at)) ", "
                @match (&stored.sent_at, &stored.last_error) {
                    (Some(_), _) => { "sent" }
                    (None, Some(error)) => { "not sent: " (error) }
                    (None, None) => { "waiting" }
                }
            }
            pre { (links(&mail.text)) }
            details {
                summary { "HTML" }
                iframe title={ "HTML of " (mail.subject) } srcdoc=(mail.html)
                    sandbox="allow-popups allow-popups-to-escape-sandbox" {}
            }
        }
    }
}

/// The text, with its URLs as links.
fn links(text: &str) -> Markup {
    html! {
        @for line in text.lines() {
            @if line.starts_with("http://") || line.starts_with("https://") {
                a href=(line) { (line) }
            } @else {
                (line)
            }
            "\n"
        }
    }
}
