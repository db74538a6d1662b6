//! What is said of objects (comments), who may use them (grants), and what no migration can make.

use sqlx::FromRow;
use sqlx::postgres::types::Oid;

use super::{Reader, class};
use crate::object::{Body, Id, Kind, Object};

pub(super) async fn read(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    comments(reader).await?;
    grants(reader).await?;
    foreign(reader).await
}

/// How `COMMENT ON` and `GRANT ON` name an object.
fn target(reader: &Reader<'_>, id: &Id) -> Option<String> {
    let object = reader.catalog.objects.get(id)?;
    // `trigger` of `table.trigger`: the table's name is the parent's.
    let of_parent = |kind: &str, word: &str| {
        let parent = object.parent.as_ref()?;
        let name = id.name.strip_prefix(&parent.name)?.strip_prefix('.')?;
        Some(format!("{kind} {name} ON {word}{}", parent.name))
    };
    Some(match id.kind {
        Kind::Schema => format!("SCHEMA {}", id.name),
        Kind::Extension => format!("EXTENSION {}", id.name),
        Kind::Enum | Kind::Composite | Kind::Range => format!("TYPE {}", id.name),
        Kind::Domain => format!("DOMAIN {}", id.name),
        Kind::Sequence => format!("SEQUENCE {}", id.name),
        Kind::Table => format!("TABLE {}", id.name),
        Kind::Column => format!("COLUMN {}", id.name),
        Kind::Index => format!("INDEX {}", id.name),
        Kind::Statistics => format!("STATISTICS {}", id.name),
        Kind::View => format!("VIEW {}", id.name),
        Kind::MaterializedView => format!("MATERIALIZED VIEW {}", id.name),
        Kind::Routine => match &object.body {
            Body::Routine(routine) => routine.target.clone(),
            _ => return None,
        },
        Kind::Constraint => of_parent("CONSTRAINT", "")?,
        Kind::DomainConstraint => of_parent("CONSTRAINT", "DOMAIN ")?,
        Kind::Trigger => of_parent("TRIGGER", "")?,
        Kind::Policy => of_parent("POLICY", "")?,
        Kind::Rule => of_parent("RULE", "")?,
        _ => return None,
    })
}

