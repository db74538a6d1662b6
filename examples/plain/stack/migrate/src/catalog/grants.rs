//! Grants, and what was revoked of those that everybody has from the start.

use sqlx::FromRow;
use sqlx::postgres::types::Oid;

use super::class;
use super::comments::public;
use super::reader::Reader;
use crate::object::{Body, Definition, Id, Kind, Object};

#[derive(FromRow)]
struct Row {
    class: Oid,
    oid: Oid,
    number: i32,
    /// `UPDATE (title)`; `ALL` of what has several, because servers differ in how many those are.
    privilege: String,
    grantee: String,
    grantable: bool,
    /// Given, rather than missing from what everybody has.
    given: bool,
}

const GRANTS: &str = "
    with owned (class, oid, number, acl, standard, colname) as (
        select 'pg_class'::regclass::oid, c.oid, 0, c.relacl,
               acldefault(case c.relkind when 'S' then 's'::\"char\" else 'r' end, c.relowner), null::text
        from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'S')
        union all
        select 'pg_class'::regclass, a.attrelid, a.attnum, a.attacl, null::aclitem[],
               format(' (%I)', a.attname)
        from pg_attribute a where a.attnum > 0 and not a.attisdropped
        union all
        select 'pg_namespace'::regclass, n.oid, 0, n.nspacl,
               coalesce((select i.initprivs from pg_init_privs i
                         where i.classoid = 'pg_namespace'::regclass and i.objoid = n.oid
                           and n.nspname = 'public'),
                        acldefault('n', n.nspowner)), null
        from pg_namespace n where n.oid >= 16384 or n.nspname = 'public'
        union all
        select 'pg_proc'::regclass, p.oid, 0, p.proacl, acldefault('f', p.proowner), null from pg_proc p
        union all
        select 'pg_type'::regclass, t.oid, 0, t.typacl, acldefault('T', t.typowner), null from pg_type t
    ),
    touched as (select * from owned where acl is not null
             and (oid >= 16384 or class = 'pg_namespace'::regclass)),
    has as (select class, oid, number, colname, a.grantee, a.privilege_type, a.is_grantable
            from touched, aclexplode(acl) a),
    starts as (select class, oid, number, colname, a.grantee, a.privilege_type, a.is_grantable
               from touched, aclexplode(standard) a),
    differs as (select true as given, x.* from (select * from has except select * from starts) x
                union all
                select false, y.* from (select * from starts except select * from has) y),
    -- An owner has everything from the start.
    whole as (select class, oid, number, max(parts) as parts
              from (select class, oid, number, grantee, count(*) as parts from starts
                    where grantee <> 0 group by 1, 2, 3, 4) s group by 1, 2, 3),
    counted as (select d.*, w.parts, count(*) over (partition by given, class, oid, number, grantee, is_grantable)
                            as given_parts
                from differs d left join whole w using (class, oid, number))
    select distinct given, class, oid, number,
           concat(case when parts > 1 and given_parts = parts then 'ALL' else privilege_type end, colname)
           as privilege,
           case grantee when 0 then 'PUBLIC' else grantee::regrole::text end as grantee,
           is_grantable as grantable
    from counted";

