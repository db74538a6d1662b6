//! What stands in the way of migrating, in words for people.

use std::path::{Path, PathBuf};

use crate::shell;
use crate::sql_file::{self, Failure, Refused};

/// Why a database was not migrated.
///
/// The text is lowercase and without a leading `error: `, which the caller prints; what to do
/// about it follows in a line of its own that begins with `hint: `.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or the folder could not be read, or is not UTF-8.
    #[error("cannot read the migrations `{}`: {source}", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },
    /// The name of a file is not that of a migration.
    #[error(
        "`{}` is not named like a migration\n\
         hint: `0001_what_it_does.sql`: a number above 0, an underscore, then letters, digits, `_` and `-`",
        .path.display()
    )]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// Two files have one number, which happens when two people write one each.
    #[error(
        "two migrations have the number {version}: `{}` and `{}`\n\
         hint: cargo dev migrate renumber",
        .first.display(), .second.display()
    )]
    Duplicate {
        /// The number.
        version: i64,
        /// One of the files.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A file that begins like a baseline cannot be read as one.
    #[error(
        "`{}` is a baseline whose first lines cannot be read: {reason}\n\
         {}",
        .path.display(), versions_hint(.path)
    )]
    Baseline {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that begins like a backfill is none that could be run.
    #[error(
        "`{}` is a backfill that cannot be run: {reason}\n\
         hint: `docs/migrations.md` shows one, under \"Backfills\"",
        .path.display()
    )]
    Backfill {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file stands beside the baseline that has replaced it.
    #[error(
        "`{}` stands beside the baseline `{baseline}`, which has replaced it\n\
         hint: `git rm {}`, or, with a number above that of the baseline, `git mv` it",
        .path.display(), shell::path(.path)
    )]
    Replaced {
        /// The file.
        path: PathBuf,
        /// The name of the baseline.
        baseline: String,
    },
    /// A file ends the transaction that it runs in.
    #[error(
        "`{}`, line {line}: `{word}` would end the transaction in which a migration runs\n\
         hint: remove it; what cannot run in a transaction goes into a file of its own whose first line is `-- no-transaction`",
        .path.display()
    )]
    Transaction {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The word.
        word: String,
    },
    /// The server refused a statement of a migration that runs in a transaction: nothing of it was
    /// kept, and those before it were.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Others held the locks that a migration needs, as long as it was tried. Nothing of it was kept.
    #[error(
        "{refused}\n`{}` was tried for {seconds} s{}\n{}",
        refused.path.display(), blocked_by(blocker.as_ref()), locked_hint(blocker.as_ref(), command)
    )]
    Locked {
        /// The server's last answer.
        refused: Box<Refused>,
        /// Who was in the way, as the number of the server's process and in words; not known if it was never seen.
        blocker: Option<(i32, String)>,
        /// How long it was tried.
        seconds: u64,
        /// What to type to migrate.
        command: String,
    },
    /// The server refused a statement of a migration that runs outside of a transaction, and may
    /// have kept a part of it.
    #[error("{refused}\n{}", unfinished_hint(*.version, command))]
    RefusedHalfway {
        /// The server's answer.
        refused: Refused,
        /// The number of the migration.
        version: i64,
        /// What to type to migrate.
        command: String,
    },
    /// A migration that runs outside of a transaction has begun and not ended.
    #[error(
        "`{name}` was begun on this database and has not ended: it was interrupted, or is still running\n{}",
        unfinished_hint(*.version, command)
    )]
    Unfinished {
        /// The number of the migration.
        version: i64,
        /// The name of its file.
        name: String,
        /// What to type to migrate.
        command: String,
    },
    /// There is nothing to say about a migration that was not begun, or has ended.
    #[error("`{name}` is not begun on this database: it was applied, or never ran")]
    NotBegun {
        /// The name of its file.
        name: String,
    },
    /// The catalog knows better what became of a migration.
    #[error(
        "`{name}` is{} done: its index is{} there\nhint: {command}",
        if *done { "" } else { " not" }, if *done { "" } else { " not" }
    )]
    Contradiction {
        /// The name of its file.
        name: String,
        /// Whether it is done.
        done: bool,
        /// What to type to migrate, which settles it.
        command: String,
    },
    /// A migration was edited after it was applied.
    #[error(
        "`{}` was edited after it was applied to this database\n\
         {}; what should change goes into a new migration",
        .path.display(), versions_hint(.path)
    )]
    Edited {
        /// The file.
        path: PathBuf,
    },
    /// A migration that a baseline has replaced was another one on this database.
    #[error(
        "migration {version}, which the baseline `{baseline}` has replaced, was edited after it was applied to this database\n\
         hint: deploy a release from before the baseline first, which names the file"
    )]
    ReplacedEdited {
        /// The number.
        version: i64,
        /// The name of the baseline.
        baseline: String,
    },
    /// The database has stopped in the middle of what a baseline replaces.
    #[error(
        "the database is in the middle of the migrations that the baseline `{baseline}` has replaced\n\
         hint: deploy the last release from before the baseline first, which applies the rest of them"
    )]
    Between {
        /// The name of the baseline.
        baseline: String,
    },
    /// A migration was applied that is not among these, though later ones are.
    #[error(
        "migration {version} was applied to this database and is not in this release\n\
         hint: was its file deleted or renamed? `git log --diff-filter=DR --name-status -- '*migrations/*'` lists such"
    )]
    Unknown {
        /// The number.
        version: i64,
    },
    /// The database belongs to a newer release.
    #[error(
        "the database is newer than this release, which knows the migrations up to {last}: {version} was applied\n\
         hint: deploy the newer release; there is no way back but a new migration or a backup"
    )]
    Newer {
        /// The highest number that was applied.
        version: i64,
        /// The highest that is known.
        last: i64,
    },
    /// The database has tables, and nobody knows of which migrations.
    #[error(
        "the database has tables, but no record of migrations: it was made from `schema/`, or by hand\n\
         hint: if it is as migration {last} would leave it, `{command} --assume-through {last}` records so, and runs nothing"
    )]
    Unmanaged {
        /// The highest number that is known.
        last: i64,
        /// What to type to migrate.
        command: String,
    },
    /// A database is not as it is assumed to be.
    #[error(
        "the database is not as the migrations up to {version} make it{}{}\n\
         hint: `cargo dev migrate --against URL --through {version}` shows the difference as statements; \
         `{command} --assume-through {version} --unchecked` records them all the same",
        listed("it lacks", lacks),
        listed("it has besides", has)
    )]
    Different {
        /// The number.
        version: i64,
        /// What it lacks.
        lacks: Vec<String>,
        /// What it has besides.
        has: Vec<String>,
        /// What to type to migrate.
        command: String,
    },
    /// It could not be seen whether a database is as it is assumed to be.
    #[error(
        "whether the database is as the migrations up to {version} make it cannot be seen: to compare, they are run in another database of the server: {reason}\n\
         hint: a role needs `CREATEDB` for that. Without: `cargo dev migrate --against URL --through {version}` compares from your machine, \
         then `{command} --assume-through {version} --unchecked`"
    )]
    NotCompared {
        /// The number.
        version: i64,
        /// Why not.
        reason: String,
        /// What to type to migrate.
        command: String,
    },
    /// Something between lends a connection for one transaction at a time.
    #[error(
        "between here and the server is a pooler that lends connections for one transaction at a time, \
         so the lock and the time-outs of a migration would be lost\n\
         hint: give this command the server's own address: `DATABASE_URL=postgres://… {command}`"
    )]
    Pooler {
        /// What to type to migrate.
        command: String,
    },
    /// There is nothing that could be assumed.
    #[error(
        "the database is empty: its tables have to be made, not assumed\n\
         hint: {command}"
    )]
    NothingToAssume {
        /// What to type to migrate.
        command: String,
    },
    /// There is no migration of this number.
    #[error(
        "there is no migration {version}; the last one is {last}\nhint: {command} --assume-through {last}"
    )]
    NoSuch {
        /// The number.
        version: i64,
        /// The highest that is known.
        last: i64,
        /// What to type to migrate.
        command: String,
    },
    /// Migrations are still to be applied.
    #[error("{}\nhint: {command}", pending(.names))]
    Pending {
        /// The names of their files.
        names: Vec<String>,
        /// What to type to migrate.
        command: String,
    },
    /// The database could not be asked.
    #[error("cannot migrate the database: {}{}", .0, pooler_hint(.0))]
    Database(#[from] sqlx::Error),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refused) => Self::Refused(refused),
            Failure::Database(source) => Self::Database(source),
        }
    }
}

