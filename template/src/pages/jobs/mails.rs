//! The mails that could not be sent yet. They are no jobs, see `docs/mail.md`, but people look for them where they look for jobs.

use maud::{Markup, html};
use stack_live::Handler;
use stack_mail::outbox::operate::FailedMail;

use crate::components::{
    button::Button,
    date::Zone,
    section::section,
    table::{Column, table},
};

/// Nothing if there are none.
pub(super) fn failed_mails(mails: &[FailedMail], zone: &Zone, retry: &Handler) -> Markup {
    if mails.is_empty() {
        return html! {};
    }
    let columns = [
        Column::text("Error"),
        Column::number("Attempts"),
        Column::text("Written"),
        Column::text("Next attempt"),
        Column::text("Given up"),
    ];
    let rows = mails.iter().map(|mail| {
        let cells = [
            html! { (mail.last_error) },
            html! { (mail.attempts) },
            zone.date_time(mail.created_at),
            zone.date_time(mail.next_attempt_at),
            zone.date_time(mail.expires_at),
        ];
        (mail.id.to_string(), cells)
    });
    let content = html! {
        (table("Mails that were not sent", columns, rows))
        div.actions { (Button::new("Send them now").secondary().on_click(retry)) }
    };
    section("mails", "Mails", content)
}
