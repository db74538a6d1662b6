//! What no migration can make. It is compared only, and an error if it differs.

/// What an object is and is called says the server, if the row does not. What it looks like is its whole row in the catalog, so that
/// nothing of it is overlooked: without the numbers that differ between databases, with the names of what they stand for.
pub(super) const UNSUPPORTED: &str = "
    with one (class, oid, name, body, more) as (
        select o.tableoid, o.oid, null, to_jsonb(o),
               (select jsonb_agg(m order by m) from (
                    select concat_ws(' ', amopstrategy, amoppurpose, amopopr::regoperator) as m from pg_amop
                    where amopfamily = o.oid
                    union all select concat_ws(' ', amprocnum, amproc::regprocedure) from pg_amproc
                    where amprocfamily = o.oid) m)
        from pg_opfamily o
        union all
        select o.tableoid, o.oid, null, to_jsonb(o),
               to_jsonb(concat_ws(' ', nullif(oprcom, 0)::regoperator, '/', nullif(oprnegate, 0)::regoperator))
        from pg_operator o
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), to_jsonb(concat_ws(' ', opcintype::regtype, nullif(opckeytype, 0)::regtype)) from pg_opclass a
        union all
        select 'pg_proc'::regclass, a.aggfnoid, null, to_jsonb(a),
               jsonb_build_array(a.aggtranstype::regtype, nullif(a.aggmtranstype, 0)::regtype, nullif(a.aggsortop, 0)::regoperator, p.proparallel)
        from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), to_jsonb(castfunc::regprocedure) from pg_cast a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), null from pg_collation a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), null from pg_conversion a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a),
               (select jsonb_agg(concat_ws(' ', m.maptokentype, m.mapseqno, m.mapdict::regdictionary)
                                 order by m.maptokentype, m.mapseqno)
                from pg_ts_config_map m where m.mapcfg = a.oid)
        from pg_ts_config a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), null from pg_ts_dict a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), null from pg_ts_parser a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), null from pg_ts_template a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), to_jsonb(evtfoid::regproc) from pg_event_trigger a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), null from pg_foreign_server a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), jsonb_build_array(fdwhandler::regproc, fdwvalidator::regproc) from pg_foreign_data_wrapper a
        union all
        select 'pg_class'::regclass, t.ftrelid, null, to_jsonb(t),
               (select jsonb_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
                                           nullif(a.attcollation, 0)::regcollation, a.attnotnull, a.attfdwoptions,
                                           a.attoptions, pg_get_expr(d.adbin, d.adrelid))
                                 order by a.attnum)
                from pg_attribute a left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
                where a.attrelid = t.ftrelid and a.attnum > 0 and not a.attisdropped)
        from pg_foreign_table t
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), to_jsonb(amhandler::regproc) from pg_am a
        union all
        select 'pg_user_mapping'::regclass, umid, null, to_jsonb(umoptions), null from pg_user_mappings
        union all
        select a.tableoid, a.oid, null, to_jsonb(a),
               jsonb_build_array(
                   (select jsonb_agg(concat_ws(' ', r.prrelid::regclass, pg_get_expr(r.prqual, r.prrelid), r.prattrs)
                                     order by r.prrelid::regclass::text)
                    from pg_publication_rel r where r.prpubid = a.oid),
                   (select jsonb_agg(s.pnnspid::regnamespace order by s.pnnspid::regnamespace::text)
                    from pg_publication_namespace s where s.pnpubid = a.oid))
        from pg_publication a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), null from pg_type a where typtype = 'b' and typelem = 0
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), jsonb_build_array(lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc) from pg_language a
        union all
        select a.tableoid, a.oid, null, to_jsonb(a), jsonb_build_array(trffromsql, trftosql) from pg_transform a
        union all
        select tableoid, oid, format('constraint `%s` of `%s`', conname, conrelid::regclass),
               to_jsonb(pg_get_constraintdef(oid)), null
        from pg_constraint where contype = 'n' and conrelid <> 0 and (not convalidated or connoinherit)
        union all
        select tableoid, oid, format('typed table `%s`', oid::regclass), to_jsonb(reloftype::regtype::text), null
        from pg_class where reloftype <> 0
        union all
        select c.tableoid, c.oid, format('the inherited column `%s.%s`', c.oid::regclass, a.attname),
               jsonb_build_array(a.attnotnull, a.attstorage, a.attstattarget), null
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        join pg_inherits i on i.inhrelid = c.oid
        join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname
        where not a.attislocal and (a.attnotnull, a.attstorage) is distinct from (p.attnotnull, p.attstorage)
          and c.relkind in ('r', 'p')
    )
    select coalesce(o.name, format('%s `%s`', i.type, regexp_replace(i.identity, '\\m(public|pg_catalog)\\.', '', 'g'))) as name,
           concat_ws(' ', case when jsonb_typeof(o.body) = 'object' then o.body - n.numbers else o.body end, o.more) as says,
           o.class, o.oid
    from one o, pg_identify_object(o.class, o.oid, 0) i,
         -- Which differ between databases, or tell the server's version.
         lateral (select array['collversion'] || array_agg(a.attname::text) as numbers from pg_attribute a
                  where a.attrelid in (o.class, 'pg_aggregate'::regclass, 'pg_foreign_table'::regclass)
                    and a.atttypid in ('oid'::regtype, 'oidvector'::regtype, 'pg_node_tree'::regtype)) n
    where o.oid >= 16384 and not exists (select 1 from pg_depend e
          where e.deptype in ('e', 'i') and e.classid = o.class and e.objid = o.oid)";
