//! What a database is made of, each thing with the text that makes it.

mod kind;

use std::fmt;

use sqlx::FromRow;

pub use kind::Kind;

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
            Kind::Unsupported => f.write_str(&self.name),
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
    /// Made by a statement, dropped by another.
    Definition(Definition),
    /// `CREATE TYPE … AS ENUM`
    Enum(Enum),
    /// A domain without its constraints.
    Domain(Domain),
    /// `CREATE TYPE … AS (…)`
    Composite(Composite),
    /// The options.
    Sequence(Sequence),
    /// A table without what it holds.
    Table(Table),
    /// A column without its default.
    Column(Column),
    /// A constraint of a table.
    Constraint(Constraint),
    /// Only compared.
    Unsupported(Unsupported),
}

/// See [`Body::Definition`].
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Definition {
    /// Makes it.
    pub create: String,
    /// Switches what was made, where that is a statement of its own.
    #[sqlx(default)]
    pub then: Option<String>,
    /// Takes it away.
    pub drop: String,
    /// Of what `create` can also put in the place of an older one: how the older one has to begin. The
    /// columns of a view, which only grow; the signature of a routine; nothing of a comment.
    #[sqlx(default)]
    pub keeps: Option<Vec<String>>,
}

/// `CREATE TYPE … AS ENUM`
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Enum {
    /// In their order.
    pub labels: Vec<String>,
}

/// `CREATE DOMAIN`
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Domain {
    /// With its collation, if that is not the type's own.
    pub base: String,
    pub default: Option<String>,
    pub not_null: bool,
}

/// `CREATE TYPE … AS (…)`
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Composite {
    /// Name, and type with collation.
    pub attributes: Vec<(String, String)>,
}

impl Composite {
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        self.attributes.iter().map(|(name, _)| name)
    }

    pub(crate) fn type_of(&self, attribute: &str) -> Option<&String> {
        let mut attributes = self.attributes.iter();
        let (_, ty) = attributes.find(|(name, _)| name == attribute)?;
        Some(ty)
    }
}

/// The options of a sequence, or of an identity column's.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, sqlx::Type)]
#[sqlx(type_name = "record")]
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

/// `CREATE TABLE` without columns, constraints and settings.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Table {
    pub unlogged: bool,
    /// `RANGE (at)`, of a partitioned table.
    pub partition_key: Option<String>,
    /// `FOR VALUES …`, of a partition.
    pub partition_bound: Option<String>,
    /// The partitioned table, or the tables it inherits from.
    pub parents: Vec<String>,
    /// The access method, if it is not `heap`.
    pub access_method: Option<String>,
}

/// A column, without its default.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Column {
    pub table: String,
    /// Quoted where that is needed.
    #[sqlx(rename = "column")]
    pub name: String,
    /// Its place among the columns. Not compared: a column that came later stands last.
    pub number: i16,
    pub ty: String,
    /// If it is not the type's own.
    pub collation: Option<String>,
    pub not_null: bool,
    /// `(a * 2) STORED`
    pub generated: Option<String>,
    /// `ALWAYS` or `BY DEFAULT`
    pub identity: Option<String>,
    /// The sequence behind an identity.
    pub sequence: Option<Sequence>,
    /// The name of that sequence.
    pub sequence_name: Option<String>,
    /// `pglz` or `lz4`.
    pub compression: Option<String>,
}

/// A constraint of a table.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Constraint {
    pub table: String,
    #[sqlx(rename = "constraint")]
    pub name: String,
    /// As the catalog has it: `p`, `u`, `c`, `f`, `x`.
    pub ty: String,
    /// What stands after `CONSTRAINT name`.
    pub definition: String,
}

/// See [`Kind::Unsupported`].
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Unsupported {
    /// Whatever tells two of them apart.
    pub says: String,
}

impl Definition {
    pub(crate) fn new(create: String, drop: String) -> Self {
        Self {
            create,
            then: None,
            drop,
            keeps: None,
        }
    }
}

impl Object {
    pub(crate) fn new(id: Id, parent: Option<Id>, body: Body) -> Self {
        Self { id, parent, body }
    }

    /// How `DROP`, `ALTER … RENAME TO`, `COMMENT ON` and `GRANT ON` name it; none if they do not.
    pub(crate) fn target(&self) -> Option<String> {
        let name = &self.id.name;
        Some(match &self.body {
            Body::Enum(_) | Body::Composite(_) => format!("TYPE {name}"),
            Body::Domain(_) => format!("DOMAIN {name}"),
            Body::Sequence(_) => format!("SEQUENCE {name}"),
            Body::Table(_) => format!("TABLE {name}"),
            Body::Column(_) => format!("COLUMN {name}"),
            Body::Constraint(constraint) => {
                format!("CONSTRAINT {} ON {}", constraint.name, constraint.table)
            }
            Body::Definition(_) if self.id.kind == Kind::DomainConstraint => {
                let domain = &self.parent.as_ref()?.name;
                let name = name.strip_prefix(domain)?.strip_prefix('.')?;
                format!("CONSTRAINT {name} ON DOMAIN {domain}")
            }
            Body::Definition(definition) => definition.drop.strip_prefix("DROP ")?.to_owned(),
            Body::Unsupported(_) => return None,
        })
    }

    /// The statement that takes it away.
    pub(crate) fn drop_sql(&self) -> String {
        match &self.body {
            Body::Definition(definition) => definition.drop.clone(),
            Body::Column(column) => {
                format!("ALTER TABLE {} DROP COLUMN {}", column.table, column.name)
            }
            Body::Constraint(constraint) => format!(
                "ALTER TABLE {} DROP CONSTRAINT {}",
                constraint.table, constraint.name
            ),
            _ => format!("DROP {}", self.target().unwrap_or_default()),
        }
    }

    /// The expression of a column's default.
    pub(crate) fn default_expression(&self) -> Option<&str> {
        match &self.body {
            Body::Definition(definition) if self.id.kind == Kind::Default => {
                let (_, expression) = definition.create.split_once(" SET DEFAULT ")?;
                Some(expression)
            }
            _ => None,
        }
    }
}
