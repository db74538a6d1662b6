//! Connects to the vector database, which only search needs.
//!
//! `VECTOR_DATABASE_URL` names it. Without it and without `DATABASE_URL`, the embedded server has both databases.

use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use stack_db::{Db, PoolSettings, Schema};
use stack_web::StartError;

use super::migrations;
use crate::config::Config;

mod metric;

pub use metric::Metric;

/// The name of the development database.
const NAME: &str = concat!(env!("APP_NAME"), "_vectors");

/// A cloneable handle to the vector database: PostgreSQL with pgvector, always separate from the main database.
///
/// It is a separate type, so that a vector query cannot be sent to the main database. A repository of vectors takes any
/// executor, such as [`pool`](Self::pool), or this handle if it searches by an HNSW index.
#[derive(Clone, Debug)]
pub struct VectorDb {
    db: Db,
    ef_search: u16,
}

impl VectorDb {
    /// The default of `hnsw.ef_search`. (pgvector's own default, 40, misses more of the nearest neighbours.)
    pub const EF_SEARCH: u16 = 100;

    /// The vector database that `db` is connected to.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            ef_search: Self::EF_SEARCH,
        }
    }

    /// Sets `hnsw.ef_search`, the number of candidates of a search by an HNSW index, from 1 to 1000. A larger number
    /// finds more of the nearest neighbours and takes longer.
    pub fn with_ef_search(self, ef_search: u16) -> Self {
        Self { ef_search, ..self }
    }

    /// The pool, for statements that do not search by an HNSW index.
    pub fn pool(&self) -> &PgPool {
        self.db.pool()
    }

    /// Begins a transaction for a search by an HNSW index: with `ef_search` candidates, and with `iterative_scan`. The
    /// index does not know the other conditions of the query, so without `iterative_scan` it stops before it has found
    /// enough rows that satisfy them.
    ///
    /// The settings are local to the transaction and sent together with `BEGIN`: they cost no round trip, and work with
    /// a pooler that reuses the connection for other clients.
    ///
    /// # Errors
    /// Errors of the database.
    pub async fn begin_search(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        let ef_search = self.ef_search;
        // Safe: only a number is interpolated.
        let begin = AssertSqlSafe(format!(
            "BEGIN READ ONLY; SET LOCAL hnsw.ef_search = {ef_search}; \
             SET LOCAL hnsw.iterative_scan = strict_order"
        ));
        self.db.begin_with(begin).await
    }

    /// Closes all connections, after those in use are returned.
    pub async fn close(&self) {
        self.db.close().await;
    }
}

/// Connects to the vector database and ensures that it has its tables.
///
/// `None` if `DATABASE_URL` is set and `VECTOR_DATABASE_URL` is not: search is disabled then, and everything else works.
///
/// # Errors
/// [`StartError`], whose message is shown to the user.
pub async fn open(config: &Config) -> Result<Option<VectorDb>, StartError> {
    let Some(db) = connect(config).await? else {
        tracing::warn!("search is disabled: `VECTOR_DATABASE_URL` is not set");
        return Ok(None);
    };
    if config.environment.is_production() {
        super::require_migrated(&migrations::vectors(config)?, &db).await?;
    } else {
        let schema = Schema::read(config.project_dir.join("schema/vector"))?;
        super::fill(&schema, &db).await?;
    }
    Ok(Some(
        VectorDb::new(db).with_ef_search(config.vector_ef_search),
    ))
}

/// Connects to the vector database without checking its tables; `None` as for [`open`].
///
/// # Errors
/// [`StartError`], whose message is shown to the user.
pub async fn connect(config: &Config) -> Result<Option<Db>, StartError> {
    let url = match (&config.vector_database_url, &config.database_url) {
        (Some(url), _) => url.expose().to_owned(),
        (None, None) => super::start_embedded_server(config, NAME).await?,
        (None, Some(_)) => return Ok(None),
    };
    let settings = PoolSettings {
        max_connections: config.database_connections,
        verify_tls: config.environment.is_production(),
        ..PoolSettings::default()
    };
    Ok(Some(Db::connect(&url, settings).await?))
}
