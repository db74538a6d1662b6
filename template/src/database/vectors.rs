//! Where the vector database comes from, and the handle to it. Search needs it, and nothing else does.
//!
//! `VECTOR_DATABASE_URL` names one. Without it, and without `DATABASE_URL`, the project's own server has both.

use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction};
use stack_db::{Db, PoolSettings, Schema};
use stack_web::StartError;

use super::migrations;
use crate::config::Config;

mod metric;

pub use metric::Metric;

/// The name of the development database: that of the project, and `_vectors`.
const NAME: &str = concat!(env!("APP_NAME"), "_vectors");

/// A cloneable handle to the vector database: PostgreSQL with pgvector, always a database of its own.
///
/// A type of its own too, so that a query for vectors is never sent to the relational database. A repository of
/// vectors takes any executor, such as [`pool`](Self::pool), or this handle where it searches by an index.
#[derive(Clone, Debug)]
pub struct VectorDb {
    db: Db,
    ef_search: u16,
}

impl VectorDb {
    /// How many candidates an HNSW index keeps in view if nothing else is said. (pgvector's own default, 40, misses
    /// more of the true neighbours.)
    pub const EF_SEARCH: u16 = 100;

    /// The vector database behind `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            ef_search: Self::EF_SEARCH,
        }
    }

    /// The same, where an HNSW index keeps `ef_search` candidates in view, from 1 to 1000: more find truer neighbours
    /// and take longer.
    pub fn with_ef_search(self, ef_search: u16) -> Self {
        Self { ef_search, ..self }
    }

    /// The pool, for statements that search by no index of vectors.
    pub fn pool(&self) -> &PgPool {
        self.db.pool()
    }

    /// Begins a transaction in which HNSW indexes search as they should: with `ef_search` candidates, and on and on
    /// (`iterative_scan`), because such an index knows nothing of the other conditions of a query and would stop
    /// before it has found enough rows that fulfil them.
    ///
    /// For the transaction only, and sent with its `BEGIN`: so it costs no round trip, and works behind a pooler that
    /// gives the connection to somebody else afterwards.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_search(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        let ef_search = self.ef_search;
        // Nothing but a number is put in.
        let begin = AssertSqlSafe(format!(
            "BEGIN READ ONLY; SET LOCAL hnsw.ef_search = {ef_search}; \
             SET LOCAL hnsw.iterative_scan = strict_order"
        ));
        self.pool().begin_with(begin).await
    }

    /// Closes every connection, waiting for those in use to be returned.
    pub async fn close(&self) {
        self.db.close().await;
    }
}

/// Connects to the vector database, and sees to it that it has its tables.
///
/// None where `DATABASE_URL` is set and `VECTOR_DATABASE_URL` is not: search is off then, and everything else works.
///
/// # Errors
/// With a text for the person who started the application.
pub async fn open(config: &Config) -> Result<Option<VectorDb>, StartError> {
    let Some(db) = connect(config).await? else {
        tracing::warn!("search is off: `VECTOR_DATABASE_URL` is not set");
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

/// Connects to the vector database, whatever is in it; `None` if there is to be none.
///
/// # Errors
/// With a text for the person who started the application.
pub async fn connect(config: &Config) -> Result<Option<Db>, StartError> {
    let url = match (&config.vector_database_url, &config.database_url) {
        (Some(url), _) => url.expose().to_owned(),
        (None, None) => super::start_own_server(config, NAME).await?,
        (None, Some(_)) => return Ok(None),
    };
    let settings = PoolSettings {
        max_connections: config.database_connections,
        ..PoolSettings::default()
    };
    Ok(Some(Db::connect(&url, settings).await?))
}
