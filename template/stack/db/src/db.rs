//! A handle to one database.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions as _, Connection, Postgres, SqlSafeStr, Transaction};

use crate::tls;

/// A connection that was idle for longer is tested before it is used: the server may have been
/// restarted meanwhile, or something between has forgotten the connection.
const TRUSTED_WHILE_IDLE: Duration = Duration::from_secs(1);

/// A cloneable handle to one database. Clones share the pool.
#[derive(Clone, Debug)]
pub struct Db {
    pool: PgPool,
    serializable: bool,
}

/// How many connections a pool may hold, and how they behave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// Upper bound of open connections. More is rarely faster: a server with few cores answers
    /// sooner when the queue stands in the pool than when it stands in the server.
    pub max_connections: u32,
    /// How long a caller waits for a free connection before it gets an error.
    pub acquire_timeout: Duration,
    /// Runs the transactions of [`Db::run`] and [`Db::run_once`] at isolation level
    /// `SERIALIZABLE`: as if one after the other, conflicts and repeats included.
{%- if cockroach %}
    /// CockroachDB does so anyway; on PostgreSQL it makes development behave like CockroachDB.
    /// Single statements need no such thing on either: CockroachDB repeats them by itself.
{%- endif %}
    pub serializable: bool,
    /// Connects only to a server whose certificate is valid for its name (`sslmode=verify-full`), unless the URL or
    /// `PGSSLMODE` says otherwise, or the server is on this machine.
    pub verify_tls: bool,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            max_connections: 10,
            acquire_timeout: Duration::from_secs(5),
            serializable: false,
            verify_tls: false,
        }
    }
}

/// The database could not be reached, or its URL cannot be read.
///
/// The text names the server and the database, never the password.
#[derive(Debug, thiserror::Error)]
#[error("cannot connect to the database {place}: {source}\nhint: {hint}")]
pub struct ConnectError {
    place: String,
    source: sqlx::Error,
    hint: &'static str,
}

const HINT: &str = "is the server running, and is the URL right? Without one in the environment, \
                    `cargo run` starts a server of its own";
const HINT_OF_TLS: &str = "is the server running, and is the URL right? The server's certificate must be valid for its name. \
                           Append `?sslrootcert=FILE` to the URL if you have a certificate authority of your own, or \
                           `?sslmode=disable` if only the server can be at the other end of a private network";

impl Db {
    /// Connects.
    ///
    /// # Errors
    /// [`ConnectError`], if the URL is malformed or no connection could be made within [`PoolSettings::acquire_timeout`].
    pub async fn connect(url: &str, settings: PoolSettings) -> Result<Self, ConnectError> {
        let options: PgConnectOptions = url.parse().map_err(|source| ConnectError {
            place: "at an unreadable URL".to_owned(),
            source,
            hint: HINT,
        })?;
        // Every server since version 12 writes numbers exactly; a pooler refuses what it does not know.
        let options = options.extra_float_digits(None);
        let place = place(&options);
        let verify = settings.verify_tls && !tls::is_chosen(url) && !tls::is_local(&options);
        let (options, hint) = match verify {
            true => (options.ssl_mode(PgSslMode::VerifyFull), HINT_OF_TLS),
            false => (options, HINT),
        };
        let pool = PgPoolOptions::new()
            .max_connections(settings.max_connections)
            .acquire_timeout(settings.acquire_timeout)
            // A round trip before every query would cost a tenth of a request; a connection that
            // was in use a moment ago is asked for a sign of life by its next query.
            .test_before_acquire(false)
            .before_acquire(|connection, usage| {
                Box::pin(async move {
                    if usage.idle_for > TRUSTED_WHILE_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            });
        let source = match pool.connect_with(options.clone()).await {
            Ok(pool) => {
                let serializable = settings.serializable;
                return Ok(Self { pool, serializable });
            }
            // The pool says only that it has waited; a connection alone says for what.
            Err(error @ sqlx::Error::PoolTimedOut) => {
                let alone = tokio::time::timeout(settings.acquire_timeout, options.connect()).await;
                alone.ok().and_then(Result::err).unwrap_or(error)
            }
            Err(error) => error,
        };
        Err(ConnectError {
            place,
            source,
            hint,
        })
    }

    /// Wraps a pool that exists already, for example that of a test database.
    #[must_use]
    pub fn from_pool(pool: PgPool) -> Self {
        Self {
            pool,
            serializable: false,
        }
    }

    /// Begins a transaction at the isolation level of [`PoolSettings::serializable`].
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.begin_with(match self.serializable {
            true => "begin isolation level serializable",
            false => "begin",
        })
        .await
    }

    /// Begins a transaction by `statement`, and goes on with that if the caller is cancelled meanwhile. By itself sqlx 0.9.0 would give
    /// the connection back within it, and others would write there: <https://github.com/transact-rs/sqlx/issues/4393>.
    ///
    /// # Errors
    /// The database's error.
    pub async fn begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let (pool, statement) = (self.pool.clone(), statement.into_sql_str());
        let begun = tokio::spawn(async move { pool.begin_with(statement).await });
        begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// The pool, for queries that need no transaction.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Asks the server for a sign of life: what a readiness probe calls.
    ///
    /// # Errors
    /// The server's error, or the pool's if no connection was free in time.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        sqlx::query("select 1").execute(&self.pool).await.map(drop)
    }

    /// Closes every connection, waiting for those in use to be returned.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// What to call this database in a message: everything of the URL but the secrets.
fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or("postgres");
    match options.get_socket() {
        Some(socket) => format!("`{database}` at `{}`", socket.display()),
        None => format!(
            "`{database}` at `{}:{}`",
            options.get_host(),
            options.get_port()
        ),
    }
}
