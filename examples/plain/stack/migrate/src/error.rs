//! What stands in the way of a migration, in words for people.

use std::fmt::Write as _;
use std::path::PathBuf;

use stack_db::{migrations, schema, testing};

use crate::diff::{RenameCandidate, UnsupportedChange, quote_name};
use crate::hazard::Hazard;
use crate::rename::Rename;
use crate::shell;

/// Why no migration was written.
///
/// The text is lowercase and without a leading `error: `, which the caller prints; what to do about
/// it follows in lines of its own that begin with `hint: `.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder of migrations, or one of them, is not as it should be.
    #[error(transparent)]
    Migrations(#[from] migrations::Error),
    /// The schema has a mistake.
    #[error(transparent)]
    Schema(#[from] schema::Error),
    /// There is no server to try it on.
    #[error(transparent)]
    Server(#[from] testing::Error),
    /// Something differs that no migration can express.
    #[error("{}", unsupported(.0))]
    Unsupported(Vec<UnsupportedChange>),
    /// It has hazards that nobody has allowed.
    #[error("{}", not_allowed(.hazards, .candidates))]
    NotAllowed {
        /// These.
        hazards: Vec<Hazard>,
        /// What may have been renamed instead.
        candidates: Vec<RenameCandidate>,
    },
    /// A rename leads to nothing.
    #[error(
        "the schema has nothing called `{}`, which `{}` should have become\n\
         hint: `--rename old=new`, the old name as the migrations have it, the new one as the schema has it",
        .0.new, .0.old
    )]
    UnknownRename(Rename),
    /// The server refused a statement that was written for it.
    #[error(
        "{object} cannot be migrated by itself: the database refused `{sql}`: {message}\n\
         hint: write it by hand: `cargo dev migrate --empty --name NAME`; what is left of the difference comes next time"
    )]
    Refused {
        /// What it was about.
        object: String,
        /// The first line of the statement.
        sql: String,
        /// What the server said.
        message: String,
    },
    /// The migrations, replayed with what was written, do not lead to the schema.
    #[error(
        "what was written does not lead to the schema; different are {}\n\
         hint: nothing was written; write it by hand: `cargo dev migrate --empty --name NAME`", .0.join(", ")
    )]
    Unproven(Vec<String>),
    /// `pg_dump` sees a difference that the comparison does not see.
    #[error("{}", unseen(.0))]
    Unseen(Vec<String>),
    /// It does not run where there are rows.
    #[error("{}", fails_on_data(.sql.as_deref(), .message, .rows.as_ref()))]
    FailsOnData {
        /// The first line of the statement that was refused.
        sql: Option<String>,
        /// What the server said.
        message: String,
        /// The table that it is about, and rows that were made up there.
        rows: Option<(String, Vec<String>)>,
    },
    /// A file could not be written.
    #[error("cannot {action} `{}`: {source}", .path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },
    /// Somebody else wrote a migration while this one was tried.
    #[error(
        "a migration came into `{}` while this one was tried; nothing was written\n\
         hint: cargo dev migrate", .0.display()
    )]
    ConcurrentMigration(PathBuf),
    /// There is nothing to squash.
    #[error(
        "there is nothing to squash: {0}\n\
         hint: `cargo dev migrate --check` tells whether migrations and schema agree"
    )]
    NothingToPrune(String),
    /// The role may not read the record of migrations.
    #[error(
        "the role `{role}` may not read the record of migrations\n\
         hint: as its owner: `GRANT SELECT ON _sqlx_migrations TO {}`", quote_name(.role)
    )]
    HiddenRecord {
        /// Who asked.
        role: String,
        /// What the server answered.
        source: sqlx::Error,
    },
    /// The database could not be asked.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
}

impl Error {
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }
}

fn unsupported(changes: &[UnsupportedChange]) -> String {
    let mut text = String::new();
    for (at, change) in changes.iter().enumerate() {
        let start = if at == 0 { "" } else { "\nerror: " };
        let _ = write!(
            text,
            "{start}{} cannot be migrated: {}",
            change.object, change.reason
        );
    }
    text + "\nhint: `cargo dev migrate --empty --name NAME` makes a file to write it by hand"
}

fn unseen(statements: &[String]) -> String {
    let mut text =
        "`pg_dump` tells the schema from what the migrations lead to, and nothing else does"
            .to_owned();
    for statement in statements {
        let words: Vec<&str> = statement.split_whitespace().collect();
        let short: String = words.join(" ").chars().take(200).collect();
        let _ = write!(text, "\n  {short}");
    }
    text + "\nhint: `-` is what only the migrations have, `+` what only the schema has; write it by hand: `cargo dev migrate --empty --name NAME`\n\
            hint: if it makes no difference: `cargo dev migrate --accept`"
}

fn fails_on_data(sql: Option<&str>, message: &str, rows: Option<&(String, Vec<String>)>) -> String {
    let mut text = format!(
        "the migration runs on an empty database, and not on one with rows that were made up: {message}"
    );
    if let Some(sql) = sql {
        let _ = write!(text, "\n  in `{sql}`");
    }
    if let Some((table, rows)) = rows {
        let _ = write!(text, "\n  rows of `{table}`: {}", rows.join(", "));
    }
    text + "\nhint: give new columns a default, or write that step by hand, so that it moves the rows too: `cargo dev migrate --empty --name NAME`\n\
            hint: if no row of yours is like these: `cargo dev migrate --accept`"
}

/// How many hazards are allowed one by one in a hint; more are allowed by their kinds.
const ONE_BY_ONE: usize = 6;

fn not_allowed(hazards: &[Hazard], candidates: &[RenameCandidate]) -> String {
    let mut text = "this migration has hazards that are not allowed".to_owned();
    for hazard in hazards {
        let instead = hazard.name.description().instead;
        let _ = write!(text, "\n  {hazard}\n    instead: {instead}");
    }
    for candidate in candidates {
        let _ = write!(
            text,
            "\nhint: if the {} became the {}: `cargo dev migrate --rename {}`",
            candidate.old,
            candidate.new,
            shell::word(&Rename::from(candidate).to_string())
        );
    }
    let mut keys: Vec<String> = match hazards.len() {
        ..=ONE_BY_ONE => hazards.iter().map(Hazard::key).collect(),
        _ => hazards
            .iter()
            .map(|hazard| hazard.name.to_string())
            .collect(),
    };
    keys.sort();
    keys.dedup();
    let flags = keys
        .iter()
        .map(|key| format!(" --allow {}", shell::word(key)));
    let flags: String = flags.collect();
    text + &format!("\nhint: if that is meant: `cargo dev migrate{flags}`")
}
