//! Schemas, extensions, and types that are no tables.

pub(super) const SCHEMAS: &str = "
    select tableoid as class, oid, quote_ident(nspname) as name,
           format('CREATE SCHEMA %I', nspname) as create, format('DROP SCHEMA %I', nspname) as drop
    from pg_namespace where oid >= 16384 and nspname !~ '^pg_' and nspname <> 'public'";

/// A schema that an extension makes by itself is none to name.
pub(super) const EXTENSIONS: &str = "
    select x.tableoid as class, x.oid, quote_ident(x.extname) as name,
           format('CREATE EXTENSION IF NOT EXISTS %I', x.extname)
           || coalesce((select format(' SCHEMA %I', n.nspname) from pg_namespace n
                        where n.oid = x.extnamespace and n.oid >= 16384 and n.nspname <> 'public'
                          and not exists (select 1 from pg_depend e where e.deptype = 'e'
                                          and e.classid = 'pg_namespace'::regclass and e.objid = n.oid)),
                       '') as create,
           format('DROP EXTENSION %I', x.extname) as drop
    from pg_extension x where x.extname <> 'plpgsql'";

pub(super) const ENUMS: &str = "
    select t.tableoid as class, t.oid, t.oid::regtype::text as name,
           array(select enumlabel::text from pg_enum where enumtypid = t.oid order by enumsortorder) as labels
    from pg_type t where t.typtype = 'e' and t.oid >= 16384";

pub(super) const DOMAINS: &str = "
    select t.tableoid as class, t.oid, t.oid::regtype::text as name,
           format_type(t.typbasetype, t.typtypmod)
           || case when t.typcollation <> b.typcollation
                   then ' COLLATE ' || t.typcollation::regcollation::text else '' end as base,
           pg_get_expr(t.typdefaultbin, 0) as default, t.typnotnull as not_null
    from pg_type t join pg_type b on b.oid = t.typbasetype where t.typtype = 'd' and t.oid >= 16384";

pub(super) const DOMAIN_CONSTRAINTS: &str = "
    select c.tableoid as class, c.oid, c.contypid as parent,
           format('%s.%I', c.contypid::regtype, c.conname) as name,
           format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', c.contypid::regtype, c.conname,
                  pg_get_constraintdef(c.oid, true)) as create,
           format('ALTER DOMAIN %s DROP CONSTRAINT %I', c.contypid::regtype, c.conname) as drop
    from pg_constraint c where c.contype = 'c' and c.contypid <> 0 and c.oid >= 16384";

pub(super) const COMPOSITES: &str = "
    select t.tableoid as class, t.oid, t.oid::regtype::text as name,
           array(select row(quote_ident(a.attname), format_type(a.atttypid, a.atttypmod)
                            || case when a.attcollation <> b.typcollation
                                    then ' COLLATE ' || a.attcollation::regcollation::text else '' end)
                 from pg_attribute a join pg_type b on b.oid = a.atttypid
                 where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
                 order by a.attnum) as attributes
    from pg_type t join pg_class c on c.oid = t.typrelid
    where t.typtype = 'c' and c.relkind = 'c' and t.oid >= 16384";

pub(super) const RANGES: &str = "
    select t.tableoid as class, t.oid, t.oid::regtype::text as name,
           format('CREATE TYPE %s AS RANGE (%s)', t.oid::regtype,
                  concat_ws(', ', 'SUBTYPE = ' || format_type(r.rngsubtype, null),
                      case when not o.opcdefault then 'SUBTYPE_OPCLASS = ' || quote_ident(o.opcname) end,
                      case when r.rngcollation <> s.typcollation
                           then 'COLLATION = ' || r.rngcollation::regcollation::text end,
                      case when r.rngcanonical <> 0 then 'CANONICAL = ' || r.rngcanonical::regproc::text end,
                      case when r.rngsubdiff <> 0 then 'SUBTYPE_DIFF = ' || r.rngsubdiff::regproc::text end,
                      'MULTIRANGE_TYPE_NAME = ' || r.rngmultitypid::regtype::text)) as create,
           format('DROP TYPE %s', t.oid::regtype) as drop
    from pg_type t join pg_range r on r.rngtypid = t.oid
    join pg_type s on s.oid = r.rngsubtype
    join pg_opclass o on o.oid = r.rngsubopc
    where t.typtype = 'r' and t.oid >= 16384";
