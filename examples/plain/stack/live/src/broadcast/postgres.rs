//! Between processes by LISTEN and NOTIFY.
//!
//! The listening connection is one of its own: a pool of ten would be short of one for good. It has to lead to the
//! server itself or a proxy that keeps sessions, which PgBouncer does not between transactions.

use std::time::Duration;

use sqlx::{
    PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use tokio::time::timeout;

use super::{Backoff, Hub, outgoing::Outgoing};

const CHANNEL: &str = "live_messages";
/// A connection over which not even our own heartbeats have come for so long is dead.
const SILENCE: Duration = Duration::from_secs(60);

pub(super) async fn run(hub: Hub, pool: PgPool, outgoing: Outgoing) {
    let send = |envelopes| notify(pool.clone(), envelopes);
    tokio::join!(listen(hub, &pool), outgoing.run(send));
}

async fn notify(pool: PgPool, envelopes: Vec<String>) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_notify($1, envelope) from unnest($2::text[]) as envelope")
        .bind(CHANNEL)
        .bind(envelopes)
        .execute(&pool)
        .await
        .map(drop)
}

/// Listens, and connects again whenever the connection is lost.
async fn listen(hub: Hub, pool: &PgPool) {
    let mut backoff = Backoff::default();
    loop {
        let error = match listener(pool).await {
            Ok(listener) => {
                tracing::debug!("listening for messages of other processes");
                backoff = Backoff::default();
                // Whatever was published before this moment did not reach us.
                hub.mark_all_lagged();
                receive(&hub, listener).await
            }
            Err(error) => error,
        };
        backoff.wait(&error).await;
    }
}

async fn listener(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let own = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_lazy_with((*pool.connect_options()).clone());
    let mut listener = PgListener::connect_with(&own).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Receives until the connection is lost, and returns why. Our own heartbeats come back to us: without any the
/// connection is dead, even if no error says so.
async fn receive(hub: &Hub, mut listener: PgListener) -> sqlx::Error {
    loop {
        match timeout(SILENCE, listener.try_recv()).await {
            Ok(Ok(Some(notification))) => hub.receive(notification.payload()),
            Ok(Ok(None)) => {
                return sqlx::Error::Protocol("the listening connection was lost".into());
            }
            Ok(Err(error)) => return error,
            Err(_) => {
                return sqlx::Error::Protocol(
                    "the listening connection has been silent for too long".into(),
                );
            }
        }
    }
}
