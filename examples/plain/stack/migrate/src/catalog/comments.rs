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
         where d.objoid >= 16384 and d.classoid <> 'pg_extension'::regclass
            or d.classoid = 'pg_namespace'::regclass and d.objoid = 'public'::regnamespace",
    )
    .fetch_all(&mut *reader.connection)
    .await?;
    for (class, oid, number, text, column, index) in rows {
        let address = (class.0, oid.0, number);
        let Some((target, parent)) = target(reader, address, column, index) else {
            continue;
        };
        put(reader, target, parent, &text, "NULL");
    }
    of_extensions(reader).await
}

/// An extension comes with a comment of its own: what it says instead is somebody's.
async fn of_extensions(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let is_extension = |object: &Object| object.id.kind == Kind::Extension;
    if !reader.catalog.iter().any(is_extension) {
        return Ok(());
    }
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "select quote_ident(e.extname), quote_nullable(obj_description(e.oid, 'pg_extension')), quote_nullable(a.comment)
         from pg_extension e join pg_available_extensions a on a.name = e.extname
         where e.extname <> 'plpgsql' and obj_description(e.oid, 'pg_extension') is distinct from a.comment",
    )
    .fetch_all(&mut *reader.connection)
    .await?;
    for (name, text, usual) in rows {
        let parent = Id::new(Kind::Extension, &name);
        put(
            reader,
            format!("EXTENSION {name}"),
            Some(parent),
            &text,
            &usual,
        );
    }
    Ok(())
}

fn put(reader: &mut Reader<'_>, target: String, parent: Option<Id>, text: &str, usual: &str) {
    let create = format!("COMMENT ON {target} IS {text}");
    let drop = format!("COMMENT ON {target} IS {usual}");
    let definition = Definition {
        keeps: Some(Vec::new()),
        ..Definition::new(create, drop)
    };
    let id = Id::new(Kind::Comment, target);
    reader.put(Object::new(id, parent, Body::Definition(definition)));
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
