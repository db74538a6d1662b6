//! The SMTP server that mails are handed to.

use std::{str::FromStr, time::Duration};

use lettre::{
    message::Mailbox,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use time::OffsetDateTime;
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

use crate::Mail;

mod transaction;

use transaction::hand_over;

/// How long one mail may take, the connection included. Servers that look into mails may need a minute to accept one.
const TIMEOUT: Duration = Duration::from_secs(120);

/// How long a server may take to say goodbye.
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);

/// The SMTP server of `MAIL_URL`, and the sender of `MAIL_FROM`. `Debug` shows no password.
#[derive(Clone, Debug)]
pub struct MailServer {
    host: String,
    port: u16,
    encryption: Encryption,
    credentials: Option<Credentials>,
    from: Mailbox,
    timeout: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encryption {
    /// From the first byte: `smtps://`.
    Implicit,
    /// After a plain greeting, and required: `smtp://`.
    StartTls,
    /// None: `smtp://…?tls=none`.
    None,
}

/// What is wrong with `MAIL_URL` or `MAIL_FROM`, as the end of a sentence. Never repeats a value.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct MailServerError(&'static str);

/// Why a mail was not sent. The texts name no address.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server will never take this mail.
    #[error("{0}")]
    Refused(String),
    /// The server may take this mail later, as after greylisting.
    #[error("{0}")]
    Deferred(String),
    /// The server takes no mails at present: it cannot be reached, does not answer, or does not accept the password.
    #[error("{0}")]
    Unavailable(String),
}

impl MailServer {
    /// The server of `smtps://user:password@host:port` or `smtp://…`, for mails from `from`, such as
    /// `Shop <shop@example.com>`.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn parse(url: &str, from: Mailbox) -> Result<Self, MailServerError> {
        const FORM: &str =
            "must be `smtps://user:password@host:465` or `smtp://user:password@host:587`";
        let url = Url::parse(url).map_err(|_| MailServerError(FORM))?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or(MailServerError(FORM))?.to_owned();
        let encryption = match (url.scheme(), url.query()) {
            ("smtps", None) => Encryption::Implicit,
            ("smtp", None) => Encryption::StartTls,
            ("smtp", Some("tls=none")) => Encryption::None,
            ("smtp" | "smtps", Some(_)) => {
                return Err(MailServerError(
                    "has an option that is not known: only `smtp://…?tls=none` is",
                ));
            }
            _ => return Err(MailServerError(FORM)),
        };
        let decode = |text: &str| {
            let decoded = percent_decode_str(text).decode_utf8();
            decoded
                .map(String::from)
                .map_err(|_| MailServerError("must have user and password in UTF-8"))
        };
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) => Some(Credentials::new(decode(user)?, decode(password)?)),
            (_, None) => return Err(MailServerError("has a user without a password")),
        };
        let usual = match encryption {
            Encryption::Implicit => 465,
            Encryption::StartTls => 587,
            Encryption::None => 25,
        };
        Ok(Self {
            host,
            port: url.port().unwrap_or(usual),
            encryption,
            credentials,
            from,
            timeout: TIMEOUT,
        })
    }

    /// The sender of `MAIL_FROM`.
    ///
    /// # Errors
    /// If it is no address.
    pub fn sender(text: &str) -> Result<Mailbox, MailServerError> {
        Mailbox::from_str(text)
            .map_err(|_| MailServerError("must be an address, such as `Shop <shop@example.com>`"))
    }

    /// The same with another time-out for a mail.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The time-out for a mail.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let tls = || TlsParameters::new(self.host.clone());
        let hello = ClientId::Domain(self.from.email.domain().to_owned());
        let implicit = match self.encryption {
            Encryption::Implicit => Some(tls()?),
            Encryption::StartTls | Encryption::None => None,
        };
        let address = (self.host.trim_matches(['[', ']']), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, None, &hello, implicit, None).await?;
        if self.encryption == Encryption::StartTls {
            connection.starttls(tls()?, &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, credentials).await?;
        }
        Ok(connection)
    }
}

/// Sends mails one after another, over one connection while there are more.
///
/// Not lettre's pool: that takes a connection back on which a time-out has cut a conversation off, and whose next answers
/// would be those to questions before.
pub(crate) struct Client {
    server: MailServer,
    connection: Option<AsyncSmtpConnection>,
}

impl Client {
    pub(crate) fn new(server: MailServer) -> Self {
        Self {
            server,
            connection: None,
        }
    }

    /// Sends a mail: it is the server's afterwards.
    pub(crate) async fn send(
        &mut self,
        mail: &Mail,
        id: Uuid,
        written: OffsetDateTime,
    ) -> Result<(), Failure> {
        let limit = self.server.timeout;
        let sent = timeout(limit, self.converse(mail, id, written)).await;
        sent.unwrap_or_else(|_| {
            let text = format!("the server did not answer within {} s", limit.as_secs());
            Err(Failure::Unavailable(text))
        })
    }

    /// Says goodbye, if there is a connection.
    pub(crate) async fn close(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            timeout(QUIT_TIMEOUT, connection.quit()).await.ok();
        }
    }

    /// The connection of the mail before, if the server still answers on it.
    async fn open_connection(&mut self) -> Option<AsyncSmtpConnection> {
        let mut open = self.connection.take()?;
        open.test_connected().await.then_some(open)
    }

    async fn converse(
        &mut self,
        mail: &Mail,
        id: Uuid,
        written: OffsetDateTime,
    ) -> Result<(), Failure> {
        let message = mail.message(&self.server.from, id, written);
        let message = message.map_err(|error| Failure::Refused(error.to_string()))?;
        // Whatever cuts this off, the connection is not used again: it is put back after the last answer.
        let open = self.open_connection().await;
        let mut connection = match open {
            Some(open) => open,
            None => self.server.connect().await.map_err(unavailable)?,
        };
        let handed = hand_over(&mut connection, &message).await;
        handed.map_err(|error| failure(&error))?;
        self.connection = Some(connection);
        Ok(())
    }
}

/// What the failure of a mail says of it.
fn failure(error: &Error) -> Failure {
    let Some(code) = error.status() else {
        return match error.is_client() {
            // It needs an extension that the server lacks.
            true => Failure::Refused(error.to_string()),
            false => Failure::Unavailable(error.to_string()),
        };
    };
    // The text of an answer often repeats the address.
    let text = format!("the server answered {code}");
    match u16::from(code) {
        // The server closes, or wants a password: that says nothing of the mail.
        421 | 530..=539 => Failure::Unavailable(text),
        500..=599 => Failure::Refused(text),
        _ => Failure::Deferred(text),
    }
}

/// The failure of a connection, a certificate or a password, which says nothing of the mail.
fn unavailable(error: Error) -> Failure {
    Failure::Unavailable(error.to_string())
}
