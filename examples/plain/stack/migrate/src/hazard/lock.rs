//! Which lock a statement takes, and for how long.

use std::collections::BTreeMap;
use std::fmt;

/// How strong a lock on a table is, the weakest first.
/// <https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    AccessExclusive,
}

impl Mode {
    /// As the server's manual has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// Whom it makes wait.
    #[must_use]
    pub fn blocks(self) -> &'static str {
        match self {
            Self::RowExclusive | Self::ShareUpdateExclusive => "nobody",
            Self::Share | Self::ShareRowExclusive => "writes",
            Self::AccessExclusive => "reads and writes",
        }
    }
}

/// What is done while a lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// The catalog is changed.
    Moment,
    /// Every row is read.
    Scan,
    /// Every row is read, and an index built.
    Index,
    /// Every row and every index is written.
    Rewrite,
}

/// The lock of a statement on a table that was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    pub mode: Mode,
    pub table: String,
    pub work: Work,
    /// The table's, if it is known.
    pub size: Option<Size>,
}

impl Lock {
    /// For how long, as far as the table's size tells.
    #[must_use]
    pub fn duration(&self) -> String {
        // Rough: bytes that a disk of today reads, sorts, writes in a second.
        let (while_it, rate) = match self.work {
            Work::Moment => return "for a moment".to_owned(),
            Work::Scan => ("while every row is read", 400_000_000),
            Work::Index => ("while an index is built", 60_000_000),
            Work::Rewrite => ("while every row is written", 40_000_000),
        };
        match self.size {
            Some(Size { rows, bytes }) => {
                let seconds = bytes / rate + 1;
                format!("{while_it}: {rows} rows, perhaps {seconds} s")
            }
            None => while_it.to_owned(),
        }
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on `{}`", self.mode.as_str(), self.table)
    }
}

/// How large the tables of a production database are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub tables: BTreeMap<String, Size>,
}

/// The size of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// As the server estimates them.
    pub rows: u64,
    /// With its indexes.
    pub bytes: u64,
}

impl Statistics {
    /// Whether it takes so long to read or write this table that others would notice.
    #[must_use]
    pub fn is_large(&self, table: &str) -> bool {
        let size = self.tables.get(table);
        size.is_some_and(|size| size.rows >= 10_000 || size.bytes >= 8_000_000)
    }
}
