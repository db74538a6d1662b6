//! A new database beside the old one, which then takes its name: CockroachDB cannot take back a change
//! of a schema, so there is no transaction for it.

use sqlx::postgres::{PgConnection, PgPool};

use super::{Target, execute, exists, quote};
use crate::error::Result;

/// Whether the server is CockroachDB.
pub(super) async fn is_server(server: &mut PgConnection) -> Result<bool> {
    let version: String = sqlx::query_scalar("select version()")
        .fetch_one(server)
        .await?;
    Ok(version.starts_with("CockroachDB"))
}

pub(super) async fn pave(target: &Target, server: &mut PgConnection) -> Result<()> {
    let name = &target.name;
    let (new, old) = (format!("{name}__new"), format!("{name}__old"));
    drop_database(server, &new).await?;
    execute(server, format!("create database {}", quote(&new))).await?;
    let pool = PgPool::connect_with(target.options.clone().database(&new)).await?;
    let filled = target.schema.fill_if_empty(&pool).await;
    pool.close().await;
    if let Err(error) = filled {
        drop_database(server, &new).await?;
        return Err(error.into());
    }
    drop_database(server, &old).await?;
    if exists(server, name).await? {
        rename(server, name, &old).await?;
    }
    rename(server, &new, name).await?;
    drop_database(server, &old).await
}

async fn rename(server: &mut PgConnection, from: &str, to: &str) -> Result<()> {
    execute(
        server,
        format!("alter database {} rename to {}", quote(from), quote(to)),
    )
    .await
}

async fn drop_database(server: &mut PgConnection, name: &str) -> Result<()> {
    execute(
        server,
        format!("drop database if exists {} cascade", quote(name)),
    )
    .await
}
