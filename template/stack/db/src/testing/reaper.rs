//! What creates and drops the test databases of this process: one session for each server.
//!
//! On a runtime of its own, because each test has its own runtime, and a connection belongs to the
//! runtime that opened it; and because dropping a database must work in `Drop`. One connection is
//! kept, which saves opening one per database, and which holds the lock by which other processes
//! know that this one is alive.
//!
//! A test database is called `stack_test_<owner>_<number>`, the owner a random number of this process, which is also
//! the advisory lock that its connection holds. Where nobody holds that lock the owner is dead, on whatever machine it
//! ran, and the next process drops its databases. Process ids would say less: they are reused, and mean nothing on a
//! server that others use too.

use std::collections::HashSet;
use std::io;
use std::sync::{Arc, LazyLock, PoisonError, mpsc};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Mutex;

use super::Error;
use super::server::Location;
use crate::Schema;

/// Templates kept on the server, newest first; older ones belong to schemas of the past.
const TEMPLATES_KEPT: i64 = 12;
/// The advisory lock under which templates are made.
const TEMPLATE_LOCK: i64 = 0x0074_656d_706c_6174;
/// The databases of owners that are dead, and the oldest templates.
const UNUSED: &str = r"
    select datname::text from pg_database
    where datname like 'stack\_test\_%' and not exists (
        select from pg_locks
        where locktype = 'advisory' and objsubid = 1
          and lpad(to_hex(classid::bigint), 8, '0') || lpad(to_hex(objid::bigint), 8, '0')
              = split_part(datname, '_', 3)
    )
    union all (
        select datname::text from pg_database
        where datname like 'stack\_template\_%' and not datallowconn
        order by oid desc offset $1
    )";

/// A handle to the session with one server.
#[derive(Clone, Debug)]
pub(super) struct Reaper {
    location: Location,
    /// Connected on first use.
    session: Arc<Mutex<Option<Session>>>,
    runtime: Handle,
}

impl Reaper {
    /// The reaper of this server, the same for the whole process.
    pub(super) fn of(location: Location) -> Result<Self, Error> {
        static RUNTIME: LazyLock<io::Result<Runtime>> = LazyLock::new(|| {
            let mut runtime = Builder::new_multi_thread();
            runtime.worker_threads(1).thread_name("test databases");
            runtime.enable_all().build()
        });
        static ALL: std::sync::Mutex<Vec<Reaper>> = std::sync::Mutex::new(Vec::new());
        let runtime = RUNTIME.as_ref().map_err(|_| Error::Gone)?;
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.iter().find(|known| known.location == location) {
            return Ok(known.clone());
        }
        let reaper = Self {
            location,
            session: Arc::default(),
            runtime: runtime.handle().clone(),
        };
        all.push(reaper.clone());
        Ok(reaper)
    }

    /// Creates a database; returns its name and its URL.
    pub(super) async fn create(&self, schema: Schema) -> Result<(String, String), Error> {
        let this = self.clone();
        let created = self.runtime.spawn(async move {
            let mut session = Arc::clone(&this.session).lock_owned().await;
            if let Some(session) = &mut *session {
                return session.create(&schema).await;
            }
            let url = this.location.url().await?;
            let known = session.insert(Session::connect(&url).await?);
            let created = known.create(&schema).await;
            // Afterwards, so that this test does not wait for it.
            this.runtime.spawn(async move {
                if let Some(session) = &mut *session {
                    session.sweep().await.ok();
                }
            });
            created
        });
        created.await.map_err(|_| Error::Gone)?
    }

    /// Drops a database, and waits for it.
    pub(super) fn drop_database(&self, name: &str) {
        let (session, name) = (Arc::clone(&self.session), name.to_owned());
        let (done, finished) = mpsc::channel();
        self.runtime.spawn(async move {
            if let Some(session) = &mut *session.lock().await {
                session.drop_database(&name).await;
            }
            done.send(()).ok();
        });
        // An error says that the task is gone: there is nothing to wait for.
        finished.recv().ok();
    }
}

/// The connection and what is known about the server.
#[derive(Debug)]
pub(super) struct Session {
    connection: PgConnection,
    options: PgConnectOptions,
    url: String,
{%- if cockroach %}
    cockroach: bool,
{%- endif %}
    owner: u64,
    created: u64,
    /// Templates that were seen ready.
    templates: HashSet<String>,
}

impl Session {
    async fn connect(url: &str) -> Result<Self, Error> {
        let options: PgConnectOptions = url.parse()?;
        // Advisory locks hold within one database, so every process has to use the same.
        let options = options.database("postgres");
        let connection = options.connect().await?;
        let mut owner = [0; 8];
        getrandom::fill(&mut owner).map_err(|error| sqlx::Error::Io(error.into()))?;
        let owner = u64::from_le_bytes(owner);
        let mut session = Self {
            connection,
            options,
            url: url.to_owned(),
{%- if cockroach %}
            cockroach: false,
{%- endif %}
            owner,
            created: 0,
            templates: HashSet::new(),
        };
{%- if cockroach %}
        session.cockroach = crate::cockroach::answers(&mut session.connection).await?;
        if session.cockroach {
            return Ok(session);
        }
{%- endif %}
        let lock = sqlx::query("select pg_advisory_lock($1)").bind(owner.cast_signed());
        lock.execute(&mut session.connection).await?;
        Ok(session)
    }

