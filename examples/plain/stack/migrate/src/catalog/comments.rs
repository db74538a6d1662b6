//! Comments.

use sqlx::postgres::types::Oid;

use super::class;
use super::reader::Reader;
use crate::object::{Body, Definition, Id, Kind, Object};

pub(super) async fn read(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    /// Address, text, and what the address does not tell: the name of a column, and of an index.
    type Row = (Oid, Oid, i32, String, Option<String>, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(
        "select d.classoid, d.objoid, d.objsubid, quote_literal(d.description),
                case when d.objsubid > 0 then
                     (select quote_ident(a.attname) from pg_attribute a
                      where a.attrelid = d.objoid and a.attnum = d.objsubid) end,
                case when d.classoid = 'pg_class'::regclass then d.objoid::regclass::text end
         from pg_description d
         where d.objoid >= 16384
            or d.classoid = 'pg_namespace'::regclass and d.objoid = 'public'::regnamespace",
    )
    .fetch_all(&mut *reader.connection)
    .await?;
    for (class, oid, number, text, column, index) in rows {
        let address = (class.0, oid.0, number);
        let Some((target, parent)) = target(reader, address, column, index) else {
            continue;
        };
        let create = format!("COMMENT ON {target} IS {text}");
        let drop = format!("COMMENT ON {target} IS NULL");
        let definition = Definition {
            keeps: Some(Vec::new()),
            ..Definition::new(create, drop)
        };
        let id = Id::new(Kind::Comment, target);
        reader.put(Object::new(id, parent, Body::Definition(definition)));
    }
    Ok(())
}

/// How `COMMENT ON` names what is at an address, and which object that is or belongs to.
fn target(
    reader: &Reader<'_>,
    address: (u32, u32, i32),
    column: Option<String>,
    index: Option<String>,
) -> Option<(String, Option<Id>)> {
    let (class, oid, _) = address;
    if let Some(target) = public(class, oid) {
        return Some((target, None));
    }
    let id = reader.find(address)?.clone();
    let target = match (reader.at(address), column, index) {
        (Some(id), ..) => reader.catalog.get(id)?.target()?,
        // The column of a view, the attribute of a composite type, or a partition's column.
        (None, Some(column), _) => format!("COLUMN {}.{column}", id.name),
        // An index that a constraint made.
        (None, None, Some(index)) if id.kind == Kind::Constraint => format!("INDEX {index}"),
        _ => return None,
    };
    // What an extension brought along has its comments from there.
    (id.kind != Kind::Extension).then_some((target, Some(id)))
}

/// The schema that every database has, and that is no object of its own.
pub(super) fn public(class: u32, oid: u32) -> Option<String> {
    (class == class::NAMESPACE && oid < 16384).then(|| "SCHEMA public".to_owned())
}
