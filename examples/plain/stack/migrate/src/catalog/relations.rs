//! Tables with their columns and defaults, views, sequences.

use sqlx::FromRow;
use sqlx::postgres::types::Oid;

use super::{RECORD, Reader, class, users_own};
use crate::object::{Body, Column, Id, Kind, Object, Sequence, Table, View};

pub(super) async fn read(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    tables(reader).await?;
    views(reader).await?;
    columns(reader).await?;
    sequences(reader).await?;
    defaults(reader).await
}

/// What the kind of a relation is called in the catalog.
fn relation(kind: &str, name: String) -> Id {
    match kind {
        "v" => Id::new(Kind::View, name),
        "m" => Id::new(Kind::MaterializedView, name),
        _ => Id::new(Kind::Table, name),
    }
}

/// Lets the row type of a relation, and arrays of it, lead to the relation.
fn row_type(reader: &mut Reader<'_>, row: Oid, array: Oid, id: &Id) {
    reader.also(class::TYPE, row, id);
    reader.also(class::TYPE, array, id);
}

async fn tables(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    #[derive(FromRow)]
    struct Row {
        oid: Oid,
        name: String,
        row: Oid,
        array: Oid,
        unlogged: bool,
        partition_key: Option<String>,
        partition_bound: Option<String>,
        parents: Vec<String>,
        options: Vec<String>,
        row_security: bool,
        force_row_security: bool,
        access_method: Option<String>,
    }
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select c.oid, c.oid::regclass::text as name, t.oid as row, t.typarray as array,
                c.relpersistence = 'u' as unlogged,
                pg_get_partkeydef(c.oid) as partition_key,
                case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end as partition_bound,
                array(select i.inhparent::regclass::text from pg_inherits i
                      where i.inhrelid = c.oid order by i.inhseqno) as parents,
                coalesce(c.reloptions, '{}')
                  || array(select 'toast.' || o from pg_class x, unnest(x.reloptions) o
                           where x.oid = c.reltoastrelid) as options,
                c.relrowsecurity as row_security, c.relforcerowsecurity as force_row_security,
                nullif(m.amname::text, 'heap') as access_method
         from pg_class c join pg_type t on t.oid = c.reltype
         left join pg_am m on m.oid = c.relam
         where c.relkind in ('r', 'p') and c.relname <> $1 and ",
        users_own!("pg_class", "c", "c.relnamespace")
    ))
    .bind(RECORD)
    .fetch_all(&mut *reader.connection)
    .await?;
    for row in rows {
        let id = Id::new(Kind::Table, row.name);
        row_type(reader, row.row, row.array, &id);
        let body = Body::Table(Table {
            unlogged: row.unlogged,
            partition_key: row.partition_key,
            partition_bound: row.partition_bound,
            parents: row.parents,
            options: row.options,
            row_security: row.row_security,
            force_row_security: row.force_row_security,
            access_method: row.access_method,
        });
        reader.add(class::CLASS, row.oid, Object::new(id, None, body));
    }
    Ok(())
}

async fn views(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    #[derive(FromRow)]
    struct Row {
        oid: Oid,
        row: Oid,
        array: Oid,
        kind: String,
        name: String,
        query: String,
        options: Vec<String>,
        columns: Vec<String>,
        rule: Option<Oid>,
        access_method: Option<String>,
        populated: bool,
    }
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select c.oid, t.oid as row, t.typarray as array, c.relkind::text as kind,
                c.oid::regclass::text as name,
                rtrim(pg_get_viewdef(c.oid, true), ';') as query,
                coalesce(c.reloptions, '{}') as options,
                array(select quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                      order by a.attnum) as columns,
                (select r.oid from pg_rewrite r where r.ev_class = c.oid and r.rulename = '_RETURN') as rule,
                nullif(m.amname::text, 'heap') as access_method, c.relispopulated as populated
         from pg_class c join pg_type t on t.oid = c.reltype
         left join pg_am m on m.oid = c.relam
         where c.relkind in ('v', 'm') and ",
        users_own!("pg_class", "c", "c.relnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for row in rows {
        let id = relation(&row.kind, row.name);
        row_type(reader, row.row, row.array, &id);
        if let Some(rule) = row.rule {
            reader.also(class::REWRITE, rule, &id);
        }
        let object = match id.kind {
            Kind::View => Object {
                id,
                parent: None,
                body: Body::View(View {
                    query: row.query,
                    options: row.options,
                    columns: row.columns,
                }),
            },
            _ => {
                let using = row
                    .access_method
                    .map_or_else(String::new, |am| format!(" USING {am}"));
                let create = format!(
                    "CREATE MATERIALIZED VIEW {}{using}{} AS\n{}\nWITH {}DATA",
                    id.name,
                    with(&row.options),
                    row.query,
                    if row.populated { "" } else { "NO " },
                );
                let drop = format!("DROP MATERIALIZED VIEW {}", id.name);
                Object::definition(id, None, create, drop)
            }
        };
        reader.add(class::CLASS, row.oid, object);
    }
    Ok(())
}

