//! What a statement may do to a database that is in use: hazards, each by a name that is shown, written into the file, and
//! allowed. The planner says what it knows of the data; the rest is read off the statement ([`Observer`]), be it written
//! here or by hand.

mod allow;
mod alter_table;
mod lock;
mod observer;
mod volatile;

use std::fmt;

pub use allow::{Allowance, Allowed};
pub use lock::{Lock, Mode, Size, Statistics, Work};
pub use observer::{Effects, Observer};
pub(crate) use volatile::Volatile;

/// The kind of a hazard. `docs/migrations.md` has them as a table, which a test compares with this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    DataLoss,
    FailsOnData,
    MayFailOnData,
    Authorization,
    Rewrite,
    Scan,
    IndexBuild,
    Lock,
    BulkWrite,
    Incompatible,
    UntrackedBody,
    InTransaction,
}

/// When a migration with a hazard is written only on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    Always,
    /// On a table that must not be locked for long.
    OnLargeTables,
    Never,
}

/// What there is to say of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    pub name: Name,
    /// As it is typed.
    pub word: &'static str,
    pub refused: Refused,
    pub meaning: &'static str,
    /// How to do without.
    pub instead: &'static str,
}

const fn describe(
    name: Name,
    word: &'static str,
    refused: Refused,
    meaning: &'static str,
    instead: &'static str,
) -> Description {
    Description {
        name,
        word,
        refused,
        meaning,
        instead,
    }
}

impl Name {
    /// Every kind, in the order of the enum.
    pub const ALL: [Description; 12] = [
        describe(
            Self::DataLoss,
            "data-loss",
            Refused::Always,
            "takes data away: a table, a column, part of a value",
            "deploy a version that does not use it; drop it with the next one",
        ),
        describe(
            Self::FailsOnData,
            "fails-on-data",
            Refused::Always,
            "fails on rows that there usually are: `NOT NULL` without a default",
            "give the column a default, or fill it by hand before",
        ),
        describe(
            Self::MayFailOnData,
            "may-fail-on-data",
            Refused::Never,
            "fails if a row breaks the new rule: unique, check, foreign key",
            "look for such rows in production before",
        ),
        describe(
            Self::Authorization,
            "authorization",
            Refused::Always,
            "lets somebody see or do more: row-level security off, a policy opened, a grant to `PUBLIC`",
            "grant it to a role; give the policy a condition",
        ),
        describe(
            Self::Rewrite,
            "rewrite",
            Refused::OnLargeTables,
            "writes the whole table anew while nobody can read it",
            "add another column, fill it in batches, use that",
        ),
        describe(
            Self::Scan,
            "scan",
            Refused::OnLargeTables,
            "reads every row while nobody can write, or read",
            "add the constraint `NOT VALID`, validate it in a migration of its own",
        ),
        describe(
            Self::IndexBuild,
            "index-build",
            Refused::OnLargeTables,
            "builds an index while nobody can write",
            "`CREATE INDEX CONCURRENTLY` in a `-- no-transaction` file; constraints by `USING INDEX`",
        ),
        describe(
            Self::Lock,
            "lock",
            Refused::OnLargeTables,
            "locks a table for long in another way",
            "`REFRESH MATERIALIZED VIEW CONCURRENTLY`; no `LOCK TABLE`",
        ),
        describe(
            Self::BulkWrite,
            "bulk-write",
            Refused::OnLargeTables,
            "changes every row in one transaction: the rows are locked until its end",
            "in batches, each in a transaction of its own",
        ),
        describe(
            Self::Incompatible,
            "incompatible",
            Refused::Never,
            "renames what the version that runs still uses under its old name",
            "add the new one, use both, drop the old one later",
        ),
        describe(
            Self::UntrackedBody,
            "untracked-body",
            Refused::Never,
            "drops what the body of a function mentions, which the server does not check",
            "change the function in the same migration, or write it as `BEGIN ATOMIC`",
        ),
        describe(
            Self::InTransaction,
            "in-transaction",
            Refused::Always,
            "cannot run in a transaction; only the lint finds it",
            "`-- no-transaction` as the first line of a file of its own",
        ),
    ];

    /// What there is to say of it.
    #[must_use]
    pub fn description(self) -> Description {
        Self::ALL[self as usize]
    }

    /// The kind of this name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|one| one.word == word);
        found.map(|one| one.name)
    }

    /// Whether a failure on rows has been announced by it.
    pub(crate) fn announces_failure(self) -> bool {
        matches!(
            self,
            Self::DataLoss | Self::FailsOnData | Self::MayFailOnData | Self::BulkWrite
        )
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.description().word)
    }
}

/// The table in `docs/migrations.md`.
#[must_use]
pub fn table() -> String {
    let mut text = "| hazard | the statement | refused | instead |\n|---|---|---|---|\n".to_owned();
    for one in Name::ALL {
        let refused = match one.refused {
            Refused::Always => "yes",
            Refused::OnLargeTables => "on large tables",
            Refused::Never => "no",
        };
        let (word, meaning, instead) = (one.word, one.meaning, one.instead);
        text += &format!("| `{word}` | {meaning} | {refused} | {instead} |\n");
    }
    text
}

/// What a statement may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hazard {
    pub name: Name,
    /// To what: `notes.subtitle`.
    pub object: String,
    /// As the end of a sentence: "drops the column `notes.subtitle` with all it holds".
    pub what: String,
    /// Whether it is written only on request.
    pub refused: bool,
}

impl Hazard {
    pub(crate) fn new(name: Name, object: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            name,
            object: object.into(),
            what: what.into(),
            refused: name.description().refused == Refused::Always,
        }
    }

    /// As it is allowed: `data-loss:notes.subtitle`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.name, self.object)
    }
}

impl fmt::Display for Hazard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key(), self.what)
    }
}
