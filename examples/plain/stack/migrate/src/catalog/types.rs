//! Schemas, extensions, and types that are no tables.

use sqlx::FromRow;
use sqlx::postgres::types::Oid;

use super::{Reader, class, users_own};
use crate::object::{Body, Domain, Id, Kind, Object};

pub(super) async fn read(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    schemas(reader).await?;
    extensions(reader).await?;
    enums(reader).await?;
    domains(reader).await?;
    domain_constraints(reader).await?;
    composites(reader).await?;
    ranges(reader).await
}

async fn schemas(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, String)> = sqlx::query_as(
        "select oid, quote_ident(nspname) from pg_namespace n
         where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
           and not exists (select 1 from pg_depend e where e.deptype = 'e'
                           and e.classid = 'pg_namespace'::regclass and e.objid = n.oid)",
    )
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, name) in rows {
        let id = Id::new(Kind::Schema, &name);
        let (create, drop) = (
            format!("CREATE SCHEMA {name}"),
            format!("DROP SCHEMA {name}"),
        );
        reader.add(
            class::NAMESPACE,
            oid,
            Object::definition(id, None, create, drop),
        );
    }
    Ok(())
}

async fn extensions(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, String, Option<String>)> = sqlx::query_as(
        "select e.oid, quote_ident(e.extname),
                case when n.nspname <> 'public' and not (n.nspname = 'pg_catalog')
                     then quote_ident(n.nspname) end
         from pg_extension e join pg_namespace n on n.oid = e.extnamespace
         where e.extname <> 'plpgsql'",
    )
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, name, schema) in rows {
        // A schema that the extension makes by itself is none to name.
        let schema = schema.filter(|schema| {
            let schema = Id::new(Kind::Schema, schema);
            reader.catalog.objects.contains_key(&schema)
        });
        let in_schema = schema.map_or_else(String::new, |schema| format!(" SCHEMA {schema}"));
        let id = Id::new(Kind::Extension, &name);
        let create = format!("CREATE EXTENSION IF NOT EXISTS {name}{in_schema}");
        let drop = format!("DROP EXTENSION {name}");
        reader.add(
            class::EXTENSION,
            oid,
            Object::definition(id, None, create, drop),
        );
    }
    Ok(())
}