async fn comments(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    /// Place, text, and what the place does not tell.
    type Row = (Oid, Oid, i32, String, Option<String>, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(
        "select d.classoid, d.objoid, d.objsubid, quote_literal(d.description),
                case when d.objsubid > 0 then
                     (select quote_ident(a.attname) from pg_attribute a
                      where a.attrelid = d.objoid and a.attnum = d.objsubid) end,
                case when d.classoid = 'pg_class'::regclass then d.objoid::regclass::text end
         from pg_description d
         where d.objoid >= 16384
            or d.classoid = 'pg_namespace'::regclass and d.objoid = 'public'::regnamespace",
    )
    .fetch_all(&mut *reader.connection)
    .await?;
    for (catalog, oid, sub, text, column, index) in rows {
        let exact = reader.parts.get(&(catalog.0, oid.0, sub)).cloned();
        let of = match exact {
            Some(id) => target(reader, &id).map(|target| (target, id)),
            // The column of a view, the attribute of a composite type, or a partition's column.
            None => column.and_then(|column| {
                let id = reader.known.get(&(catalog.0, oid.0, 0))?.clone();
                let target = format!("COLUMN {}.{column}", id.name);
                Some((target, id))
            }),
        };
        // An index that a constraint made.
        let of = match (of, index) {
            (None, Some(index)) => {
                let constraint = reader.known.get(&(catalog.0, oid.0, 0));
                let constraint = constraint.filter(|id| id.kind == Kind::Constraint);
                constraint.map(|id| (format!("INDEX {index}"), id.clone()))
            }
            (of, _) => of,
        };
        // The schema that every database has.
        let of = of.map(|(target, parent)| (target, Some(parent)));
        let public = catalog.0 == class::NAMESPACE && oid.0 < 16384;
        let of = of.or_else(|| public.then(|| ("SCHEMA public".to_owned(), None)));
        let Some((target, parent)) = of else {
            continue;
        };
        if parent
            .as_ref()
            .is_some_and(|parent| parent.kind == Kind::Extension)
        {
            // Comes with the extension.
            continue;
        }
        let id = Id::new(Kind::Comment, &target);
        let create = format!("COMMENT ON {target} IS {text}");
        let drop = format!("COMMENT ON {target} IS NULL");
        reader.put(Object::definition(id, parent, create, drop));
    }
    Ok(())
}

async fn grants(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    #[derive(FromRow)]
    struct Row {
        class: Oid,
        oid: Oid,
        sub: i32,
        privilege: String,
        grantee: String,
        grantable: bool,
        column: Option<String>,
        /// Given, rather than missing from what everybody has.
        given: bool,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "with owned (class, oid, sub, acl, standard, colname) as (
             select 'pg_class'::regclass::oid, c.oid, 0, c.relacl,
                    acldefault(case c.relkind when 'S' then 's'::\"char\" else 'r' end, c.relowner), null::text
             from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relname <> '_sqlx_migrations'
             union all
             select 'pg_class'::regclass, a.attrelid, a.attnum, a.attacl, null::aclitem[], quote_ident(a.attname)
             from pg_attribute a where a.attnum > 0 and not a.attisdropped
             union all
             select 'pg_namespace'::regclass, n.oid, 0, n.nspacl, acldefault('n', n.nspowner), null
             from pg_namespace n where n.nspname <> 'public'
             union all
             select 'pg_namespace'::regclass, n.oid, 0, n.nspacl,
                    coalesce((select i.initprivs from pg_init_privs i
                              where i.classoid = 'pg_namespace'::regclass and i.objoid = n.oid),
                             acldefault('n', n.nspowner)), null
             from pg_namespace n where n.nspname = 'public'
             union all
             select 'pg_proc'::regclass, p.oid, 0, p.proacl, acldefault('f', p.proowner), null from pg_proc p
             union all
             select 'pg_type'::regclass, t.oid, 0, t.typacl, acldefault('T', t.typowner), null from pg_type t
         ),
         touched as (select * from owned where acl is not null
                  and (oid >= 16384 or class = 'pg_namespace'::regclass)),
         has as (select class, oid, sub, colname, a.grantee, a.privilege_type, a.is_grantable
                 from touched, aclexplode(acl) a),
         starts as (select class, oid, sub, colname, a.grantee, a.privilege_type, a.is_grantable
                    from touched, aclexplode(standard) a)
         select class, oid, sub, privilege_type as privilege,
                case grantee when 0 then 'PUBLIC' else grantee::regrole::text end as grantee,
                is_grantable as grantable, colname as column, true as given
         from (select * from has except select * from starts) x
         union all
         select class, oid, sub, privilege_type,
                case grantee when 0 then 'PUBLIC' else grantee::regrole::text end,
                is_grantable, colname, false
         from (select * from starts except select * from has) y",
    )
    .fetch_all(&mut *reader.connection)
    .await?;
    for row in rows {
        let of = reader.parts.get(&(row.class.0, row.oid.0, 0)).cloned();
        let target = match &of {
            // GRANT has one word for every kind of relation, and none for materialized views.
            Some(of) if matches!(of.kind, Kind::View | Kind::MaterializedView) => {
                Some(format!("TABLE {}", of.name))
            }
            Some(of) => target(reader, of),
            // The schema that every database has.
            None => (row.class.0 == class::NAMESPACE && row.oid.0 < 16384)
                .then(|| "SCHEMA public".to_owned()),
        };
        let Some(target) = target else {
            continue;
        };
        let privilege = match &row.column {
            Some(column) => format!("{} ({column})", row.privilege),
            None => row.privilege.clone(),
        };
        let parent = reader
            .known
            .get(&(row.class.0, row.oid.0, row.sub))
            .cloned()
            .or(of);
        let option = if row.grantable {
            " WITH GRANT OPTION"
        } else {
            ""
        };
        let grant = format!("GRANT {privilege} ON {target} TO {}{option}", row.grantee);
        let revoke = format!("REVOKE {privilege} ON {target} FROM {}", row.grantee);
        let name = format!("{target} to {}: {privilege}{option}", row.grantee);
        let object = if row.given {
            Object::definition(Id::new(Kind::Grant, name), parent, grant, revoke)
        } else {
            Object::definition(Id::new(Kind::Revoke, name), parent, revoke, grant)
        };
        reader.put(object);
    }
    Ok(())
}

/// What is compared only. Each row: what it is, by name, and what it says.
const FOREIGN: &str = "
    select 'aggregate `' || p.oid::regprocedure::text || '`' as name,
           concat_ws(' ', a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggtranstype::regtype, a.agginitval,
                     p.proparallel, a.aggkind, a.aggsortop, a.aggmtransfn) as says,
           'pg_proc'::regclass::oid as class, p.oid as oid
    from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
    union all
    select 'operator `' || o.oid::regoperator::text || '`', o.oprcode::text, 'pg_operator'::regclass, o.oid
    from pg_operator o
    union all
    select 'operator class `' || o.opcname || '` of ' || m.amname,
           concat_ws(' ', o.opcintype::regtype, o.opcdefault), 'pg_opclass'::regclass, o.oid
    from pg_opclass o join pg_am m on m.oid = o.opcmethod
    union all
    select 'cast (`' || c.castsource::regtype::text || '` AS `' || c.casttarget::regtype::text || '`)',
           concat_ws(' ', c.castfunc::regprocedure, c.castcontext, c.castmethod), 'pg_cast'::regclass, c.oid
    from pg_cast c
    union all
    select 'collation `' || c.oid::regcollation::text || '`',
           concat_ws(' ', c.collprovider, c.collisdeterministic, c.collcollate), 'pg_collation'::regclass, c.oid
    from pg_collation c
    union all
    select 'conversion `' || c.conname || '`', c.conproc::text, 'pg_conversion'::regclass, c.oid
    from pg_conversion c
    union all
    select 'text search configuration `' || c.cfgname || '`',
           (select string_agg(concat_ws(' ', m.maptokentype, m.mapseqno, m.mapdict::regdictionary), ', '
                              order by m.maptokentype, m.mapseqno)
            from pg_ts_config_map m where m.mapcfg = c.oid), 'pg_ts_config'::regclass, c.oid
    from pg_ts_config c
    union all
    select 'text search dictionary `' || d.dictname || '`', d.dictinitoption, 'pg_ts_dict'::regclass, d.oid
    from pg_ts_dict d
    union all
    select 'event trigger `' || e.evtname || '`', concat_ws(' ', e.evtevent, e.evtfoid::regproc, e.evttags,
                     e.evtenabled),
           'pg_event_trigger'::regclass, e.oid
    from pg_event_trigger e
    union all
    select 'foreign server `' || s.srvname || '`', array_to_string(s.srvoptions, ', '),
           'pg_foreign_server'::regclass, s.oid
    from pg_foreign_server s
    union all
    select 'foreign table `' || t.ftrelid::regclass::text || '`',
           (select string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ', '
                              order by a.attnum)
            from pg_attribute a where a.attrelid = t.ftrelid and a.attnum > 0 and not a.attisdropped),
           'pg_class'::regclass, t.ftrelid
    from pg_foreign_table t
    union all
    select 'foreign data wrapper `' || w.fdwname || '`', concat_ws(' ', w.fdwhandler, w.fdwvalidator, w.fdwoptions),
           'pg_foreign_data_wrapper'::regclass, w.oid
    from pg_foreign_data_wrapper w
    union all
    select 'text search parser `' || r.prsname || '`', concat_ws(' ', r.prsstart, r.prstoken, r.prsend),
           'pg_ts_parser'::regclass, r.oid
    from pg_ts_parser r
    union all
    select 'access method `' || m.amname || '`', m.amhandler::text, 'pg_am'::regclass, m.oid
    from pg_am m
    union all
    select 'user mapping of ' || m.usename || ' on `' || m.srvname || '`', array_to_string(m.umoptions, ', '),
           'pg_user_mapping'::regclass, m.umid
    from pg_user_mappings m
    union all
    select 'publication `' || p.pubname || '`',
           concat_ws(' ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
               p.pubviaroot,
               (select string_agg(concat_ws(' ', r.prrelid::regclass, pg_get_expr(r.prqual, r.prrelid), r.prattrs),
                                  ', ' order by r.prrelid::regclass::text)
                from pg_publication_rel r where r.prpubid = p.oid),
               (select string_agg(s.pnnspid::regnamespace::text, ', ' order by s.pnnspid::regnamespace::text)
                from pg_publication_namespace s where s.pnpubid = p.oid)),
           'pg_publication'::regclass, p.oid
    from pg_publication p
    union all
    select 'default privileges of `' || d.defaclrole::regrole::text || '`', d.defaclacl::text,
           'pg_default_acl'::regclass, d.oid
    from pg_default_acl d
    union all
    select 'base type `' || t.oid::regtype::text || '`', t.typinput::text, 'pg_type'::regclass, t.oid
    from pg_type t where t.typtype = 'b' and t.typelem = 0
    union all
    select 'language `' || l.lanname || '`', l.lanplcallfoid::regproc::text, 'pg_language'::regclass, l.oid
    from pg_language l
    union all
    select 'constraint `' || k.conname || '` of `' || k.conrelid::regclass::text || '`',
           pg_get_constraintdef(k.oid), 'pg_constraint'::regclass, k.oid
    from pg_constraint k where k.contype = 'n' and k.conrelid <> 0 and (not k.convalidated or k.connoinherit)
    union all
    select 'typed table `' || c.oid::regclass::text || '`', c.reloftype::regtype::text, 'pg_class'::regclass, c.oid
    from pg_class c where c.reloftype <> 0
    union all
    select 'the inherited column `' || c.oid::regclass::text || '.' || a.attname || '`',
           concat_ws(' ', a.attnotnull, a.attstorage, a.attstattarget), 'pg_class'::regclass, c.oid
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_inherits i on i.inhrelid = c.oid
    join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname
    where not a.attislocal and (a.attnotnull, a.attstorage) is distinct from (p.attnotnull, p.attstorage)
      and c.relkind in ('r', 'p')";

async fn foreign(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let query = format!(
        "select f.name, coalesce(f.says, ''), f.class, f.oid from ({FOREIGN}) f
         where f.oid >= 16384 and not exists (select 1 from pg_depend e
               where e.deptype in ('e', 'i') and e.classid = f.class and e.objid = f.oid)"
    );
    let rows: Vec<(String, String, Oid, Oid)> = sqlx::query_as(sqlx::AssertSqlSafe(query))
        .fetch_all(&mut *reader.connection)
        .await?;
    for (name, says, class, oid) in rows {
        let id = Id::new(Kind::Foreign, name);
        // What else stands at this place (a typed table) keeps it.
        reader
            .known
            .entry((class.0, oid.0, 0))
            .or_insert_with(|| id.clone());
        reader.put(Object::new(id, None, Body::Foreign(says)));
    }
    Ok(())
}
