//! Which server the scratch databases are made on.

use stack_db::{Db, PoolSettings};
use stack_migrate::Scratch;

use crate::databases::Database;
use crate::guard;
use crate::project::Project;
use crate::ui;

/// The server of the database's URL, if that is a PostgreSQL on this machine that answers; else the
/// project's own for tests. Never one elsewhere, nor one whose database was migrated.
pub(super) async fn server(project: &Project, database: &Database) -> Scratch {
    let Some(url) = project
        .setting(database.variable)
        .filter(|url| guard::leads_here(url))
    else {
        return Scratch::Own;
    };
    let settings = PoolSettings {
        max_connections: 1,
        ..PoolSettings::default()
    };
    let Ok(db) = Db::connect(&url, settings).await else {
        return Scratch::Own;
    };
    let reason = reason_against(&db).await;
    db.close().await;
    match reason {
        None => Scratch::At(url),
        Some(reason) => {
            let variable = database.variable;
            ui::say(&format!(
                "{reason}: not `{variable}`'s server is used, but the project's own for tests"
            ));
            Scratch::Own
        }
    }
}

/// Why no databases are to be made beside this one: what is reached by `localhost` may be a tunnel to a server that others
/// need.
async fn reason_against(db: &Db) -> Option<String> {
    let asked: Result<(bool, bool, String), sqlx::Error> = sqlx::query_as(
        "select rolsuper or rolcreatedb, to_regclass('_sqlx_migrations') is not null, rolname::text
         from pg_roles where rolname = current_user",
    )
    .fetch_one(db.pool())
    .await;
    match asked {
        Err(error) => Some(error.to_string()),
        Ok((false, _, role)) => Some(format!(
            "the role `{role}` may create no database (`ALTER ROLE {role} CREATEDB` would let it)"
        )),
        Ok((_, true, _)) => {
            Some("the database was migrated, as one that others need is".to_owned())
        }
        Ok(_) => None,
    }
}
