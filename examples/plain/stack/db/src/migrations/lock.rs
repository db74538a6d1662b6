//! One migrates at a time.
//!
//! An advisory lock of the session, tried again and again rather than waited for: a statement that
//! waits has a snapshot, and `CREATE INDEX CONCURRENTLY` of the one that has the lock would wait for
//! that.

use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

/// The advisory lock. Any number will do, if all use the same.
const ADVISORY: i64 = 0x006d_6967_7261_7465;

/// How long to wait before the lock is tried again.
const PAUSE: Duration = Duration::from_millis(50);

/// The lock, as long as its connection is open.
#[derive(Debug)]
pub(super) struct Lock(pub(super) PgConnection);

impl Lock {
    /// Waits until nobody else has it.
    pub(super) async fn take(mut connection: PgConnection) -> Result<Self, sqlx::Error> {
        // Whoever is gone without a word shall not hold it for the two hours that are usual.
        let keepalives = "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";
        sqlx::raw_sql(keepalives).execute(&mut connection).await?;
        let mut reported = false;
        loop {
            let taken: bool = sqlx::query_scalar("select pg_try_advisory_lock($1)")
                .bind(ADVISORY)
                .fetch_one(&mut connection)
                .await?;
            if taken {
                return Ok(Self(connection));
            }
            if !std::mem::replace(&mut reported, true) {
                tracing::info!("waiting for another process that migrates the database");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Gives it back. Dropping does so too, as soon as the server notices.
    pub(super) async fn release(self) -> Result<(), sqlx::Error> {
        self.0.close().await
    }
}
