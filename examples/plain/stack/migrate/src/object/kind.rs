//! The kinds of objects, and what people call them.

use std::fmt;

/// What kind of thing it is. The order is that in which things are made where nothing else decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `CREATE SCHEMA`
    Schema,
    /// `CREATE EXTENSION`
    Extension,
    /// `CREATE TYPE … AS ENUM`
    Enum,
    /// `CREATE DOMAIN`
    Domain,
    /// A `CHECK` of a domain.
    DomainConstraint,
    /// `CREATE TYPE … AS (…)`
    Composite,
    /// `CREATE TYPE … AS RANGE`
    Range,
    /// `CREATE SEQUENCE`; those of identity columns belong to the column.
    Sequence,
    /// A function or a procedure.
    Routine,
    /// `CREATE TABLE`, a partition too.
    Table,
    /// A column of a table.
    Column,
    /// What a column holds if nothing is said.
    Default,
    /// Primary key, unique, check, foreign key, exclusion.
    Constraint,
    /// An index that no constraint made.
    Index,
    /// `CREATE STATISTICS`
    Statistics,
    /// `CREATE VIEW`
    View,
    /// `CREATE MATERIALIZED VIEW`
    MaterializedView,
    /// `CREATE RULE`
    Rule,
    /// `CREATE TRIGGER`
    Trigger,
    /// `CREATE POLICY`
    Policy,
    /// The column that a sequence goes with.
    Ownership,
    /// What `ALTER TABLE … SET` and the like switch: storage parameters, row-level security, statistics.
    Setting,
    /// `COMMENT ON`
    Comment,
    /// `GRANT`
    Grant,
    /// `REVOKE` of what everybody has from the start.
    Revoke,
    /// `ALTER DEFAULT PRIVILEGES`
    DefaultPrivilege,
    /// What a migration cannot express; that it differs is an error.
    Unsupported,
}

impl Kind {
    /// Those that share their names within a schema. An index that a constraint made is one.
    pub(crate) const ALL_WITH_SHARED_NAMES: [Self; 10] = [
        Self::Enum,
        Self::Domain,
        Self::Composite,
        Self::Range,
        Self::Sequence,
        Self::Table,
        Self::Constraint,
        Self::Index,
        Self::View,
        Self::MaterializedView,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Schema => "schema",
            Self::Extension => "extension",
            Self::Enum => "enum",
            Self::Domain => "domain",
            Self::DomainConstraint => "constraint of domain",
            Self::Composite => "composite type",
            Self::Range => "range type",
            Self::Sequence => "sequence",
            Self::Routine => "function",
            Self::Table => "table",
            Self::Column => "column",
            Self::Default => "default of",
            Self::Constraint => "constraint",
            Self::Index => "index",
            Self::Statistics => "statistics",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Rule => "rule",
            Self::Trigger => "trigger",
            Self::Policy => "policy",
            Self::Ownership => "owner of sequence",
            Self::Setting => "setting",
            Self::Comment => "comment on",
            Self::Grant => "grant on",
            Self::Revoke => "revoked grant on",
            Self::DefaultPrivilege => "default privilege",
            Self::Unsupported => "",
        })
    }
}