async fn enums(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, Oid, String, Vec<String>)> = sqlx::query_as(concat!(
        "select t.oid, t.typarray, t.oid::regtype::text,
                array(select enumlabel::text from pg_enum where enumtypid = t.oid order by enumsortorder)
         from pg_type t where t.typtype = 'e' and ",
        users_own!("pg_type", "t", "t.typnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, array, name, labels) in rows {
        let id = Id::new(Kind::Enum, name);
        reader.also(class::TYPE, array, &id);
        let body = Body::Enum(labels);
        let object = Object::new(id, None, body);
        reader.add(class::TYPE, oid, object);
    }
    Ok(())
}

async fn domains(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    #[derive(FromRow)]
    struct Row {
        oid: Oid,
        array: Oid,
        name: String,
        base: String,
        default: Option<String>,
        not_null: bool,
    }
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select t.oid, t.typarray as array, t.oid::regtype::text as name,
                format_type(t.typbasetype, t.typtypmod)
                || case when t.typcollation <> b.typcollation
                        then ' COLLATE ' || t.typcollation::regcollation::text else '' end as base,
                pg_get_expr(t.typdefaultbin, 0) as default, t.typnotnull as not_null
         from pg_type t join pg_type b on b.oid = t.typbasetype where t.typtype = 'd' and ",
        users_own!("pg_type", "t", "t.typnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for row in rows {
        let id = Id::new(Kind::Domain, row.name);
        reader.also(class::TYPE, row.array, &id);
        let body = Body::Domain(Domain {
            base: row.base,
            default: row.default,
            not_null: row.not_null,
        });
        reader.add(class::TYPE, row.oid, Object::new(id, None, body));
    }
    Ok(())
}

async fn domain_constraints(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, Oid, String, String)> = sqlx::query_as(concat!(
        "select c.oid, c.contypid, quote_ident(c.conname), pg_get_constraintdef(c.oid, true)
         from pg_constraint c join pg_type t on t.oid = c.contypid where c.contype = 'c' and ",
        users_own!("pg_type", "t", "t.typnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, domain, name, definition) in rows {
        let Some(domain) = reader.known.get(&(class::TYPE, domain.0, 0)).cloned() else {
            continue;
        };
        let id = Id::new(Kind::DomainConstraint, format!("{}.{name}", domain.name));
        let create = format!(
            "ALTER DOMAIN {} ADD CONSTRAINT {name} {definition}",
            domain.name
        );
        let drop = format!("ALTER DOMAIN {} DROP CONSTRAINT {name}", domain.name);
        let object = Object::definition(id, Some(domain), create, drop);
        reader.add(class::CONSTRAINT, oid, object);
    }
    Ok(())
}

async fn composites(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    #[derive(FromRow)]
    struct Row {
        oid: Oid,
        array: Oid,
        class: Oid,
        name: String,
        names: Vec<String>,
        types: Vec<String>,
    }
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select t.oid, t.typarray as array, t.typrelid as class, t.oid::regtype::text as name,
                array(select quote_ident(a.attname) from pg_attribute a
                      where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                      order by a.attnum) as names,
                array(select format_type(a.atttypid, a.atttypmod)
                          || case when a.attcollation <> b.typcollation
                                  then ' COLLATE ' || a.attcollation::regcollation::text else '' end
                      from pg_attribute a join pg_type b on b.oid = a.atttypid
                      where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                      order by a.attnum) as types
         from pg_type t join pg_class c on c.oid = t.typrelid
         where t.typtype = 'c' and c.relkind = 'c' and ",
        users_own!("pg_type", "t", "t.typnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for row in rows {
        let id = Id::new(Kind::Composite, row.name);
        reader.also(class::TYPE, row.array, &id);
        reader.also(class::CLASS, row.class, &id);
        let attributes = row.names.into_iter().zip(row.types).collect();
        let body = Body::Composite(attributes);
        reader.add(class::TYPE, row.oid, Object::new(id, None, body));
    }
    Ok(())
}

async fn ranges(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, Oid, Oid, Oid, String, String)> = sqlx::query_as(concat!(
        "select t.oid, t.typarray, r.rngmultitypid, m.typarray, t.oid::regtype::text,
                concat_ws(', ', 'SUBTYPE = ' || format_type(r.rngsubtype, null),
                    case when not o.opcdefault then 'SUBTYPE_OPCLASS = ' || quote_ident(o.opcname) end,
                    case when r.rngcollation <> s.typcollation
                         then 'COLLATION = ' || r.rngcollation::regcollation::text end,
                    case when r.rngcanonical <> 0 then 'CANONICAL = ' || r.rngcanonical::regproc::text end,
                    case when r.rngsubdiff <> 0 then 'SUBTYPE_DIFF = ' || r.rngsubdiff::regproc::text end,
                    'MULTIRANGE_TYPE_NAME = ' || r.rngmultitypid::regtype::text)
         from pg_type t join pg_range r on r.rngtypid = t.oid
         join pg_type s on s.oid = r.rngsubtype
         join pg_type m on m.oid = r.rngmultitypid
         join pg_opclass o on o.oid = r.rngsubopc
         where t.typtype = 'r' and ",
        users_own!("pg_type", "t", "t.typnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, array, multi, multi_array, name, options) in rows {
        let id = Id::new(Kind::Range, &name);
        for oid in [array, multi, multi_array] {
            reader.also(class::TYPE, oid, &id);
        }
        let create = format!("CREATE TYPE {name} AS RANGE ({options})");
        let drop = format!("DROP TYPE {name}");
        reader.add(class::TYPE, oid, Object::definition(id, None, create, drop));
    }
    Ok(())
}
