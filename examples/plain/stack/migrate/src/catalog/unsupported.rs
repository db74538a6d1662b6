//! What no migration can make. It is compared only, and an error if it differs.

/// What an object is and is called says the server, if the row does not. What it says is put together of
/// what tells two of them apart, without the numbers that differ between databases.
pub(super) const UNSUPPORTED: &str = "
    select coalesce(f.name, format('%s `%s`', i.type, regexp_replace(i.identity, '\\m(public|pg_catalog)\\.', '', 'g'))) as name,
           coalesce(f.says, '') as says, f.class, f.oid
    from (
        select 'pg_proc'::regclass::oid as class, a.aggfnoid::oid as oid, null as name,
               concat_ws(' ', a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggtranstype::regtype, a.agginitval,
                         p.proparallel, a.aggkind, a.aggsortop, a.aggmtransfn) as says
        from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
        union all
        select tableoid, oid, null, oprcode::text from pg_operator
        union all
        select tableoid, oid, null, concat_ws(' ', opcintype::regtype, opcdefault) from pg_opclass
        union all
        select tableoid, oid, null, concat_ws(' ', castfunc::regprocedure, castcontext, castmethod) from pg_cast
        union all
        select tableoid, oid, null, concat_ws(' ', collprovider, collisdeterministic, collcollate)
        from pg_collation
        union all
        select tableoid, oid, null, conproc::text from pg_conversion
        union all
        select c.tableoid, c.oid, null,
               (select string_agg(concat_ws(' ', m.maptokentype, m.mapseqno, m.mapdict::regdictionary), ', '
                                  order by m.maptokentype, m.mapseqno)
                from pg_ts_config_map m where m.mapcfg = c.oid)
        from pg_ts_config c
        union all
        select tableoid, oid, null, dictinitoption from pg_ts_dict
        union all
        select tableoid, oid, null, concat_ws(' ', evtevent, evtfoid::regproc, evttags, evtenabled)
        from pg_event_trigger
        union all
        select tableoid, oid, null, array_to_string(srvoptions, ', ') from pg_foreign_server
        union all
        select 'pg_class'::regclass, t.ftrelid, null,
               (select string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ', '
                                  order by a.attnum)
                from pg_attribute a where a.attrelid = t.ftrelid and a.attnum > 0 and not a.attisdropped)
        from pg_foreign_table t
        union all
        select tableoid, oid, null, concat_ws(' ', fdwhandler, fdwvalidator, fdwoptions)
        from pg_foreign_data_wrapper
        union all
        select tableoid, oid, null, concat_ws(' ', prsstart, prstoken, prsend) from pg_ts_parser
        union all
        select tableoid, oid, null, amhandler::text from pg_am
        union all
        select 'pg_user_mapping'::regclass, umid, null, array_to_string(umoptions, ', ') from pg_user_mappings
        union all
        select p.tableoid, p.oid, null,
               concat_ws(' ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
                   p.pubviaroot,
                   (select string_agg(concat_ws(' ', r.prrelid::regclass, pg_get_expr(r.prqual, r.prrelid), r.prattrs),
                                      ', ' order by r.prrelid::regclass::text)
                    from pg_publication_rel r where r.prpubid = p.oid),
                   (select string_agg(s.pnnspid::regnamespace::text, ', ' order by s.pnnspid::regnamespace::text)
                    from pg_publication_namespace s where s.pnpubid = p.oid))
        from pg_publication p
        union all
        select tableoid, oid, null, defaclacl::text from pg_default_acl
        union all
        select tableoid, oid, null, typinput::text from pg_type where typtype = 'b' and typelem = 0
        union all
        select tableoid, oid, null, lanplcallfoid::regproc::text from pg_language
        union all
        select tableoid, oid, format('constraint `%s` of `%s`', conname, conrelid::regclass),
               pg_get_constraintdef(oid)
        from pg_constraint where contype = 'n' and conrelid <> 0 and (not convalidated or connoinherit)
        union all
        select tableoid, oid, format('typed table `%s`', oid::regclass), reloftype::regtype::text
        from pg_class where reloftype <> 0
        union all
        select c.tableoid, c.oid, format('the inherited column `%s.%s`', c.oid::regclass, a.attname),
               concat_ws(' ', a.attnotnull, a.attstorage, a.attstattarget)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        join pg_inherits i on i.inhrelid = c.oid
        join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname
        where not a.attislocal and (a.attnotnull, a.attstorage) is distinct from (p.attnotnull, p.attstorage)
          and c.relkind in ('r', 'p')
    ) f, pg_identify_object(f.class, f.oid, 0) i
    where f.oid >= 16384 and not exists (select 1 from pg_depend e
          where e.deptype in ('e', 'i') and e.classid = f.class and e.objid = f.oid)";
