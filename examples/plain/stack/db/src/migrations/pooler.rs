//! Whether something between lends a connection of the server for one transaction at a time, as pgbouncer does in mode
//! `transaction`. What a migration relies on would be lost there: the lock, the time-outs, statements outside of a
//! transaction; and what it sets would be found by others.

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

/// A setting that nobody else has.
const MARK: &str = "migrations.mark";

/// Marks the session of one connection: whether it has lost the mark then, or the other one has it. A pooler that is busy
/// with others may hide it.
pub(super) async fn is_between(
    one: &mut PgConnection,
    other: &mut PgConnection,
) -> Result<bool, sqlx::Error> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| sqlx::Error::Io(error.into()))?;
    let mark = hex::encode(random);
    sqlx::query("select set_config($1, $2, false)")
        .persistent(false)
        .bind(MARK)
        .bind(&mark)
        .execute(&mut *one)
        .await?;
    // Holds what it is lent, which is what was given back last.
    let mut tx = other.begin().await?;
    let lent = read(&mut tx).await? == mark;
    let kept = read(one).await? == mark;
    tx.rollback().await?;
    Ok(lent || !kept)
}

async fn read(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    let read = sqlx::query_scalar("select coalesce(current_setting($1, true), '')");
    read.persistent(false)
        .bind(MARK)
        .fetch_one(connection)
        .await
}