/// ` WITH (…)`, or nothing.
pub(crate) fn with(options: &[String]) -> String {
    match options {
        [] => String::new(),
        options => format!(" WITH ({})", options.join(", ")),
    }
}

async fn columns(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    #[derive(FromRow)]
    struct Row {
        table_oid: Oid,
        number: i16,
        name: String,
        ty: String,
        collation: Option<String>,
        not_null: bool,
        generated: String,
        expression: Option<String>,
        expression_oid: Option<Oid>,
        identity: String,
        sequence: Option<Vec<String>>,
        sequence_oid: Option<Oid>,
        sequence_name: Option<String>,
        storage: Option<String>,
        usual_storage: String,
        compression: Option<String>,
        statistics: Option<i16>,
        options: Vec<String>,
    }
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select a.attrelid as table_oid, a.attnum as number, quote_ident(a.attname) as name,
                format_type(a.atttypid, a.atttypmod) as ty,
                case when a.attcollation <> t.typcollation
                     then a.attcollation::regcollation::text end as collation,
                a.attnotnull as not_null, a.attgenerated::text as generated,
                case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end as expression,
                case when a.attgenerated <> '' then d.oid end as expression_oid,
                a.attidentity::text as identity,
                case when s.seqrelid is not null then array[format_type(s.seqtypid, null),
                     s.seqstart::text, s.seqincrement::text, s.seqmin::text, s.seqmax::text,
                     s.seqcache::text, s.seqcycle::text] end as sequence,
                s.seqrelid as sequence_oid, s.seqrelid::regclass::text as sequence_name,
                case when a.attstorage <> t.typstorage then
                     case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL'
                          when 'm' then 'MAIN' else 'EXTENDED' end end as storage,
                case t.typstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL'
                     when 'm' then 'MAIN' else 'EXTENDED' end as usual_storage,
                case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as compression,
                nullif(a.attstattarget, -1)::int2 as statistics,
                coalesce(a.attoptions, '{}') as options
         from pg_attribute a
         join pg_class c on c.oid = a.attrelid
         join pg_type t on t.oid = a.atttypid
         left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
         left join pg_depend own on own.deptype = 'i' and own.refclassid = 'pg_class'::regclass
              and own.classid = 'pg_class'::regclass
              and own.refobjid = a.attrelid and own.refobjsubid = a.attnum and a.attidentity <> ''
         left join pg_sequence s on s.seqrelid = own.objid
         where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
           and (a.attislocal or a.attinhcount = 0) and ",
        users_own!("pg_class", "c", "c.relnamespace"),
        " order by a.attrelid, a.attnum"
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for row in rows {
        let Some(table) = reader.relation(row.table_oid) else {
            continue;
        };
        let id = Id::new(Kind::Column, format!("{}.{}", table.name, row.name));
        let place = (class::CLASS, row.table_oid.0, i32::from(row.number));
        reader.known.insert(place, id.clone());
        reader.parts.insert(place, id.clone());
        if let Some(oid) = row.expression_oid {
            reader.also(class::ATTRDEF, oid, &id);
        }
        if let Some(oid) = row.sequence_oid {
            reader.also(class::CLASS, oid, &id);
        }
        let kind = if row.generated == "v" {
            "VIRTUAL"
        } else {
            "STORED"
        };
        let always = if row.identity == "a" {
            "ALWAYS"
        } else {
            "BY DEFAULT"
        };
        let sequence = row.sequence.as_deref().and_then(sequence);
        let body = Body::Column(Box::new(Column {
            table: table.name.clone(),
            name: row.name,
            number: row.number,
            ty: row.ty,
            collation: row.collation,
            not_null: row.not_null,
            generated: row
                .expression
                .map(|expression| (kind.to_owned(), expression)),
            identity: sequence.map(|sequence| (always.to_owned(), sequence)),
            sequence: row.sequence_name,
            storage: row.storage,
            usual_storage: row.usual_storage,
            compression: row.compression,
            statistics: row.statistics,
            options: row.options,
        }));
        reader.put(Object::new(id, Some(table), body));
    }
    Ok(())
}

/// The options of a sequence, from texts in the order of `CREATE SEQUENCE`.
fn sequence(texts: &[String]) -> Option<Sequence> {
    let [ty, start, increment, min, max, cache, cycle] = texts else {
        return None;
    };
    Some(Sequence {
        ty: ty.clone(),
        start: start.parse().ok()?,
        increment: increment.parse().ok()?,
        min: min.parse().ok()?,
        max: max.parse().ok()?,
        cache: cache.parse().ok()?,
        cycle: cycle == "true",
        unlogged: false,
    })
}