/// What new objects get. Those of one schema are added to those of all, which begin with what is usual.
const DEFAULT_PRIVILEGES: &str = "
    with owned as (
        select d.*, w.word, acldefault(case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end, d.defaclrole) as usual
        from pg_default_acl d
        join (values ('r'::\"char\", 'TABLES'), ('S', 'SEQUENCES'), ('f', 'FUNCTIONS'), ('T', 'TYPES'), ('n', 'SCHEMAS'),
                     ('L', 'LARGE OBJECTS')) w (code, word) on w.code = d.defaclobjtype
    ),
    has as (select o.oid, a.grantee, a.privilege_type, a.is_grantable from owned o, aclexplode(o.defaclacl) a),
    starts as (select o.oid, a.grantee, a.privilege_type, a.is_grantable
               from owned o, aclexplode(o.usual) a where o.defaclnamespace = 0),
    differs as (select true as given, x.* from (select * from has except select * from starts) x
                union all
                select false, y.* from (select * from starts except select * from has) y),
    counted as (select d.*, count(*) over (partition by given, oid, grantee, is_grantable) as parts from differs d)
    select distinct d.given, n.oid as schema,
           'ALTER DEFAULT PRIVILEGES'
           || case when o.defaclrole <> (select oid from pg_roles where rolname = current_user)
                   then ' FOR ROLE ' || o.defaclrole::regrole else '' end
           || coalesce(' IN SCHEMA ' || quote_ident(n.nspname), '') as of,
           case when d.parts > 1 and d.parts = (select count(*) from aclexplode(o.usual) u where u.grantee = o.defaclrole)
                then 'ALL' else d.privilege_type end as privilege,
           o.word as on, case d.grantee when 0 then 'PUBLIC' else d.grantee::regrole::text end as grantee,
           d.is_grantable as grantable
    from counted d join owned o using (oid) left join pg_namespace n on n.oid = o.defaclnamespace";

#[derive(FromRow)]
struct DefaultRow {
    given: bool,
    schema: Option<Oid>,
    /// `ALTER DEFAULT PRIVILEGES …` up to its verb.
    of: String,
    privilege: String,
    /// `TABLES`
    on: String,
    grantee: String,
    grantable: bool,
}

async fn read_defaults(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<DefaultRow> = sqlx::query_as(DEFAULT_PRIVILEGES)
        .fetch_all(&mut *reader.connection)
        .await?;
    for row in rows {
        let DefaultRow {
            of,
            privilege,
            on,
            grantee,
            ..
        } = row;
        let option = if row.grantable {
            " WITH GRANT OPTION"
        } else {
            ""
        };
        let grant = format!("{of} GRANT {privilege} ON {on} TO {grantee}{option}");
        let revoke = format!("{of} REVOKE {privilege} ON {on} FROM {grantee}");
        let (create, drop) = match row.given {
            true => (grant, revoke),
            false => (revoke, grant),
        };
        let schema = row.schema.map(|oid| (class::NAMESPACE, oid.0, 0));
        let parent = schema.and_then(|address| reader.at(address)).cloned();
        let id = Id::new(Kind::DefaultPrivilege, create.clone());
        let body = Body::Definition(Definition::new(create, drop));
        reader.put(Object::new(id, parent, body));
    }
    Ok(())
}

pub(super) async fn read(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    read_defaults(reader).await?;
    let rows: Vec<Row> = sqlx::query_as(GRANTS)
        .fetch_all(&mut *reader.connection)
        .await?;
    for row in rows {
        let (class, oid) = (row.class.0, row.oid.0);
        let of = reader.at((class, oid, 0));
        let target = match of {
            // GRANT has one word for every kind of relation, and none for materialized views.
            Some(of) if matches!(of.kind, Kind::View | Kind::MaterializedView) => {
                Some(format!("TABLE {}", of.name))
            }
            Some(of) => reader.catalog.get(of).and_then(Object::target),
            None => public(class, oid),
        };
        let Some(target) = target else {
            continue;
        };
        let Row {
            privilege, grantee, ..
        } = row;
        let parent = reader.at((class, oid, row.number)).or(of).cloned();
        let option = if row.grantable {
            " WITH GRANT OPTION"
        } else {
            ""
        };
        let grant = format!("GRANT {privilege} ON {target} TO {grantee}{option}");
        let revoke = format!("REVOKE {privilege} ON {target} FROM {grantee}");
        let (kind, create, drop) = if row.given {
            (Kind::Grant, grant, revoke)
        } else {
            (Kind::Revoke, revoke, grant)
        };
        let definition = Definition::new(create, drop);
        let id = Id::new(kind, format!("{target} to {grantee}: {privilege}{option}"));
        reader.put(Object::new(id, parent, Body::Definition(definition)));
    }
    Ok(())
}
