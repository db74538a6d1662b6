//! What a database looks like, read from the server's own catalog.
//!
//! Nothing is parsed here. Names, types, expressions and definitions come as the server words them
//! (`format_type`, `pg_get_expr`, `pg_get_constraintdef`, …), which is what makes two of them
//! comparable: `integer` and `int4`, or an `IN` and an `= ANY`, read the same.
//! <https://www.postgresql.org/docs/current/functions-info.html>

mod array_casts;
mod code;
mod constraints;
mod extras;
mod relations;
mod types;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::postgres::PgConnection;
use sqlx::postgres::types::Oid;

use crate::object::{Id, Kind, Object};

/// The table in which migrations are recorded: no part of anybody's schema.
pub(crate) const RECORD: &str = "_sqlx_migrations";

/// Every object of a database, and which needs which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    pub(crate) objects: BTreeMap<Id, Object>,
    /// What must be there before an object can be.
    pub(crate) needs: BTreeMap<Id, BTreeSet<Id>>,
}

impl Catalog {
    /// Reads the database that `connection` leads to. Leaves its `search_path` at `public`.
    ///
    /// # Errors
    /// The server's.
    pub async fn read(connection: &mut PgConnection) -> sqlx::Result<Self> {
        sqlx::raw_sql("set search_path = public; set quote_all_identifiers = off")
            .execute(&mut *connection)
            .await?;
        let mut reader = Reader {
            connection,
            known: HashMap::new(),
            parts: HashMap::new(),
            catalog: Self::default(),
        };
        reader.members_of_extensions().await?;
        types::read(&mut reader).await?;
        relations::read(&mut reader).await?;
        constraints::read(&mut reader).await?;
        code::read(&mut reader).await?;
        extras::read(&mut reader).await?;
        reader.dependencies().await?;
        Ok(reader.catalog)
    }

    /// The object of this name, if there is one.
    #[must_use]
    pub fn get(&self, id: &Id) -> Option<&Object> {
        self.objects.get(id)
    }

    /// Every object, by kind and name.
    pub fn iter(&self) -> impl Iterator<Item = &Object> {
        self.objects.values()
    }

    /// The names of the tables.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.objects
            .keys()
            .filter(|id| id.kind == Kind::Table)
            .map(|id| id.name.as_str())
    }

    /// What `id` needs.
    pub(crate) fn needs(&self, id: &Id) -> impl Iterator<Item = &Id> {
        self.needs.get(id).into_iter().flatten()
    }

    /// Every pair: an object, and one that it needs.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&Id, &Id)> {
        self.needs
            .iter()
            .flat_map(|(id, needed)| needed.iter().map(move |needed| (id, needed)))
    }
}

/// An object's place in the catalog: the catalog's table, the row, and the column if it is one.
type Place = (u32, u32, i32);

struct Reader<'c> {
    connection: &'c mut PgConnection,
    /// What stands at a place. Several places may lead to one object: a table, its row type.
    known: HashMap<Place, Id>,
    /// The places that are the object itself, and not something it brings along.
    parts: HashMap<Place, Id>,
    catalog: Catalog,
}

/// The catalog's tables, by their numbers, which are the same in every version.
mod class {
    pub(super) const TYPE: u32 = 1247;
    pub(super) const PROC: u32 = 1255;
    pub(super) const CLASS: u32 = 1259;
    pub(super) const ATTRDEF: u32 = 2604;
    pub(super) const CONSTRAINT: u32 = 2606;
    pub(super) const NAMESPACE: u32 = 2615;
    pub(super) const REWRITE: u32 = 2618;
    pub(super) const TRIGGER: u32 = 2620;
    pub(super) const EXTENSION: u32 = 3079;
    pub(super) const POLICY: u32 = 3256;
    pub(super) const STATISTICS: u32 = 3381;
}

/// True of what a person made, in the query that has a table's row as `$t`: in no schema of the
/// server's, and not brought along by an extension.
macro_rules! users_own {
    ($catalog:literal, $alias:literal, $namespace:literal) => {
        concat!(
            $namespace,
            " in (select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema') \
              and not exists (select 1 from pg_depend e where e.deptype = 'e' and e.classid = '",
            $catalog,
            "'::regclass and e.objid = ",
            $alias,
            ".oid)"
        )
    };
}
use users_own;

impl Reader<'_> {
    /// Adds an object that stands at a place.
    fn add(&mut self, class: u32, oid: Oid, object: Object) {
        let place = (class, oid.0, 0);
        self.known.insert(place, object.id.clone());
        self.parts.insert(place, object.id.clone());
        self.put(object);
    }

    /// Adds an object that has no place of its own.
    fn put(&mut self, mut object: Object) {
        array_casts::normalize(&mut object);
        if let Some(parent) = &object.parent {
            self.need(&object.id, parent.clone());
        }
        self.catalog.objects.insert(object.id.clone(), object);
    }

    /// Lets another place lead to an object.
    fn also(&mut self, class: u32, oid: Oid, id: &Id) {
        self.known.insert((class, oid.0, 0), id.clone());
    }

    /// The table or view at a place, if it is somebody's own.
    fn relation(&self, oid: Oid) -> Option<Id> {
        self.known.get(&(class::CLASS, oid.0, 0)).cloned()
    }

    fn need(&mut self, id: &Id, needed: Id) {
        if *id != needed {
            let needs = self.catalog.needs.entry(id.clone()).or_default();
            needs.insert(needed);
        }
    }

    /// What came with an extension stands for the extension.
    async fn members_of_extensions(&mut self) -> sqlx::Result<()> {
        let members: Vec<(Oid, Oid, String)> = sqlx::query_as(
            "select d.classid, d.objid, quote_ident(e.extname)
             from pg_depend d join pg_extension e on e.oid = d.refobjid
             where d.deptype = 'e' and d.refclassid = 'pg_extension'::regclass",
        )
        .fetch_all(&mut *self.connection)
        .await?;
        for (class, oid, extension) in members {
            let id = Id::new(Kind::Extension, extension);
            self.also(class.0, oid, &id);
        }
        Ok(())
    }

    /// `pg_depend`, in the words of [`Id`].
    async fn dependencies(&mut self) -> sqlx::Result<()> {
        let rows: Vec<(Oid, Oid, i32, Oid, Oid, i32)> = sqlx::query_as(
            "select classid, objid, objsubid, refclassid, refobjid, refobjsubid
             from pg_depend where deptype in ('n', 'a', 'i', 'P', 'S', 'x') and objid >= 16384",
        )
        .fetch_all(&mut *self.connection)
        .await?;
        for (class, oid, sub, needed_class, needed_oid, needed_sub) in rows {
            let id = self.at(class, oid, sub);
            let needed = self.at(needed_class, needed_oid, needed_sub);
            if let (Some(id), Some(needed)) = (id, needed) {
                // A sequence that goes with a column is no reason to make the column first.
                let owned =
                    id.kind == Kind::Sequence && matches!(needed.kind, Kind::Column | Kind::Table);
                let known = self.catalog.objects.contains_key(&id)
                    && self.catalog.objects.contains_key(&needed);
                let part_of = self
                    .catalog
                    .objects
                    .get(&needed)
                    .and_then(|o| o.parent.as_ref())
                    == Some(&id);
                if known && !owned && !part_of {
                    self.need(&id, needed);
                }
            }
        }
        Ok(())
    }

    fn at(&self, class: Oid, oid: Oid, sub: i32) -> Option<Id> {
        let exact = self.known.get(&(class.0, oid.0, sub));
        exact
            .or_else(|| self.known.get(&(class.0, oid.0, 0)))
            .cloned()
    }
}
