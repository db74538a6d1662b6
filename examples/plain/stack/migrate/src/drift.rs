//! What is different on a real database: from what the migrations that it has applied would make.
//!
//! Only looks: one transaction that may only read, by a role that needs to read the catalog and the record of
//! migrations, and no rows of anybody.

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use stack_db::migrations::{Entry, State};
use stack_db::{Migrations, Schema};

use crate::catalog::Catalog;
use crate::diff::{self, LockPolicy, Step, UnsupportedChange};
use crate::error::Error;
use crate::object::{Id, Kind};
use crate::scratch::{Database, Scratch, connect};

/// A real database beside the migrations.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// How each migration stands.
    pub entries: Vec<Entry>,
    /// Whether the database has tables and no record of migrations; then it is compared with all of them.
    pub unmanaged: bool,
    /// The difference, as if these had been run on the database beside the migrations.
    pub steps: Vec<Step>,
    /// What differs and no statement of ours expresses.
    pub gaps: Vec<UnsupportedChange>,
    /// The versions of the two servers, the real one's first, if they differ: they may word the same otherwise.
    pub versions: Option<(String, String)>,
    /// Roles that no migration knows, and which have grants here: these are not compared.
    pub roles: BTreeSet<String>,
}

impl Drift {
    /// Whether the database is another one than its migrations make. What is only pending is no drift.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.unmanaged
            || !self.entries.iter().all(|entry| entry.state.is_at_rest())
            || !self.steps.is_empty()
            || !self.gaps.is_empty()
    }
}

/// Compares the database at `url` with the migrations of `folder`, replayed on the scratch server as far as they were
/// applied, or up to the number `through`. What is called as one of `ignored` (`extension pg_stat_statements`) is left
/// out, with what belongs to it.
///
/// # Errors
/// The migrations', and either server's.
pub async fn drift(
    url: &str,
    folder: &Path,
    scratch: &Scratch,
    through: Option<i64>,
    ignored: &[String],
) -> Result<Drift, Error> {
    let migrations = Migrations::read(folder)?;
    let mut real = Real::read(url, &migrations).await?;
    let applied = |version: i64| {
        let entry = real.entries.iter().find(|entry| entry.version == version);
        entry.is_some_and(|entry| matches!(entry.state, State::Applied | State::Edited))
    };
    let expected = match through {
        Some(through) => migrations.through(through),
        None if real.unmanaged => migrations,
        None => migrations.only(|migration| applied(migration.version)),
    };
    let empty = scratch.database(&Schema::empty()).await?;
    let Database {
        database,
        mut catalog,
    } = Database::replayed(&empty, &expected).await?;
    let mut connection = connect(&database).await?;
    let version = version(&mut connection).await?;
    connection.close().await?;
    let known: BTreeSet<String> = roles(&catalog).map(str::to_owned).collect();
    let strange = |role: &&str| *role != "PUBLIC" && !known.contains(*role);
    let roles: BTreeSet<String> = roles(&real.catalog)
        .filter(strange)
        .map(str::to_owned)
        .collect();
    for side in [&mut real.catalog, &mut catalog] {
        let strange = |id: &Id| grantee(id).is_some_and(|role| roles.contains(role));
        side.leave_out(|id| is_ignored(id, ignored) || strange(id));
    }
    let (steps, gaps) = difference(&mut catalog, &mut real.catalog);
    Ok(Drift {
        entries: real.entries,
        unmanaged: real.unmanaged && through.is_none(),
        steps,
        gaps,
        versions: (real.version != version).then_some((real.version, version)),
        roles,
    })
}

/// Takes away what was prepared.
const FORGET: &str = "deallocate all";

/// What is read of a real database, in one transaction.
struct Real {
    entries: Vec<Entry>,
    unmanaged: bool,
    catalog: Catalog,
    version: String,
}

impl Real {
    async fn read(url: &str, migrations: &Migrations) -> Result<Self, Error> {
        let options: PgConnectOptions = url.parse()?;
        let options = options.extra_float_digits(None);
        let role = options.get_username().to_owned();
        let mut connection = PgConnection::connect_with(&options).await?;
        let begin = "begin isolation level repeatable read, read only";
        let mut tx = connection.begin_with(begin).await?;
        // A pooler may lend it from somebody else, and to somebody else.
        sqlx::raw_sql(FORGET).execute(&mut *tx).await?;
        let states = migrations.states(&mut tx).await;
        let (entries, unmanaged) = states.map_err(|error| match error {
            stack_db::migrations::Error::Database(source) if is_forbidden(&source) => {
                Error::HiddenRecord { role, source }
            }
            error => error.into(),
        })?;
        let catalog = Catalog::read(&mut tx).await?;
        let version = version(&mut tx).await?;
        sqlx::raw_sql(FORGET).execute(&mut *tx).await?;
        tx.rollback().await?;
        connection.close().await?;
        Ok(Self {
            entries,
            unmanaged,
            catalog,
            version,
        })
    }
}

fn is_forbidden(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|answer| answer.code());
    code.is_some_and(|code| code == "42501")
}

/// A server's major version.
async fn version(connection: &mut PgConnection) -> Result<String, Error> {
    let query = "select split_part(current_setting('server_version'), '.', 1)";
    Ok(sqlx::query_scalar(query).fetch_one(connection).await?)
}

/// The steps, and what cannot be expressed beside them.
fn difference(from: &mut Catalog, to: &mut Catalog) -> (Vec<Step>, Vec<UnsupportedChange>) {
    let mut gaps: Vec<UnsupportedChange> = Vec::new();
    loop {
        match diff::difference(from, to, &LockPolicy::default()) {
            Ok(steps) => return (steps, gaps),
            Err(more) => {
                let before = gaps.len();
                for gap in more {
                    if !gaps.iter().any(|known| known.object == gap.object) {
                        from.leave_out(|id| *id == gap.object);
                        to.leave_out(|id| *id == gap.object);
                        gaps.push(gap);
                    }
                }
                if gaps.len() == before {
                    return (Vec::new(), gaps);
                }
            }
        }
    }
}

fn is_ignored(id: &Id, ignored: &[String]) -> bool {
    let plain = |text: &str| text.replace(['`', '"'], "").to_lowercase();
    let name = plain(&id.to_string());
    ignored.iter().any(|one| plain(one) == name)
}

/// The role that has a grant, or whose new objects have one from the start.
fn grantee(id: &Id) -> Option<&str> {
    match id.kind {
        Kind::Grant | Kind::Revoke => {
            let (target, _) = id.name.rsplit_once(": ")?;
            Some(target.rsplit_once(" to ")?.1)
        }
        Kind::DefaultPrivilege => {
            let (_, role) = id
                .name
                .rsplit_once(" TO ")
                .or(id.name.rsplit_once(" FROM "))?;
            role.split(" WITH GRANT OPTION").next()
        }
        _ => None,
    }
}

fn roles(catalog: &Catalog) -> impl Iterator<Item = &str> {
    catalog.iter().filter_map(|object| grantee(&object.id))
}
