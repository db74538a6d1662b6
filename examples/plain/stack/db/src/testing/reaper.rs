//! One thread per process and server that creates and drops the test databases.
//!
//! A thread with a runtime of its own, because each test has its own runtime, and a connection
//! belongs to the runtime that opened it; and because dropping a database must work in `Drop`.
//! One connection is kept, which saves opening one per database, and which holds the lock by
//! which other processes know that this one is alive.
//!
//! A test database is called `stack_test_<owner>_<number>`, the owner a random number of this
//! process, which is also the advisory lock that its connection holds. Who can take that lock
//! knows that the owner is dead, on whatever machine it ran, and drops its databases. Process ids
//! would say less: they are reused, and mean nothing on a server that others use too.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, mpsc};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use tokio::sync::oneshot;

use super::Error;
use super::server::Location;
use crate::Schema;
use crate::sql_file::code;

/// Templates kept on the server, newest first; older ones belong to schemas of the past.
const TEMPLATES_KEPT: i64 = 12;
/// The advisory lock under which templates are made.
const TEMPLATE_LOCK: i64 = 0x0074_656d_706c_6174;

/// A handle to the thread.
#[derive(Clone, Debug)]
pub(super) struct Reaper {
    requests: mpsc::Sender<Request>,
}

enum Request {
    Create {
        schema: Box<Schema>,
        answer: oneshot::Sender<Result<(String, String), Error>>,
    },
    Drop {
        name: String,
        done: mpsc::Sender<()>,
    },
}

impl Reaper {
    /// The reaper of this server, begun on first use.
    pub(super) fn of(location: Location) -> Result<Self, Error> {
        static ALL: LazyLock<Mutex<Vec<(Location, Reaper)>>> = LazyLock::new(Mutex::default);
        let Ok(mut all) = ALL.lock() else {
            return Err(Error::Gone);
        };
        if let Some((_, known)) = all.iter().find(|(known, _)| *known == location) {
            return Ok(known.clone());
        }
        let (requests, receiver) = mpsc::channel();
        let server = location.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(sqlx::Error::Io)?;
        std::thread::Builder::new()
            .name("test databases".to_owned())
            .spawn(move || runtime.block_on(serve(server, &receiver)))
            .map_err(sqlx::Error::Io)?;
        let reaper = Self { requests };
        all.push((location, reaper.clone()));
        Ok(reaper)
    }

    /// Creates a database; returns its name and its URL.
    pub(super) async fn create(&self, schema: Schema) -> Result<(String, String), Error> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Create {
            schema: Box::new(schema),
            answer,
        };
        self.requests.send(request).map_err(|_| Error::Gone)?;
        answered.await.map_err(|_| Error::Gone)?
    }

    /// Drops a database, and waits for it.
    pub(super) fn drop_database(&self, name: &str) {
        let (done, finished) = mpsc::channel();
        let request = Request::Drop {
            name: name.to_owned(),
            done,
        };
        if self.requests.send(request).is_ok() {
            let _ = finished.recv();
        }
    }
}

/// The thread: answers requests until the process ends.
async fn serve(location: Location, requests: &mpsc::Receiver<Request>) {
    let mut session = None;
    let mut swept = false;
    while let Ok(request) = requests.recv() {
        match request {
            Request::Create { schema, answer } => {
                let created = create(&location, &mut session, &schema).await;
                let _ = answer.send(created);
            }
            Request::Drop { name, done } => {
                if let Some(session) = &mut session {
                    session.drop_database(&name).await;
                }
                let _ = done.send(());
            }
        }
        // After the first answer, so that no test waits for it.
        if let Some(session) = session.as_mut().filter(|_| !swept) {
            swept = true;
            let _ = session.sweep().await;
        }
    }
}

async fn create(
    location: &Location,
    session: &mut Option<Session>,
    schema: &Schema,
) -> Result<(String, String), Error> {
    let session = match session {
        Some(session) => session,
        None => session.insert(Session::connect(&location.url().await?).await?),
    };
    session.create(schema).await
}

/// The connection and what is known about the server.
pub(super) struct Session {
    connection: PgConnection,
    options: PgConnectOptions,
    url: String,
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
            owner,
            created: 0,
            templates: HashSet::new(),
        };
        let lock = sqlx::query("select pg_advisory_lock($1)").bind(owner.cast_signed());
        lock.execute(&mut session.connection).await?;
        Ok(session)
    }

    async fn create(&mut self, schema: &Schema) -> Result<(String, String), Error> {
        self.created += 1;
        let name = format!("stack_test_{:016x}_{}", self.owner, self.created);
        let url = database_url(&self.url, &name);
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
                // Swept by another process as old between the look and the copy.
                Err(error) if !last && code(&error).as_deref() == Some("3D000") => {
                    self.templates.remove(&template);
                }
                done => return Ok(done?),
            }
        }
        Ok(())
    }

    /// Makes the template unless it is there and ready. It is ready when it takes no connections,
    /// which is also what copying it needs, and is set last in one statement: one that was left
    /// half filled is not ready, and is made anew.
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
        let names: Vec<String> = sqlx::query_scalar(
            "select datname::text from pg_database where datname like 'stack\\_test\\_%'",
        )
        .fetch_all(&mut self.connection)
        .await?;
        let own = format!("{:016x}", self.owner);
        let owners: HashSet<&str> = names
            .iter()
            .filter_map(|name| name.split('_').nth(2))
            .filter(|hex| *hex != own)
            .collect();
        for hex in owners {
            let Ok(owner) = u64::from_str_radix(hex, 16).map(u64::cast_signed) else {
                continue;
            };
            let dead: bool = sqlx::query_scalar("select pg_try_advisory_lock($1)")
                .bind(owner)
                .fetch_one(&mut self.connection)
                .await?;
            if !dead {
                continue;
            }
            for name in names
                .iter()
                .filter(|name| name.split('_').nth(2) == Some(hex))
            {
                self.drop_database(name).await;
            }
            let unlock = sqlx::query("select pg_advisory_unlock($1)").bind(owner);
            unlock.execute(&mut self.connection).await?;
        }
        let old: Vec<String> = sqlx::query_scalar(
            "select datname::text from pg_database
             where datname like 'stack\\_template\\_%' and not datallowconn
             order by oid desc offset $1",
        )
        .bind(TEMPLATES_KEPT)
        .fetch_all(&mut self.connection)
        .await?;
        for template in old {
            if !self.templates.contains(&template) {
                self.drop_database(&template).await;
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
