//! What wakes a worker when there is something to do.
{%- if cockroach %}

use std::{sync::Arc, time::Duration};

use sqlx::PgPool;
use tokio::sync::Notify;

/// How often a worker looks by itself. CockroachDB has no LISTEN.
pub(crate) const POLL: Duration = Duration::from_millis(500);

/// Nobody tells of new jobs.
pub(crate) async fn listen(_: PgPool, _: Arc<Notify>) {}
{%- else %}

use std::{sync::Arc, time::Duration};

use sqlx::{
    PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use tokio::{sync::Notify, time::sleep};

/// How often a worker looks by itself: for jobs that have become due, and where LISTEN does not reach it, as behind a pooler.
pub(crate) const POLL: Duration = Duration::from_secs(2);

/// How long it takes until a connection that was lost is made again.
const RECONNECT: Duration = Duration::from_secs(5);

/// Notifies `wake` of every commit that has enqueued a job.
pub(crate) async fn listen(pool: PgPool, wake: Arc<Notify>) {
    loop {
        if let Err(error) = receive(&pool, &wake).await {
            tracing::warn!(%error, "not told of new jobs; looking for them instead");
        }
        sleep(RECONNECT).await;
    }
}

/// Listens on a connection of its own, which the pool would be short of, until it is lost.
async fn receive(pool: &PgPool, wake: &Notify) -> sqlx::Result<()> {
    let own = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_lazy_with((*pool.connect_options()).clone());
    let mut listener = PgListener::connect_with(&own).await?;
    listener.eager_reconnect(false);
    listener.listen("jobs").await?;
    // Whatever was enqueued before this moment.
    wake.notify_one();
    while listener.try_recv().await?.is_some() {
        wake.notify_one();
    }
    Ok(())
}
{%- endif %}
