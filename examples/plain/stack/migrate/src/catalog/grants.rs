//! Grants, and what was revoked of those that everybody has from the start.

use sqlx::FromRow;
use sqlx::postgres::types::Oid;

use super::comments::public;
use super::reader::Reader;
use crate::object::{Body, Definition, Id, Kind, Object};

#[derive(FromRow)]
struct Row {
    class: Oid,
    oid: Oid,
    number: i32,
    /// `UPDATE (title)`
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
                select false, y.* from (select * from starts except select * from has) y)
    select given, class, oid, number, concat(privilege_type, colname) as privilege,
           case grantee when 0 then 'PUBLIC' else grantee::regrole::text end as grantee,
           is_grantable as grantable
    from differs";

pub(super) async fn read(reader: &mut Reader<'_>) -> sqlx::Result<()> {
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
