//! Mail that arrives although processes and servers fail.
//!
//! - [`Mail`]: a message with its text and its HTML; [`MailBuilder`] writes both.
//! - [`Outbox`]: mails are stored in the transaction that causes them, and a worker sends them. [`Requests`] are mails
//!   that are not written yet: what they say is looked up by the worker, so that an answer to a client cannot depend on it.
//! - [`MailServer`]: the SMTP server of `MAIL_URL`, by [`lettre`].

#![forbid(unsafe_code)]

mod mail;
pub mod outbox;
mod server;

pub use mail::{Mail, MailBuilder};
pub use outbox::{Outbox, Requests, Transport};
pub use server::{Failure, MailServer, MailServerError};
