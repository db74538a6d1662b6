//! Which schema a database was filled from: a line in the database's comment.

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPool;

use super::Error;

/// How a comment of ours begins; the checksum follows.
const PREFIX: &str = "made from the schema ";

/// The recorded checksum, if there is one.
pub(super) async fn read(pool: &PgPool) -> Result<Option<String>, Error> {
    Ok(comment(pool)
        .await?
        .and_then(|comment| comment.strip_prefix(PREFIX).map(str::to_owned)))
}

/// Records a checksum, unless the comment is somebody else's or the database is.
pub(super) async fn write(pool: &PgPool, checksum: &str) -> Result<(), Error> {
    if comment(pool)
        .await?
        .is_some_and(|comment| !comment.starts_with(PREFIX))
    {
        return Ok(());
    }
    let name: String = sqlx::query_scalar("select current_database()::text")
        .fetch_one(pool)
        .await?;
    let name = name.replace('"', "\"\"");
    let statement = format!("comment on database \"{name}\" is '{PREFIX}{checksum}'");
    if let Err(error) = sqlx::raw_sql(AssertSqlSafe(statement)).execute(pool).await {
        // Only the owner may. Without a record nothing is lost but a warning.
        tracing::debug!("the schema of the database is not recorded: {error}");
    }
    Ok(())
}

async fn comment(pool: &PgPool) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar(
        "select shobj_description(oid, 'pg_database') from pg_database
         where datname = current_database()",
    )
    .fetch_one(pool)
    .await?)
}
