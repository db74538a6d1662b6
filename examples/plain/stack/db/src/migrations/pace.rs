//! How fast a backfill goes: as others let it.

use std::time::Duration;

use sqlx::postgres::PgConnection;

/// How far a replica may be behind, in bytes of the log.
const LAG: i64 = 64 << 20;
/// The longest rest after a batch, as a multiple of what it took.
const LONGEST: u32 = 10;
/// How long to wait before a replica is looked at again, and how often that is told of.
const LOOK: Duration = Duration::from_secs(1);
const TOLD: u32 = 60;

/// Rests after a batch that took `took`: not at all where nobody else is at work, half as long again for every session
/// that is; and until no replica is far behind.
pub(super) async fn rest(
    connection: &mut PgConnection,
    took: Duration,
    name: &str,
) -> Result<(), sqlx::Error> {
    for look in 0.. {
        let (busy, lag, replica): (i64, i64, Option<String>) = sqlx::query_as(
            "select (select count(*) from pg_stat_activity
                     where state = 'active' and backend_type = 'client backend' and pid <> pg_backend_pid()),
                    coalesce(max(lag), 0)::bigint, (array_agg(application_name order by lag desc nulls last))[1]
             from (select application_name, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) as lag
                   from pg_stat_replication) replicas",
        )
        .fetch_one(&mut *connection)
        .await?;
        if lag <= LAG {
            let half = u32::try_from(busy).unwrap_or(LONGEST).min(2 * LONGEST);
            tokio::time::sleep(took * half / 2).await;
            return Ok(());
        }
        if look % TOLD == 0 {
            let (megabytes, replica) = (lag >> 20, replica.unwrap_or_default());
            tracing::info!(
                "`{name}` waits for the replica `{replica}`, which is {megabytes} MB behind"
            );
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}
