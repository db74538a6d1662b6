//! Rows of the server's catalog become objects.

use std::collections::{HashMap, HashSet};

use sqlx::FromRow;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgConnection, PgRow};

use stack_db::migrations::PROGRESS;

use super::{Catalog, RECORD, class};
use crate::object::{Body, Id, Kind, Object};

/// An object's address in the catalog: the catalog's table, the row, and the column if it is one.
pub(super) type Address = (u32, u32, i32);

pub(super) struct Reader<'c> {
    pub(super) connection: &'c mut PgConnection,
    pub(super) catalog: Catalog,
    /// The objects by their addresses.
    addresses: HashMap<Address, Id>,
    /// What came with an extension, which stands for the extension.
    members: HashMap<(u32, u32), Id>,
    /// What belongs to a session, such as the tables of a migration's connection that is still open.
    temporary: HashSet<(u32, u32)>,
    /// What the server made by itself as a part of something: the array of a type, the row type of a
    /// table, the index of a constraint.
    internal: HashMap<(u32, u32), Address>,
}

/// What every query for a kind of objects returns, beside what the objects look like. The columns that
/// may be left out are those with a default.
#[derive(FromRow)]
struct Row<B> {
    /// The address; none if there is none of its own.
    #[sqlx(default)]
    class: Option<Oid>,
    #[sqlx(default)]
    oid: Option<Oid>,
    /// Of a column.
    #[sqlx(default)]
    number: i16,
    /// As in [`Id`].
    name: String,
    /// What it is a part of: a relation, a column of one, or the domain of a constraint.
    #[sqlx(default)]
    parent: Option<Oid>,
    #[sqlx(default)]
    parent_number: i16,
    /// A relation or a column of one that has to be there before.
    #[sqlx(default)]
    needs: Option<Oid>,
    #[sqlx(default)]
    needs_number: Option<i16>,
    #[sqlx(flatten)]
    body: B,
}

impl<'c> Reader<'c> {
    pub(super) async fn new(connection: &'c mut PgConnection) -> sqlx::Result<Self> {
        let mut reader = Reader {
            connection,
            catalog: Catalog::default(),
            addresses: HashMap::new(),
            members: HashMap::new(),
            temporary: HashSet::new(),
            internal: HashMap::new(),
        };
        reader.read_members().await?;
        reader.read_temporary().await?;
        reader.read_internal().await?;
        Ok(reader)
    }

