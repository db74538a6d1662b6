//! The outbox: mails are stored in the transaction that causes them, and sent afterwards.
//!
//! So no mail is sent for what was rolled back, and none is lost if a process or the server fails. A worker of each process
//! ([`worker`]) takes one mail at a time; while it holds one, no other worker does. A mail is sent at least once: if a process is
//! killed after the server has accepted a mail and before that is stored, it is sent again, with the same `Message-ID`.
//!
//! Mails are encrypted in the table, since their links are as good as passwords, and deleted as soon as they are sent.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use stack_db::{Db, SqlxCause};
use stack_web::sealed::Vault;
use time::OffsetDateTime;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::{Mail, MailServer};
{%- if jobs %}

pub mod operate;
mod rotation;
{%- else %}

mod rotation;
{%- endif %}
mod table;
mod worker;

/// Where mails go.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Nowhere: `MAIL_URL=none`. They are not even stored.
    None,
    /// Into the outbox, where a page of development shows them.
    Development,
    /// To a server. In development (`keep`) the outbox keeps them for a day as well.
    Server {
        /// The server.
        server: MailServer,
        /// Whether sent mails are kept.
        keep: bool,
    },
}

/// The outbox. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    vault: Arc<Vault>,
    transport: Arc<Transport>,
    added: Arc<Notify>,
    stopping: watch::Sender<bool>,
}

/// What a row of the outbox holds, encrypted.
#[derive(Serialize, Deserialize)]
enum Content {
    Mail(Mail),
    Request(Value),
}

/// A mail of the outbox, for a page of development and for tests.
#[derive(Clone, Debug)]
pub struct StoredMail {
    /// Identifies the row.
    pub id: Uuid,
    /// The mail.
    pub mail: Mail,
    /// When it was stored.
    pub created_at: OffsetDateTime,
    /// When it was sent.
    pub sent_at: Option<OffsetDateTime>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// Writes the mails that were requested with [`Outbox::request`].
pub trait Requests: Send + Sync + 'static {
    /// What may be requested.
    type Request: Serialize + for<'de> Deserialize<'de> + Send + Sync;
    /// Why a request could not be carried out; it is tried again.
    type Error: From<sqlx::Error> + SqlxCause + std::error::Error + Send;

    /// Carries out `request` in a transaction, which may be repeated: adds mails, if there are any to send.
    fn carry_out(
        &self,
        tx: &mut PgConnection,
        request: &Self::Request,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

impl Outbox {
    /// An outbox that encrypts with `vault`.
    pub fn new(vault: Arc<Vault>, transport: Transport) -> Self {
        Self {
            vault,
            transport: Arc::new(transport),
            added: Arc::default(),
            stopping: watch::Sender::new(false),
        }
    }

    /// Whether mails can be sent at all.
    pub fn is_on(&self) -> bool {
        !matches!(*self.transport, Transport::None)
    }

    /// Stores a mail. It is sent after the commit: call [`wake`](Self::wake) then. If it cannot be sent within `lifetime`, it is
    /// given up; a link that has expired is no use.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn add(
        &self,
        db: &mut PgConnection,
        mail: Mail,
        lifetime: Duration,
    ) -> sqlx::Result<()> {
        self.insert(db, &Content::Mail(mail), lifetime).await
    }

    /// Stores the request for a mail, which the worker's [`Requests`] writes after the commit: call [`wake`](Self::wake) then.
    /// Storing takes the same time whatever the request leads to, so that an answer does not reveal it.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn request(
        &self,
        db: &mut PgConnection,
        request: &impl Serialize,
        lifetime: Duration,
    ) -> sqlx::Result<()> {
        let request =
            serde_json::to_value(request).map_err(|error| sqlx::Error::Encode(error.into()))?;
        self.insert(db, &Content::Request(request), lifetime).await
    }

    async fn insert(
        &self,
        db: &mut PgConnection,
        content: &Content,
        lifetime: Duration,
    ) -> sqlx::Result<()> {
        if !self.is_on() {
            return Ok(());
        }
        let json =
            serde_json::to_string(content).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let id = Uuid::now_v7();
        let kind = match content {
            Content::Mail(_) => "mail",
            Content::Request(_) => "request",
        };
        table::insert(db, id, kind, &self.vault.seal(&id, &json), lifetime).await
    }

    /// Wakes the worker of this process. Those of others find new mails within seconds.
    pub fn wake(&self) {
        self.added.notify_one();
    }

    /// Asks the worker to end after the mail that it is sending.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// The newest `limit` mails, for a page of development and for tests: those that wait and those that are kept.
    ///
    /// # Errors
    /// Errors of the database. Mails that cannot be decrypted are left out.
    pub async fn newest(&self, pool: &PgPool, limit: i64) -> sqlx::Result<Vec<StoredMail>> {
        let rows = table::newest(pool, limit).await?;
        let mails = rows.into_iter().filter_map(|row| {
            let json = self.vault.open(&row.id, &row.content).ok()?;
            let Ok(Content::Mail(mail)) = serde_json::from_str(&json) else {
                return None;
            };
            let table::Row {
                id,
                created_at,
                sent_at,
                last_error,
                ..
            } = row;
            Some(StoredMail {
                id,
                mail,
                created_at,
                sent_at,
                last_error,
            })
        });
        Ok(mails.collect())
    }

    /// Carries out every request that is due, for tests without a worker.
    ///
    /// # Errors
    /// The first error of a request.
    pub async fn carry_out_requests<R: Requests>(
        &self,
        db: &Db,
        requests: &R,
    ) -> Result<(), R::Error> {
        worker::carry_out_all(self, db, requests).await
    }

    /// Sends mails until [`stop`](Self::stop). `sent` is called after each, for example to show it.
    pub async fn run<R: Requests>(self, db: Db, requests: R, sent: impl Fn() + Send + Sync) {
        if self.is_on() {
            worker::Worker::new(self, db, requests).run(sent).await;
        }
    }
}
