//! A message.

use std::fmt;

use lettre::{
    Address, Message,
    message::{Mailbox, MultiPart},
};
use maud::{DOCTYPE, Markup, html};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// A message to one address. `Debug` does not show it: it may have a link that logs in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The address of the recipient.
    pub to: String,
    /// The subject: one line.
    pub subject: String,
    /// The message as plain text.
    pub text: String,
    /// The same message as HTML.
    pub html: String,
}

impl Mail {
    /// Begins a mail with this subject.
    pub fn builder(subject: impl Into<String>) -> MailBuilder {
        MailBuilder {
            subject: subject.into(),
            parts: Vec::new(),
        }
    }

    /// The message to hand to an SMTP server. Its `Message-ID` is that of the row in the outbox, also when it is sent again.
    pub(crate) fn message(
        &self,
        from: &Mailbox,
        id: Uuid,
        written: OffsetDateTime,
    ) -> Result<Message, Box<dyn std::error::Error + Send + Sync>> {
        let to: Address = self.to.parse()?;
        let message_id = format!("<{id}@{}>", from.email.domain());
        let parts = MultiPart::alternative_plain_html(self.text.clone(), self.html.clone());
        let message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&self.subject))
            .message_id(Some(message_id))
            .date(written.into())
            .multipart(parts)?;
        Ok(message)
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mail(…)")
    }
}

/// `subject` without line breaks and other control characters, with which it could add headers to the message.
fn one_line(subject: &str) -> String {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    subject.chars().map(visible).collect()
}

/// Writes text and HTML of a mail side by side.
///
/// ```ignore
/// Mail::builder("Your new password")
///     .paragraph("With this link you can choose a new password. It is valid for an hour.")
///     .link("Choose a new password", &url)
///     .to(user.email.as_str())
/// ```
#[derive(Clone)]
pub struct MailBuilder {
    subject: String,
    parts: Vec<Part>,
}

#[derive(Clone)]
enum Part {
    Paragraph(String),
    Link { label: String, url: String },
}

impl MailBuilder {
    /// Adds a paragraph.
    #[must_use]
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Paragraph(text.into()));
        self
    }

    /// Adds a link, in a paragraph of its own. The text part shows its URL.
    #[must_use]
    pub fn link(mut self, label: impl Into<String>, url: impl Into<String>) -> Self {
        let (label, url) = (label.into(), url.into());
        self.parts.push(Part::Link { label, url });
        self
    }

    /// The mail to this address.
    pub fn to(self, address: impl Into<String>) -> Mail {
        Mail {
            to: address.into(),
            text: self.text(),
            html: self.html().into_string(),
            subject: self.subject,
        }
    }

    fn text(&self) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Paragraph(text) => format!("{text}\n"),
            Part::Link { label, url } => format!("{label}:\n{url}\n"),
        });
        parts.collect::<Vec<_>>().join("\n")
    }

    fn html(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    title { (self.subject) }
                }
                body {
                    @for part in &self.parts {
                        @match part {
                            Part::Paragraph(text) => { p { (text) } }
                            Part::Link { label, url } => { p { a href=(url) target="_blank" { (label) } } }
                        }
                    }
                }
            }
        }
    }
}
