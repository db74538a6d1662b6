//! Emptying and filling in one transaction. Dropping the database itself would be slower: the server
//! writes everything to the disk first.

use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::{Target, execute, exists, quote};
use crate::error::Result;

/// Statements that take away all that a schema may have made. What is in a schema goes with it.
const EVERYTHING: &str = "
    select format('drop event trigger %I cascade', evtname) from pg_event_trigger
    where not exists (select 1 from pg_depend where deptype = 'e' and objid = pg_event_trigger.oid)
    union all
    select format('drop publication %I', pubname) from pg_publication
    union all
    select format('drop foreign data wrapper %I cascade', fdwname) from pg_foreign_data_wrapper
    where not exists (select 1 from pg_depend where deptype = 'e' and objid = pg_foreign_data_wrapper.oid)
    union all
    select format('drop extension if exists %I cascade', extname) from pg_extension where extname <> 'plpgsql'
    union all
    select format('drop schema if exists %I cascade', nspname) from pg_namespace
    where nspname !~ '^pg_' and nspname <> 'information_schema'";

/// The schema that every new database has.
const PUBLIC: &str = "
    create schema public authorization pg_database_owner;
    grant usage on schema public to public;
    comment on schema public is 'standard public schema'";

pub(super) async fn pave(target: &Target, server: &mut PgConnection) -> Result<()> {
    if !exists(server, &target.name).await? {
        execute(server, format!("create database {}", quote(&target.name))).await?;
    }
    let mut connection = target.options.connect().await?;
    let mut tx = connection.begin().await?;
    // Whoever is connected may hold what is to be dropped; they connect again and find the new tables.
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()",
    )
    .execute(&mut *tx)
    .await?;
    let drops: Vec<String> = sqlx::query_scalar(EVERYTHING).fetch_all(&mut *tx).await?;
    for sql in drops {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    }
    sqlx::raw_sql(PUBLIC).execute(&mut *tx).await?;
    target.schema.run(&mut tx).await?;
    tx.commit().await?;
    connection.close().await?;
    let pool = PgPool::connect_with(target.options.clone()).await?;
    target.schema.record(&pool).await?;
    pool.close().await;
    Ok(())
}