async fn sequences(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    /// Place, name, options, and the table and column that own it.
    type Row = (Oid, String, Vec<String>, bool, Option<Oid>, Option<i32>);
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select c.oid, c.oid::regclass::text,
                array[format_type(s.seqtypid, null), s.seqstart::text, s.seqincrement::text,
                      s.seqmin::text, s.seqmax::text, s.seqcache::text, s.seqcycle::text],
                c.relpersistence = 'u', own.refobjid, own.refobjsubid
         from pg_class c join pg_sequence s on s.seqrelid = c.oid
         left join pg_depend own on own.classid = 'pg_class'::regclass and own.objid = c.oid
              and own.deptype = 'a' and own.refclassid = 'pg_class'::regclass
         where not exists (select 1 from pg_depend i where i.classid = 'pg_class'::regclass
                           and i.objid = c.oid and i.deptype = 'i') and ",
        users_own!("pg_class", "c", "c.relnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, name, texts, unlogged, table, column) in rows {
        let Some(mut options) = sequence(&texts) else {
            continue;
        };
        options.unlogged = unlogged;
        let id = Id::new(Kind::Sequence, &name);
        let body = Body::Sequence(options);
        reader.add(class::CLASS, oid, Object::new(id.clone(), None, body));
        let place = table
            .zip(column)
            .map(|(table, column)| (class::CLASS, table.0, column));
        if let Some(owner) = place.and_then(|place| reader.known.get(&place).cloned()) {
            let create = format!("ALTER SEQUENCE {name} OWNED BY {}", owner.name);
            let drop = format!("ALTER SEQUENCE {name} OWNED BY NONE");
            let mine = Id::new(Kind::Ownership, format!("{name} by {}", owner.name));
            reader.put(Object::definition(mine.clone(), Some(id), create, drop));
            reader.need(&mine, owner);
        }
    }
    Ok(())
}

async fn defaults(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    #[derive(FromRow)]
    struct Row {
        oid: Option<Oid>,
        table_oid: Oid,
        number: i16,
        name: String,
        expression: Option<String>,
        /// Of an inherited column: whose, and the default that it has there.
        parent_oid: Option<Oid>,
        parent_number: Option<i16>,
        inherited: Option<String>,
    }
    // An inherited column follows the one that it comes from, unless it has a default of its own.
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select d.oid, c.oid as table_oid, a.attnum as number, quote_ident(a.attname) as name,
                pg_get_expr(d.adbin, d.adrelid) as expression,
                p.attrelid as parent_oid, p.attnum as parent_number,
                pg_get_expr(e.adbin, e.adrelid) as inherited
         from pg_attribute a join pg_class c on c.oid = a.attrelid
         left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
         left join lateral (
             select p.attrelid, p.attnum from pg_inherits i
             join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname
             where i.inhrelid = a.attrelid and not a.attislocal order by i.inhseqno limit 1
         ) p on true
         left join pg_attrdef e on e.adrelid = p.attrelid and e.adnum = p.attnum
         where a.attgenerated = '' and a.attnum > 0 and not a.attisdropped and c.relname <> $1
           and c.relkind in ('r', 'p', 'v')
           and pg_get_expr(d.adbin, d.adrelid) is distinct from pg_get_expr(e.adbin, e.adrelid) and ",
        users_own!("pg_class", "c", "c.relnamespace")
    ))
    .bind(RECORD)
    .fetch_all(&mut *reader.connection)
    .await?;
    for row in rows {
        let column = |table: Oid, number: i16| (class::CLASS, table.0, i32::from(number));
        let own = reader
            .known
            .get(&column(row.table_oid, row.number))
            .cloned();
        let from = row
            .parent_oid
            .zip(row.parent_number)
            .and_then(|(table, number)| reader.known.get(&column(table, number)).cloned());
        let Some(table) = reader.relation(row.table_oid) else {
            continue;
        };
        let id = Id::new(Kind::Default, format!("{}.{}", table.name, row.name));
        let alter = format!("ALTER TABLE {} ALTER COLUMN {}", table.name, row.name);
        let set = |expression: Option<String>| match expression {
            Some(expression) => format!("{alter} SET DEFAULT {expression}"),
            None => format!("{alter} DROP DEFAULT"),
        };
        let (create, drop) = (set(row.expression), set(row.inherited));
        // A partition's own default, or a view's, has no column of its own here.
        let parent = Some(own.unwrap_or(table));
        let object = Object::definition(id.clone(), parent, create, drop);
        match row.oid {
            Some(oid) => reader.add(class::ATTRDEF, oid, object),
            None => reader.put(object),
        }
        if let Some(from) = from {
            reader.need(&id, Id::new(Kind::Default, &from.name));
            reader.need(&id, from);
        }
    }
    Ok(())
}
