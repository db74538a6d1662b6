//! Constraints, indexes and extended statistics.

pub(super) const CONSTRAINTS: &str = "
    select k.tableoid as class, k.oid, k.conrelid as parent,
           format('%s.%I', k.conrelid::regclass, k.conname) as name,
           k.conrelid::regclass::text as table, quote_ident(k.conname) as constraint, k.contype::text as ty,
           pg_get_constraintdef(k.oid, true)
           || case when k.contype in ('p', 'u', 'x') and i.reloptions is not null
                   then ' WITH (' || array_to_string(i.reloptions, ', ') || ')' else '' end as definition
    from pg_constraint k left join pg_class i on i.oid = k.conindid
    where k.contype in ('p', 'u', 'c', 'f', 'x') and k.conrelid <> 0 and k.oid >= 16384
      and k.conislocal and k.conparentid = 0";

/// Made on a partitioned table, an index is made on the partitions too.
pub(super) const INDEXES: &str = "
    select c.tableoid as class, c.oid, i.indrelid as parent, c.oid::regclass::text as name,
           case when c.relkind = 'I' and i.indisvalid
                then replace(pg_get_indexdef(c.oid, 0, true), ' ON ONLY ', ' ON ')
                else pg_get_indexdef(c.oid, 0, true) end as create,
           format('DROP INDEX %s', c.oid::regclass) as drop
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where not c.relispartition and c.oid >= 16384 and c.relnamespace <> 'pg_toast'::regnamespace
      and not exists (select 1 from pg_constraint k where k.conindid = c.oid
                      and k.contype in ('p', 'u', 'x'))";

/// The columns in an order that has nothing to do with that of the table's.
pub(super) const STATISTICS: &str = "
    select s.tableoid as class, s.oid, s.stxrelid as parent, named as name,
           concat_ws(' ', 'CREATE STATISTICS', named,
                     substring(pg_get_statisticsobjdef(s.oid) from
                         ' (\\((?:(?:ndistinct|dependencies|mcv)(?:, )?)+\\)) ON '),
                     'ON', array_to_string(
                         array(select quote_ident(a.attname) from pg_attribute a
                               where a.attrelid = s.stxrelid and a.attnum = any (s.stxkeys::int2[])
                               order by a.attname)
                         || array(select '(' || e || ')'
                                  from unnest(pg_get_statisticsobjdef_expressions(s.oid)) e), ', '),
                     'FROM', s.stxrelid::regclass) as create,
           case when s.stxstattarget >= 0
                then format('ALTER STATISTICS %s SET STATISTICS %s', named, s.stxstattarget) end as then,
           format('DROP STATISTICS %s', named) as drop
    from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
    cross join concat(quote_ident(nullif(n.nspname, 'public')) || '.', quote_ident(s.stxname)) named
    where s.oid >= 16384";
