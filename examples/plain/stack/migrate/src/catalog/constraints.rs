//! Constraints, indexes, what a table says about its indexes, and extended statistics.

use sqlx::postgres::types::Oid;

use super::{Reader, class, users_own};
use crate::object::{Body, Constraint, Id, Kind, Object};

pub(super) async fn read(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    constraints(reader).await?;
    indexes(reader).await?;
    settings(reader).await?;
    statistics(reader).await
}

async fn constraints(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, Oid, String, String, String, Oid)> = sqlx::query_as(concat!(
        "select k.oid, k.conrelid, quote_ident(k.conname), k.contype::text,
                pg_get_constraintdef(k.oid, true)
                || case when k.contype in ('p', 'u', 'x') and i.reloptions is not null
                        then ' WITH (' || array_to_string(i.reloptions, ', ') || ')' else '' end,
                case when k.contype in ('p', 'u', 'x') then k.conindid else 0 end
         from pg_constraint k join pg_class c on c.oid = k.conrelid
         left join pg_class i on i.oid = k.conindid
         where k.contype in ('p', 'u', 'c', 'f', 'x') and k.conislocal and k.conparentid = 0 and ",
        users_own!("pg_class", "c", "c.relnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, table, name, ty, definition, index) in rows {
        let Some(table) = reader.relation(table) else {
            continue;
        };
        let id = Id::new(Kind::Constraint, format!("{}.{name}", table.name));
        if index.0 != 0 {
            reader.also(class::CLASS, index, &id);
        }
        let body = Body::Constraint(Constraint {
            table: table.name.clone(),
            name,
            ty: ty.chars().next().unwrap_or('c'),
            definition,
        });
        reader.add(class::CONSTRAINT, oid, Object::new(id, Some(table), body));
    }
    Ok(())
}

async fn indexes(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, Oid, String, String)> = sqlx::query_as(concat!(
        // Made on a partitioned table, it is made on the partitions too.
        "select c.oid, i.indrelid, c.oid::regclass::text,
                case when c.relkind = 'I' and i.indisvalid
                     then replace(pg_get_indexdef(c.oid, 0, true), ' ON ONLY ', ' ON ')
                     else pg_get_indexdef(c.oid, 0, true) end
         from pg_index i join pg_class c on c.oid = i.indexrelid
         where not c.relispartition
           and not exists (select 1 from pg_constraint k where k.conindid = c.oid
                           and k.contype in ('p', 'u', 'x')) and ",
        users_own!("pg_class", "c", "c.relnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, table, name, create) in rows {
        let Some(table) = reader.relation(table) else {
            continue;
        };
        let id = Id::new(Kind::Index, &name);
        let drop = format!("DROP INDEX {name}");
        reader.add(
            class::CLASS,
            oid,
            Object::definition(id, Some(table), create, drop),
        );
    }
    Ok(())
}

/// Replica identity and clustering, which name an index, or a constraint's.
async fn settings(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, Option<Oid>, String, String)> = sqlx::query_as(concat!(
        "with mine as (select c.oid, c.relreplident from pg_class c where c.relkind in ('r', 'p', 'm') and ",
        users_own!("pg_class", "c", "c.relnamespace"),
        ")
         select c.oid, null, 'REPLICA IDENTITY ' || case c.relreplident when 'f' then 'FULL' else 'NOTHING' end,
                'REPLICA IDENTITY DEFAULT'
         from mine c where c.relreplident in ('f', 'n')
         union all
         select c.oid, x.oid, 'REPLICA IDENTITY USING INDEX ' || quote_ident(x.relname),
                'REPLICA IDENTITY DEFAULT'
         from mine c join pg_index i on i.indrelid = c.oid and i.indisreplident
         join pg_class x on x.oid = i.indexrelid where c.relreplident = 'i'
         union all
         select c.oid, x.oid, 'CLUSTER ON ' || quote_ident(x.relname), 'SET WITHOUT CLUSTER'
         from mine c join pg_index i on i.indrelid = c.oid and i.indisclustered
         join pg_class x on x.oid = i.indexrelid
         union all
         -- Columns that are inherited have only this of their own.
         select c.oid, null, 'ALTER COLUMN ' || quote_ident(a.attname) || ' SET STATISTICS ' || a.attstattarget,
                'ALTER COLUMN ' || quote_ident(a.attname) || ' SET STATISTICS -1'
         from mine c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where not a.attislocal and a.attinhcount > 0 and a.attstattarget >= 0"
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (table, index, create, drop) in rows {
        let Some(table) = reader.relation(table) else {
            continue;
        };
        let index = index.and_then(|oid| reader.relation(oid));
        let id = Id::new(Kind::Setting, format!("{}: {create}", table.name));
        let alter = format!("ALTER TABLE {}", table.name);
        let (create, drop) = (format!("{alter} {create}"), format!("{alter} {drop}"));
        reader.put(Object::definition(
            id.clone(),
            Some(index.unwrap_or(table.clone())),
            create,
            drop,
        ));
        reader.need(&id, table);
    }
    Ok(())
}

async fn statistics(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, Oid, String, String)> = sqlx::query_as(concat!(
        "select s.oid, s.stxrelid,
                case when n.nspname = 'public' then '' else quote_ident(n.nspname) || '.' end
                || quote_ident(s.stxname),
                -- In an order that has nothing to do with that of the columns.
                concat_ws(' ', 'CREATE STATISTICS',
                          case when n.nspname = 'public' then '' else quote_ident(n.nspname) || '.' end
                          || quote_ident(s.stxname),
                          substring(pg_get_statisticsobjdef(s.oid) from
                              ' (\\((?:(?:ndistinct|dependencies|mcv)(?:, )?)+\\)) ON '),
                          'ON', array_to_string(
                              array(select quote_ident(a.attname) from pg_attribute a
                                    where a.attrelid = s.stxrelid and a.attnum = any (s.stxkeys::int2[])
                                    order by a.attname)
                              || array(select '(' || e || ')'
                                       from unnest(pg_get_statisticsobjdef_expressions(s.oid)) e), ', '),
                          'FROM', s.stxrelid::regclass::text)
         from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where ",
        users_own!("pg_statistic_ext", "s", "s.stxnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, table, name, create) in rows {
        let Some(table) = reader.relation(table) else {
            continue;
        };
        let id = Id::new(Kind::Statistics, &name);
        let drop = format!("DROP STATISTICS {name}");
        reader.add(
            class::STATISTICS,
            oid,
            Object::definition(id, Some(table), create, drop),
        );
    }
    Ok(())
}
