//! Tables with their columns and defaults, views, sequences.

pub(super) const TABLES: &str = "
    select c.tableoid as class, c.oid, c.oid::regclass::text as name,
           c.relpersistence = 'u' as unlogged,
           pg_get_partkeydef(c.oid) as partition_key,
           case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end as partition_bound,
           array(select i.inhparent::regclass::text from pg_inherits i
                 where i.inhrelid = c.oid order by i.inhseqno) as parents,
           nullif(m.amname::text, 'heap') as access_method
    from pg_class c left join pg_am m on m.oid = c.relam
    where c.relkind in ('r', 'p') and c.oid >= 16384";

/// Columns that are not inherited.
pub(super) const COLUMNS: &str = "
    select c.tableoid as class, a.attrelid as oid, a.attnum as number,
           format('%s.%I', a.attrelid::regclass, a.attname) as name,
           a.attrelid as parent, a.attrelid::regclass::text as table, quote_ident(a.attname) as column,
           format_type(a.atttypid, a.atttypmod) as ty,
           case when a.attcollation <> t.typcollation
                then a.attcollation::regcollation::text end as collation,
           a.attnotnull as not_null,
           case when a.attgenerated <> ''
                then format('(%s) %s', pg_get_expr(d.adbin, d.adrelid),
                            case a.attgenerated when 'v' then 'VIRTUAL' else 'STORED' end) end as generated,
           case a.attidentity when 'a' then 'ALWAYS' when 'd' then 'BY DEFAULT' end as identity,
           case when s.seqrelid is not null
                then row(format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
                         s.seqcache, s.seqcycle, false) end as sequence,
           s.seqrelid::regclass::text as sequence_name,
           case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end as compression
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_depend own on own.deptype = 'i' and own.refclassid = 'pg_class'::regclass
         and own.classid = 'pg_class'::regclass
         and own.refobjid = a.attrelid and own.refobjsubid = a.attnum and a.attidentity <> ''
    left join pg_sequence s on s.seqrelid = own.objid
    where c.relkind in ('r', 'p') and c.oid >= 16384 and a.attnum > 0 and not a.attisdropped
      and (a.attislocal or a.attinhcount = 0)
    order by a.attrelid, a.attnum";

/// One that inherits follows the column that it comes from, unless it has a default of its own.
pub(super) const DEFAULTS: &str = "
    select d.tableoid as class, d.oid, a.attrelid as parent, a.attnum as parent_number,
           format('%s.%I', a.attrelid::regclass, a.attname) as name,
           p.attrelid as needs, p.attnum as needs_number,
           alter || coalesce('SET DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), 'DROP DEFAULT') as create,
           alter || coalesce('SET DEFAULT ' || pg_get_expr(e.adbin, e.adrelid), 'DROP DEFAULT') as drop,
           '{}'::text[] as keeps
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    cross join format('ALTER TABLE %s ALTER COLUMN %I ', a.attrelid::regclass, a.attname) alter
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join lateral (
        select p.attrelid, p.attnum from pg_inherits i
        join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname
        where i.inhrelid = a.attrelid order by i.inhseqno limit 1
    ) p on true
    left join pg_attrdef e on e.adrelid = p.attrelid and e.adnum = p.attnum
    where a.attgenerated = '' and a.attnum > 0 and not a.attisdropped
      and c.relkind in ('r', 'p', 'v') and c.oid >= 16384
      and pg_get_expr(d.adbin, d.adrelid) is distinct from pg_get_expr(e.adbin, e.adrelid)";

pub(super) const VIEWS: &str = "
    select c.tableoid as class, c.oid, c.oid::regclass::text as name,
           format(E'CREATE VIEW %s%s AS\\n%s', c.oid::regclass,
                  ' WITH (' || array_to_string(c.reloptions, ', ') || ')',
                  rtrim(pg_get_viewdef(c.oid, true), ';')) as create,
           format('DROP VIEW %s', c.oid::regclass) as drop,
           array[coalesce(array_to_string(c.reloptions, ', '), '')]
           || array(select quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
                    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                    order by a.attnum) as keeps
    from pg_class c where c.relkind = 'v' and c.oid >= 16384";

pub(super) const MATERIALIZED_VIEWS: &str = "
    select c.tableoid as class, c.oid, c.oid::regclass::text as name,
           format(E'CREATE MATERIALIZED VIEW %s%s%s AS\\n%s\\nWITH %sDATA', c.oid::regclass,
                  ' USING ' || nullif(m.amname::text, 'heap'),
                  ' WITH (' || array_to_string(c.reloptions, ', ') || ')',
                  rtrim(pg_get_viewdef(c.oid, true), ';'),
                  case when not c.relispopulated then 'NO ' end) as create,
           format('DROP MATERIALIZED VIEW %s', c.oid::regclass) as drop
    from pg_class c left join pg_am m on m.oid = c.relam
    where c.relkind = 'm' and c.oid >= 16384";

/// Those of identity columns belong to the column.
pub(super) const SEQUENCES: &str = "
    select c.tableoid as class, c.oid, c.oid::regclass::text as name,
           format_type(s.seqtypid, null) as ty,
           s.seqstart as start, s.seqincrement as increment, s.seqmin as min, s.seqmax as max,
           s.seqcache as cache, s.seqcycle as cycle, c.relpersistence = 'u' as unlogged
    from pg_class c join pg_sequence s on s.seqrelid = c.oid
    where c.oid >= 16384
      and not exists (select 1 from pg_depend i where i.classid = 'pg_class'::regclass
                      and i.objid = c.oid and i.deptype = 'i')";

pub(super) const OWNERSHIPS: &str = "
    select format('%s by %s.%I', own.objid::regclass, a.attrelid::regclass, a.attname) as name,
           own.objid as parent, a.attrelid as needs, a.attnum as needs_number,
           format('ALTER SEQUENCE %s OWNED BY %s.%I', own.objid::regclass, a.attrelid::regclass, a.attname)
           as create,
           format('ALTER SEQUENCE %s OWNED BY NONE', own.objid::regclass) as drop
    from pg_depend own
    join pg_sequence s on s.seqrelid = own.objid
    join pg_attribute a on a.attrelid = own.refobjid and a.attnum = own.refobjsubid
    where own.classid = 'pg_class'::regclass and own.refclassid = 'pg_class'::regclass
      and own.deptype = 'a' and own.objid >= 16384";
