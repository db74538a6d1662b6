//! Which server the scratch databases are made on.

use stack_db::{Db, PoolSettings};
use stack_migrate::Scratch;

use crate::databases::Database;
use crate::guard;
use crate::project::Project;

/// The server of the database's URL, if that is a PostgreSQL on this machine that answers; else the
/// project's own for tests. Never one elsewhere.
{%- if cockroach %}
/// Not CockroachDB either, which cannot tell how a schema looks on PostgreSQL.
{%- endif %}
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
    {%- if cockroach %}
    if stack_db::is_cockroach(db.pool()).await.unwrap_or_default() {
        return Scratch::Own;
    }
    {%- endif %}
    db.close().await;
    Scratch::At(url)
}
