//! Which server the scratch databases are made on.

use stack_db::{Db, PoolSettings};
use stack_migrate::Scratch;

use crate::databases::Database;
use crate::guard;
use crate::project::Project;

/// The server of the database's URL, if that is a PostgreSQL on this machine that answers; else the
/// project's own for tests. Never one elsewhere.
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
    db.close().await;
    Scratch::At(url)
}