    /// Reads the objects of one kind.
    pub(super) async fn read<B>(
        &mut self,
        kind: Kind,
        body: fn(B) -> Body,
        query: &'static str,
    ) -> sqlx::Result<()>
    where
        B: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let parents = match kind {
            Kind::DomainConstraint => class::TYPE,
            _ => class::CLASS,
        };
        let rows: Vec<Row<B>> = sqlx::query_as(query)
            .fetch_all(&mut *self.connection)
            .await?;
        for row in rows {
            let parent = row
                .parent
                .map(|oid| self.find((parents, oid.0, row.parent_number.into())));
            // Of what came with an extension, or of a table that the server keeps for itself.
            if let Some(
                None
                | Some(Id {
                    kind: Kind::Extension,
                    ..
                }),
            ) = parent
            {
                continue;
            }
            let id = Id::new(kind, row.name);
            let parent = parent.flatten().cloned();
            let needed = row
                .needs
                .zip(row.needs_number)
                .and_then(|(oid, number)| self.find((class::CLASS, oid.0, number.into())).cloned());
            let object = Object::new(id.clone(), parent, body(row.body));
            match row.class.zip(row.oid) {
                Some((class, oid)) => self.add((class.0, oid.0, row.number.into()), object),
                None => self.put(object),
            }
            if let Some(needed) = needed {
                // An inherited default follows the one that it comes from.
                if kind == Kind::Default && needed.kind == Kind::Column {
                    self.need(&id, Id::new(Kind::Default, &needed.name));
                }
                self.need(&id, needed);
            }
        }
        Ok(())
    }

    /// Adds an object that stands at an address, unless an extension brought it along or it is temporary.
    fn add(&mut self, address: Address, object: Object) {
        let (class, oid, _) = address;
        let at = (class, oid);
        if self.members.contains_key(&at)
            || self.temporary.contains(&at)
            || object.id.kind == Kind::Table
                && [RECORD, PROGRESS].contains(&object.id.name.as_str())
        {
            return;
        }
        // What else stands at this address (the table of a typed table) keeps it.
        self.addresses
            .entry(address)
            .or_insert_with(|| object.id.clone());
        self.put(object);
    }

    /// Adds an object that has no address of its own.
    pub(super) fn put(&mut self, mut object: Object) {
        super::array_casts::normalize(&mut object);
        if let Some(parent) = &object.parent {
            self.need(&object.id, parent.clone());
        }
        self.catalog.objects.insert(object.id.clone(), object);
    }

    fn need(&mut self, id: &Id, needed: Id) {
        if *id != needed {
            let needs = self.catalog.needs.entry(id.clone()).or_default();
            needs.insert(needed);
        }
    }

    /// The object at exactly this address.
    pub(super) fn at(&self, address: Address) -> Option<&Id> {
        self.addresses.get(&address)
    }

    /// The object at an address, or the one that what is there belongs to.
    pub(super) fn find(&self, address: Address) -> Option<&Id> {
        let (class, oid, _) = address;
        self.at(address)
            .or_else(|| self.at((class, oid, 0)))
            .or_else(|| self.members.get(&(class, oid)))
            .or_else(|| self.find(*self.internal.get(&(class, oid))?))
    }

    async fn read_members(&mut self) -> sqlx::Result<()> {
        let members: Vec<(Oid, Oid, String)> = sqlx::query_as(
            "select d.classid, d.objid, quote_ident(e.extname)
             from pg_depend d join pg_extension e on e.oid = d.refobjid
             where d.deptype = 'e' and d.refclassid = 'pg_extension'::regclass",
        )
        .fetch_all(&mut *self.connection)
        .await?;
        self.members = members
            .into_iter()
            .map(|(class, oid, name)| ((class.0, oid.0), Id::new(Kind::Extension, name)))
            .collect();
        Ok(())
    }

    async fn read_temporary(&mut self) -> sqlx::Result<()> {
        let rows: Vec<(Oid, Oid)> = sqlx::query_as(
            "select o.class, o.oid
             from (select tableoid as class, oid, relnamespace as schema from pg_class
                   union all select tableoid, oid, pronamespace from pg_proc
                   union all select tableoid, oid, typnamespace from pg_type) o
             join pg_namespace n on n.oid = o.schema
             where n.nspname ~ '^pg_temp_'",
        )
        .fetch_all(&mut *self.connection)
        .await?;
        self.temporary = rows
            .into_iter()
            .map(|(class, oid)| (class.0, oid.0))
            .collect();
        Ok(())
    }

    async fn read_internal(&mut self) -> sqlx::Result<()> {
        let rows: Vec<(Oid, Oid, Oid, Oid, i32)> = sqlx::query_as(
            "select classid, objid, refclassid, refobjid, refobjsubid
             from pg_depend
             where deptype = 'i' and objid >= 16384
               and (classid in ('pg_type'::regclass, 'pg_class'::regclass, 'pg_rewrite'::regclass,
                                'pg_proc'::regclass)
                    or classid = 'pg_constraint'::regclass and refclassid = 'pg_trigger'::regclass)
             union all
             -- The expression of a generated column.
             select 'pg_attrdef'::regclass, d.oid, 'pg_class'::regclass, d.adrelid, d.adnum
             from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
             where a.attgenerated <> ''",
        )
        .fetch_all(&mut *self.connection)
        .await?;
        self.internal = rows
            .into_iter()
            .map(|(class, oid, of_class, of_oid, of_number)| {
                ((class.0, oid.0), (of_class.0, of_oid.0, of_number))
            })
            .collect();
        Ok(())
    }

    /// `pg_depend`, in the words of [`Id`].
    pub(super) async fn read_dependencies(&mut self) -> sqlx::Result<()> {
        let rows: Vec<(Oid, Oid, i32, Oid, Oid, i32)> = sqlx::query_as(
            "select classid, objid, objsubid, refclassid, refobjid, refobjsubid
             from pg_depend where deptype in ('n', 'a', 'i', 'P', 'S', 'x') and objid >= 16384",
        )
        .fetch_all(&mut *self.connection)
        .await?;
        for (class, oid, number, needed_class, needed_oid, needed_number) in rows {
            let id = self.find((class.0, oid.0, number));
            let needed = self.find((needed_class.0, needed_oid.0, needed_number));
            let (Some(id), Some(needed)) = (id.cloned(), needed.cloned()) else {
                continue;
            };
            // A sequence that goes with a column is no reason to make the column first.
            let owned =
                id.kind == Kind::Sequence && matches!(needed.kind, Kind::Column | Kind::Table);
            let known = self.catalog.get(&id).is_some() && self.catalog.get(&needed).is_some();
            let part_of = self.catalog.parent(&needed) == Some(&id);
            if known && !owned && !part_of {
                self.need(&id, needed);
            }
        }
        Ok(())
    }
}
