//! The transaction that hands a mail over.

use std::fmt;

use lettre::{
    Message,
    transport::smtp::{
        Error,
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Rcpt},
        extension::{MailBodyParameter, MailParameter},
    },
};

/// Hands a mail over, as [`AsyncSmtpConnection::send`] does. That one writes the end of a mail by itself, and the operating
/// system keeps it back until the server has acknowledged what came before, which Linux does after 40 ms.
///
/// # Errors
/// The connection is closed then.
pub(super) async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
) -> Result<(), Error> {
    let handed = say(connection, message).await;
    if handed.is_err() {
        connection.abort().await;
    }
    handed
}

async fn say(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Error> {
    let (envelope, content) = (message.envelope(), message.formatted());
    let content = String::from_utf8_lossy(&content);
    // Everything is encoded in ASCII but addresses.
    let options = match content.is_ascii() {
        true => Vec::new(),
        false => vec![
            MailParameter::SmtpUtfEight,
            MailParameter::Body(MailBodyParameter::EightBitMime),
        ],
    };
    let from = envelope.from().cloned();
    connection.command(Mail::new(from, options)).await?;
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), vec![])).await?;
    }
    connection.command(Data).await?;
    connection.command(Content(&content)).await?;
    Ok(())
}

/// The content of a mail and its end (RFC 5321, section 4.5.2).
struct Content<'a>(&'a str);

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.split_inclusive("\r\n") {
            if line.starts_with('.') {
                f.write_str(".")?;
            }
            f.write_str(line)?;
        }
        f.write_str("\r\n.\r\n")
    }
}
