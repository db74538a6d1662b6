//! A database of its own for a run of the browser tests or a load test: a test database like those of `cargo test`,
//! so it is dropped at the end, and by the next run if this one is killed.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};
use stack_db::Schema;
use stack_db::testing::TestDatabase;

use crate::databases::{DATABASES, Database};
use crate::error::Result;
use crate::guard;
use crate::project::Project;
use crate::ui;

/// One for each database that the project has, except those that only others are set for.
pub(in crate::commands) struct Databases(Vec<(&'static Database, TestDatabase)>);

impl Databases {
    /// On the server of the setting, if that is one on this machine, else on the project's own for tests.
    pub(in crate::commands) async fn create(project: &Project) -> Result<Self> {
        let mut databases = Vec::new();
        for database in DATABASES {
            let schema = Schema::read(project.schema(database))?;
            let made = match project.setting(database.variable) {
                Some(url) => {
                    guard::require_local(project, &url)?;
                    TestDatabase::create_at(&url, &schema).await?
                }
                None if project.setting("DATABASE_URL").is_some() => {
                    ui::warning(&format!(
                        "`{}` is not set: that database is left out",
                        database.variable
                    ));
                    continue;
                }
                None => TestDatabase::create_own(&schema).await?,
            };
            databases.push((database, made));
        }
        Ok(Self(databases))
    }

    /// What the application is told: an empty setting counts as missing, and hides what `.env` says.
    pub(in crate::commands) fn variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        DATABASES.iter().map(|database| {
            let made = self.0.iter().find(|(of, _)| *of == database);
            let url = made.map(|(_, made)| made.url().to_owned());
            (database.variable, url.unwrap_or_default())
        })
    }

    /// Gives them names under which they stay, and says where they are. Those of an earlier run go.
    pub(in crate::commands) async fn keep(self, project: &Project) -> Result<()> {
        for (database, made) in self.0 {
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
}
