//! What a database is made of, each thing with the text that makes it.

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
    /// What a table says of one of its indexes: replica identity, `CLUSTER ON`.
    Setting,
    /// `COMMENT ON`
    Comment,
    /// `GRANT`
    Grant,
    /// `REVOKE` of what everybody has from the start.
    Revoke,
    /// What a migration cannot express; that it differs is an error.
    Foreign,
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
            Self::Setting => "setting of table",
            Self::Comment => "comment on",
            Self::Grant => "grant on",
            Self::Revoke => "revoked grant on",
            Self::Foreign => "",
        })
    }
}

/// Names one object. Two catalogs are compared by these.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// What it is.
    pub kind: Kind,
    /// Its name as SQL says it, without the schema where that is `public`; of what belongs to a
    /// table, the table's name and a dot before it.
    pub name: String,
}

impl Id {
    pub(crate) fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Foreign => f.write_str(&self.name),
            kind => write!(f, "{kind} `{}`", self.name),
        }
    }
}

/// An object and what it looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Which one.
    pub id: Id,
    /// What it is a part of and goes with: the table of a column, the column of a comment.
    pub parent: Option<Id>,
    /// What it looks like.
    pub body: Body,
}

/// What an object looks like: for most the statement that makes it, for some more, so that they can
/// be changed without being made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Made by a statement, dropped by another, and never changed in between.
    Definition(Definition),
    /// The labels, in their order.
    Enum(Vec<String>),
    /// A domain without its constraints.
    Domain(Domain),
    /// Attributes: name, type and collation.
    Composite(Vec<(String, String)>),
    /// The options.
    Sequence(Sequence),
    /// A table without what it holds.
    Table(Table),
    /// A column without its default.
    Column(Box<Column>),
    /// A constraint of a table.
    Constraint(Constraint),
    /// A view and its columns.
    View(View),
    /// A function or procedure.
    Routine(Routine),
    /// Only compared.
    Foreign(String),
}

/// See [`Body::Definition`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Makes it.
    pub create: String,
    /// Switches what was made, where that is a statement of its own.
    pub then: Option<String>,
    /// Takes it away.
    pub drop: String,
}

/// `CREATE DOMAIN`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// With its collation, if that is not the type's own.
    pub base: String,
    pub default: Option<String>,
    pub not_null: bool,
}

/// The options of a sequence, or of an identity column's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// `bigint`, `integer` or `smallint`.
    pub ty: String,
    pub start: i64,
    pub increment: i64,
    pub min: i64,
    pub max: i64,
    pub cache: i64,
    pub cycle: bool,
    /// Of one that belongs to an identity column it is the table's to say.
    pub unlogged: bool,
}

/// `CREATE TABLE` without columns and constraints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub unlogged: bool,
    /// `RANGE (at)`, of a partitioned table.
    pub partition_key: Option<String>,
    /// `FOR VALUES …`, of a partition.
    pub partition_bound: Option<String>,
    /// The partitioned table, or the tables it inherits from.
    pub parents: Vec<String>,
    /// `fillfactor=70`
    pub options: Vec<String>,
    pub row_security: bool,
    pub force_row_security: bool,
    /// The access method, if it is not `heap`.
    pub access_method: Option<String>,
}

/// A column, without its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub table: String,
    /// Quoted where that is needed.
    pub name: String,
    /// Its place among the columns. Not compared: a column that came later stands last.
    pub number: i16,
    pub ty: String,
    /// If it is not the type's own.
    pub collation: Option<String>,
    pub not_null: bool,
    /// `STORED` or `VIRTUAL`, and the expression.
    pub generated: Option<(String, String)>,
    /// `ALWAYS` or `BY DEFAULT`, and the sequence behind it.
    pub identity: Option<(String, Sequence)>,
    /// The name of that sequence. Its maker is the server, and nobody compares it.
    pub sequence: Option<String>,
    /// `EXTERNAL`, if it is not the type's own.
    pub storage: Option<String>,
    /// The type's own.
    pub usual_storage: String,
    /// `pglz` or `lz4`.
    pub compression: Option<String>,
    /// `SET STATISTICS`
    pub statistics: Option<i16>,
    /// `n_distinct=…`
    pub options: Vec<String>,
}

/// A constraint of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    pub table: String,
    pub name: String,
    /// As the catalog has it: `p`, `u`, `c`, `f`, `x`.
    pub ty: char,
    /// What stands after `CONSTRAINT name`.
    pub definition: String,
}

/// A view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub query: String,
    pub options: Vec<String>,
    /// Name and type of each column: a view can be replaced while these only grow.
    pub columns: Vec<String>,
}

/// A function or procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routine {
    /// `CREATE OR REPLACE …`
    pub create: String,
    /// `FUNCTION f(integer)`, as other statements name it.
    pub target: String,
    /// What must stay the same for `CREATE OR REPLACE` to do: result, names of arguments, defaults.
    pub signature: String,
}

impl Object {
    pub(crate) fn new(id: Id, parent: Option<Id>, body: Body) -> Self {
        Self { id, parent, body }
    }

    /// An object that is made by one statement and dropped by another.
    pub(crate) fn definition(
        id: Id,
        parent: Option<Id>,
        create: impl Into<String>,
        drop: impl Into<String>,
    ) -> Self {
        let body = Body::Definition(Definition {
            create: create.into(),
            then: None,
            drop: drop.into(),
        });
        Self::new(id, parent, body)
    }

    /// The same with a second statement, if there is one.
    pub(crate) fn then(mut self, sql: Option<String>) -> Self {
        if let Body::Definition(definition) = &mut self.body {
            definition.then = sql;
        }
        self
    }
}
