//! `--keep`: the databases stay after the run.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::commands::run_databases::Databases;
use crate::error::Result;
use crate::project::Project;
use crate::ui;

/// Gives them names under which they stay, and says where they are. Those of an earlier run go.
pub(super) async fn keep(databases: Databases, project: &Project) -> Result<()> {
    for (database, made) in databases.0 {
        made.pool().close().await;
        let options: PgConnectOptions = made.url().parse()?;
        let name = options.get_database().unwrap_or_default().to_owned();
        let kept = format!("{}{}_browser_test", project.name()?, database.suffix);
        let mut server = options.database("postgres").connect().await?;
        for sql in [
            format!("drop database if exists \"{kept}\""),
            format!("alter database {name} rename to \"{kept}\""),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut server)
                .await?;
        }
        server.close().await?;
        ui::say(&format!(
            "kept: {}={}",
            database.variable,
            made.url().replacen(&name, &kept, 1)
        ));
    }
    Ok(())
}