impl Error {
    pub(super) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Read {
            path: path.to_owned(),
            source,
        }
    }
}

/// How to get back the text that a file had.
fn versions_hint(path: &Path) -> String {
    let path = shell::path(path);
    format!(
        "hint: `git log --oneline -- {path}` lists its versions, `git restore --source=COMMIT {path}` brings one back"
    )
}

/// What is left to do by hand where there was no transaction.
fn unfinished_hint(version: i64, command: &str) -> String {
    format!(
        "hint: find out what it has done. If all of it: `{command} --resolve {version} applied`. \
         If nothing, or you have undone it: `{command} --resolve {version} again`, then `{command}`"
    )
}

/// How many lines of a difference are shown.
const SHOWN: usize = 20;

fn listed(what: &str, lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines.iter().take(SHOWN) {
        text += &format!("\n  {what}: {}", line.replace('\n', "\n    "));
    }
    if lines.len() > SHOWN {
        text += &format!("\n  and {} more", lines.len() - SHOWN);
    }
    text
}

/// Statements that were prepared are lost, or are another's, where a pooler lends connections for one transaction.
fn pooler_hint(error: &sqlx::Error) -> &'static str {
    match sql_file::code(error).as_deref() {
        Some("26000" | "42P05") => {
            "\nhint: is a pooler between here and the server? It has to keep sessions or prepared statements: \
             pgbouncer does so since 1.21, with `max_prepared_statements`"
        }
        _ => "",
    }
}

fn blocked_by(blocker: Option<&(i32, String)>) -> String {
    blocker.map_or_else(String::new, |(_, who)| format!(", and waited for {who}"))
}

fn locked_hint(blocker: Option<&(i32, String)>, command: &str) -> String {
    match blocker {
        Some((pid, _)) => format!(
            "hint: wait for the end of that transaction, or end it: `psql \"$DATABASE_URL\" -c 'SELECT pg_terminate_backend({pid})'`. \
             Then: `{command}`"
        ),
        None => format!("hint: {command}"),
    }
}

fn pending(names: &[String]) -> String {
    let list: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match list.as_slice() {
        [one] => format!("the database lacks the migration {one}"),
        // A new database lacks all of them, and nobody reads a hundred.
        [first, .., last] if list.len() > 5 => format!(
            "the database lacks {} migrations, {first} to {last}",
            list.len()
        ),
        _ => format!("the database lacks the migrations {}", list.join(", ")),
    }
}
