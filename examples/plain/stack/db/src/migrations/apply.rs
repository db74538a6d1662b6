//! Migrating a database, and looking how far it is.

use std::time::Instant;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgPool};

use super::lock::Lock;
use super::plan::{Plan, plan};
use super::unfinished::apply_alone;
use super::{Error, Filled, Migration, Migrations, Status, Timeouts, history, pooler};
use crate::sql_file;

/// What is told while migrations are applied.
#[derive(Clone, Copy, Debug)]
pub enum Event<'m> {
    /// One was applied.
    Applied(&'m Migration),
    /// A backfill has done a batch.
    Filled(&'m Migration, Filled),
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The name of the baseline whose row has replaced those of the migrations that it replaces.
    pub carried: Option<String>,
    /// The names of the files that were applied, or recorded as applied, in their order.
    pub applied: Vec<String>,
}

impl Migrations {
    /// Applies what the database lacks, and calls `report` after each, and after each batch of a backfill. What was
    /// applied before a mistake stays.
    ///
    /// Uses connections of its own to the database of the pool, so that nothing that a migration
    /// sets is left in the pool. If another process is migrating, waits for it.
    ///
    /// # Errors
    /// Whatever stands in the way; see the variants of [`Error`].
    pub async fn apply(
        &self,
        pool: &PgPool,
        mut report: impl FnMut(Event<'_>),
    ) -> Result<Outcome, Error> {
        let mut session = Session::begin(pool, self).await?;
        let outcome = self.apply_in(&mut session, &mut report).await;
        session.end().await?;
        outcome
    }

    /// Records the migrations up to the number `version` as applied, and runs nothing: for a
    /// database that was made in another way. Unless it is `unchecked`, the database has to look as they would
    /// leave it; to know that, they are run in another one on the same server, which goes afterwards.
    ///
    /// # Errors
    /// [`Error::NoSuch`], [`Error::NothingToAssume`], [`Error::Different`], [`Error::NotCompared`], and as
    /// [`Migrations::apply`].
    pub async fn assume(
        &self,
        pool: &PgPool,
        version: i64,
        unchecked: bool,
    ) -> Result<Outcome, Error> {
        if self.get(version).is_none() {
            return Err(self.no_such(version));
        }
        if !unchecked {
            self.require_alike(pool, version).await?;
        }
        let mut session = Session::begin(pool, self).await?;
        let outcome = self.assume_in(&mut session, version).await;
        session.end().await?;
        outcome
    }

    /// How far the database is. Writes nothing, and waits for nobody.
    ///
    /// # Errors
    /// As [`Migrations::apply`], without those of running something.
    pub async fn status(&self, pool: &PgPool) -> Result<Status, Error> {
        let mut connection = pool.acquire().await?;
        let Plan { pending, newer, .. } = self.plan(&mut connection).await?;
        let pending = pending
            .iter()
            .map(|migration| migration.name.clone())
            .collect();
        Ok(Status { pending, newer })
    }

    /// [`Migrations::status`] for those who cannot go on without all of them.
    ///
    /// # Errors
    /// [`Error::Pending`], and as [`Migrations::status`].
    pub async fn require(&self, pool: &PgPool) -> Result<Status, Error> {
        let status = self.status(pool).await?;
        if status.pending.is_empty() {
            return Ok(status);
        }
        Err(Error::Pending {
            names: status.pending,
            command: self.command.clone(),
        })
    }

    pub(super) async fn apply_in(
        &self,
        session: &mut Session,
        report: &mut impl FnMut(Event<'_>),
    ) -> Result<Outcome, Error> {
        session.settle_unfinished(self).await?;
        let plan = self.plan_newest(&mut session.connection).await?;
        history::ensure(&mut session.connection).await?;
        history::renumber(&mut session.connection, &plan.renumbered).await?;
        let mut outcome = Outcome::default();
        if let Some(baseline) = plan.carry {
            session.carry(baseline).await?;
            tracing::info!("carried over to the baseline `{}`", baseline.name);
            outcome.carried = Some(baseline.name.clone());
        }
        for migration in plan.pending {
            if let Some(backfill) = &migration.backfill {
                session.fill(migration, backfill, report).await?;
                outcome.applied.push(migration.name.clone());
                report(Event::Applied(migration));
                continue;
            }
            session.apply(migration).await?;
            outcome.applied.push(migration.name.clone());
            report(Event::Applied(migration));
        }
        Ok(outcome)
    }

    pub(super) fn no_such(&self, version: i64) -> Error {
        Error::NoSuch {
            version,
            last: self.last(),
            command: self.command.clone(),
        }
    }

    /// Compares the database with one that the migrations up to `version` make.
    async fn require_alike(&self, pool: &PgPool, version: i64) -> Result<(), Error> {
        let mut connection = pool.acquire().await?;
        if !history::has_other_tables(&mut connection).await? {
            return Ok(());
        }
        drop(connection);
        let command = self.command.clone();
        match self.through(version).difference(pool).await {
            Ok(difference) if difference.is_none() => Ok(()),
            Ok(difference) => Err(Error::Different {
                version,
                lacks: difference.lacks,
                has: difference.has,
                command,
            }),
            Err(error) => Err(Error::NotCompared {
                version,
                reason: error.to_string(),
                command,
            }),
        }
    }

    async fn assume_in(&self, session: &mut Session, version: i64) -> Result<Outcome, Error> {
        if !history::has_other_tables(&mut session.connection).await? {
            let command = self.command.clone();
            return Err(Error::NothingToAssume { command });
        }
        let plan = match self.plan_newest(&mut session.connection).await {
            // Just that is to be mended.
            Err(Error::Unmanaged { .. }) => plan(self, &[])?,
            plan => plan?,
        };
        history::ensure(&mut session.connection).await?;
        history::renumber(&mut session.connection, &plan.renumbered).await?;
        let mut outcome = Outcome::default();
        let mut tx = session.connection.begin().await?;
        for migration in plan.pending {
            if migration.version <= version {
                let no_time = std::time::Duration::ZERO;
                history::insert(&mut *tx, migration, Some(no_time)).await?;
                outcome.applied.push(migration.name.clone());
            }
        }
        tx.commit().await?;
        Ok(outcome)
    }

    /// The plan for a database that is not newer than we are.
    async fn plan_newest(&self, connection: &mut PgConnection) -> Result<Plan<'_>, Error> {
        let plan = self.plan(connection).await?;
        match plan.newer {
            None => Ok(plan),
            Some(version) => Err(Error::Newer {
                version,
                last: self.last(),
            }),
        }
    }

    async fn plan(&self, connection: &mut PgConnection) -> Result<Plan<'_>, Error> {
        let rows = history::rows(connection).await?;
        // Without a migration there is nothing that could be assumed either.
        if rows.is_empty() && !self.all.is_empty() && history::has_other_tables(connection).await? {
            return Err(Error::Unmanaged {
                last: self.last(),
                command: self.command.clone(),
            });
        }
        plan(self, &rows)
    }
}

/// A connection of its own, under the lock.
pub(super) struct Session {
    pub(super) connection: PgConnection,
    pub(super) lock: Lock,
    pub(super) timeouts: Timeouts,
    /// What to type to migrate, for hints.
    pub(super) command: String,
}

impl Session {
    pub(super) async fn begin(pool: &PgPool, migrations: &Migrations) -> Result<Self, Error> {
        let options = pool.connect_options();
        let mut connection = PgConnection::connect_with(&options).await?;
        let mut lock = PgConnection::connect_with(&options).await?;
        if pooler::is_between(&mut connection, &mut lock).await? {
            return Err(Error::Pooler {
                command: migrations.command.clone(),
            });
        }
        Ok(Self {
            lock: Lock::take(lock).await?,
            connection,
            timeouts: migrations.timeouts,
            command: migrations.command.clone(),
        })
    }

    pub(super) async fn end(self) -> Result<(), Error> {
        // Whatever is wrong with this connection was an error before.
        self.connection.close().await.ok();
        Ok(self.lock.release().await?)
    }

    /// Replaces the rows of what a baseline replaces by its own.
    async fn carry(&mut self, baseline: &Migration) -> Result<(), Error> {
        let mut tx = self.connection.begin().await?;
        history::forget(&mut *tx, 0, baseline.version).await?;
        history::insert(&mut *tx, baseline, Some(std::time::Duration::ZERO)).await?;
        Ok(tx.commit().await?)
    }

    /// Applies one.
    pub(super) async fn apply(&mut self, migration: &Migration) -> Result<(), Error> {
        self.apply_with_retries(migration).await
    }
}

/// Applies one, once.
pub(super) async fn attempt(
    connection: &mut PgConnection,
    migration: &Migration,
    command: &str,
) -> Result<(), Error> {
    match migration.no_tx {
        true => apply_alone(connection, migration, command).await,
        false => apply_in_transaction(connection, migration).await,
    }
}

pub(super) async fn apply_in_transaction(
    connection: &mut PgConnection,
    migration: &Migration,
) -> Result<(), Error> {
    let begun = Instant::now();
    let sql = migration.sql.as_str();
    let mut tx = connection.begin().await?;
    sql_file::run(&mut tx, &migration.path, sql).await?;
    // The first lines of a `pg_dump` empty it, and the record would not be found.
    if sql.contains("search_path") {
        sqlx::raw_sql("reset search_path").execute(&mut *tx).await?;
    }
    history::insert(&mut *tx, migration, Some(begun.elapsed())).await?;
    let Err(error) = tx.commit().await else {
        return Ok(());
    };
    Err(sql_file::refused(error, &migration.path, sql, 0).into())
}
