//! What `ALTER TABLE` switches on a table or a column: storage parameters, row-level security, replica
//! identity, clustering; storage, statistics and options of columns.

/// Each is a part of a table, a column or an index.
pub(super) const SETTINGS: &str = "
    with relation as (
        select c.*, c.oid::regclass::text as name, format('ALTER TABLE %s ', c.oid::regclass) as alter
        from pg_class c where c.relkind in ('r', 'p', 'm') and c.oid >= 16384
    ),
    parameter as (
        select c.oid, c.name, c.alter, o.text, split_part(o.text, '=', 1) as key
        from relation c left join pg_class x on x.oid = c.reltoastrelid,
             unnest(c.reloptions || array(select 'toast.' || t from unnest(x.reloptions) t)) o (text)
        where c.relkind <> 'm'
    ),
    member as (
        select a.*, format('%s.%I', c.name, a.attname) as name,
               format('ALTER TABLE %s ALTER COLUMN %I ', c.name, a.attname) as alter,
               format('ALTER TABLE ONLY %s ALTER COLUMN %I ', c.name, a.attname) as alter_only
        from relation c join pg_attribute a on a.attrelid = c.oid
        where a.attnum > 0 and not a.attisdropped
    ),
    storage (code, word) as (
        values ('p'::\"char\", 'PLAIN'), ('e', 'EXTERNAL'), ('m', 'MAIN'), ('x', 'EXTENDED')
    ),
    setting (parent, number, name, key, alter, change, undo) as (
        select oid, 0, name, key, alter, format('SET (%s)', text), format('RESET (%s)', key) from parameter
        union all
        select oid, 0, name, 'row level security', alter,
               'ENABLE ROW LEVEL SECURITY', 'DISABLE ROW LEVEL SECURITY'
        from relation where relrowsecurity
        union all
        select oid, 0, name, 'forced row level security', alter,
               'FORCE ROW LEVEL SECURITY', 'NO FORCE ROW LEVEL SECURITY'
        from relation where relforcerowsecurity
        union all
        select oid, 0, name, 'replica identity', alter,
               'REPLICA IDENTITY ' || case relreplident when 'f' then 'FULL' else 'NOTHING' end,
               'REPLICA IDENTITY DEFAULT'
        from relation where relreplident in ('f', 'n')
        union all
        select x.oid, 0, c.name, 'replica identity', c.alter,
               format('REPLICA IDENTITY USING INDEX %I', x.relname), 'REPLICA IDENTITY DEFAULT'
        from relation c join pg_index i on i.indrelid = c.oid and i.indisreplident
        join pg_class x on x.oid = i.indexrelid where c.relreplident = 'i'
        union all
        select x.oid, 0, c.name, 'cluster', c.alter, format('CLUSTER ON %I', x.relname), 'SET WITHOUT CLUSTER'
        from relation c join pg_index i on i.indrelid = c.oid and i.indisclustered
        join pg_class x on x.oid = i.indexrelid
        union all
        select a.attrelid, a.attnum, a.name, 'storage', a.alter,
               'SET STORAGE ' || s.word, 'SET STORAGE ' || u.word
        from member a join pg_type t on t.oid = a.atttypid
        join storage s on s.code = a.attstorage join storage u on u.code = t.typstorage
        where a.attstorage <> t.typstorage and (a.attislocal or a.attinhcount = 0)
        union all
        -- Of these, tables that inherit have their own.
        select a.attrelid, a.attnum, a.name, 'statistics', a.alter_only,
               'SET STATISTICS ' || a.attstattarget, 'SET STATISTICS -1'
        from member a where a.attstattarget >= 0
        union all
        -- Of an index, whose columns have numbers for names.
        select a.attrelid, 0, format('%s.%s', c.oid::regclass, a.attnum), 'statistics',
               format('ALTER INDEX %s ALTER COLUMN %s ', c.oid::regclass, a.attnum),
               'SET STATISTICS ' || a.attstattarget, 'SET STATISTICS -1'
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relkind in ('i', 'I') and c.oid >= 16384 and a.attstattarget >= 0
        union all
        -- Of a table it is the column's to say.
        select a.attrelid, a.attnum, a.name, 'compression', a.alter,
               'SET COMPRESSION ' || case a.attcompression when 'p' then 'pglz' else 'lz4' end,
               'SET COMPRESSION default'
        from member a join pg_class c on c.oid = a.attrelid
        where c.relkind = 'm' and a.attcompression in ('p', 'l')
        union all
        select a.attrelid, a.attnum, a.name, split_part(o, '=', 1), a.alter_only,
               format('SET (%s)', o), format('RESET (%s)', split_part(o, '=', 1))
        from member a, unnest(a.attoptions) o
    )
    select parent, number::int2 as parent_number, format('%s: %s', name, key) as name,
           alter || change as create, alter || undo as drop, '{}'::text[] as keeps
    from setting";