    async fn create(&mut self, schema: &Schema) -> Result<(String, String), Error> {
        self.created += 1;
        let name = format!("stack_test_{:016x}_{}", self.owner, self.created);
        let url = database_url(&self.url, &name);
{%- if cockroach %}
        if self.cockroach {
            self.create_and_fill(schema, &name).await?;
            return Ok((name, url));
        }
{%- endif %}
        self.copy_template(schema, &name).await?;
        Ok((name, url))
    }

    async fn copy_template(&mut self, schema: &Schema, name: &str) -> Result<(), Error> {
        // 64 bits of the checksum; a PostgreSQL name has at most 63 characters.
        let template = format!(
            "stack_template_{}",
            schema.checksum().get(..16).unwrap_or_default()
        );
        let statement = format!("create database {name} template {template} strategy file_copy");
        for last in [false, true] {
            if !self.templates.contains(&template) {
                self.make_template(schema, &template).await?;
                self.templates.insert(template.clone());
            }
            match self.execute(statement.clone()).await {
                // Swept by another process as old since the look, or a session is left that came before they were refused.
                Err(_) if !last => {
                    self.templates.remove(&template);
                    self.disconnect(&template).await;
                }
                done => return Ok(done?),
            }
        }
        Ok(())
    }

    /// Makes the template unless it is there and ready. It is ready when it takes no connections, which is also what
    /// copying it needs, and is set last in one statement: one that was left half filled is made anew.
    async fn make_template(&mut self, schema: &Schema, template: &str) -> Result<(), Error> {
        let ready = "select not datallowconn from pg_database where datname = $1";
        let lock = sqlx::query("select pg_advisory_lock($1)").bind(TEMPLATE_LOCK);
        lock.execute(&mut self.connection).await?;
        let made = async {
            let ready: Option<bool> = sqlx::query_scalar(ready)
                .bind(template)
                .fetch_optional(&mut self.connection)
                .await?;
            if ready == Some(true) {
                return Ok(());
            }
            self.execute(format!("drop database if exists {template} with (force)"))
                .await?;
            self.execute(format!("create database {template} template template0"))
                .await?;
            let pool = self.pool(template);
            let filled = schema.fill_if_empty(&pool).await;
            pool.close().await;
            filled?;
            self.execute(format!(
                "alter database {template} with allow_connections false"
            ))
            .await?;
            Ok(())
        }
        .await;
        let unlock = sqlx::query("select pg_advisory_unlock($1)").bind(TEMPLATE_LOCK);
        unlock.execute(&mut self.connection).await?;
        made
    }

    /// Drops one database with everything connected to it.
    async fn drop_database(&mut self, name: &str) {
{%- if cockroach %}
        if self.cockroach {
            return self.drop_cascade(name).await;
        }
{%- endif %}
        self.disconnect(name).await;
        let statement = format!("drop database if exists {name} with (force)");
        // What cannot be dropped now is swept later; a test must not fail in its `Drop`.
        let _ = self.execute(statement).await;
    }

    /// Ends every connection to a database. `with (force)` does so too, but looks whether they are
    /// gone only after 100 ms.
    async fn disconnect(&mut self, name: &str) {
        for _ in 0..50 {
            let ended: Result<i64, _> = sqlx::query_scalar(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1",
            )
            .bind(name)
            .fetch_one(&mut self.connection)
            .await;
            if !matches!(ended, Ok(1..)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Drops the databases of owners that are dead, and the oldest templates.
    async fn sweep(&mut self) -> Result<(), sqlx::Error> {
{%- if cockroach %}
        if self.cockroach {
            return Ok(());
        }
{%- endif %}
        let unused: Vec<String> = sqlx::query_scalar(UNUSED)
            .bind(TEMPLATES_KEPT)
            .fetch_all(&mut self.connection)
            .await?;
        for name in unused {
            if !self.templates.contains(&name) {
                self.drop_database(&name).await;
            }
        }
        Ok(())
    }

    /// A pool of one connection to a database of this server.
    pub(super) fn pool(&self, database: &str) -> PgPool {
        PgPoolOptions::new()
            .max_connections(1)
            .connect_lazy_with(self.options.clone().database(database))
    }

    pub(super) async fn execute(&mut self, statement: String) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut self.connection)
            .await
            .map(drop)
    }
}

/// The same URL with another database in it.
fn database_url(url: &str, database: &str) -> String {
    let (before, query) = match url.split_once('?') {
        Some((before, query)) => (before, format!("?{query}")),
        None => (url, String::new()),
    };
    let authority = before.find("://").map_or(0, |at| at + 3);
    let path = before.get(authority..).and_then(|rest| rest.find('/'));
    let end = path.map_or(before.len(), |at| authority + at);
    format!("{}/{database}{query}", before.get(..end).unwrap_or(before))
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
