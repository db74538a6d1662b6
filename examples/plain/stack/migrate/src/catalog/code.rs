//! What runs by itself: routines, triggers, rules, policies.

use sqlx::FromRow;
use sqlx::postgres::types::Oid;

use super::{Reader, class, users_own};
use crate::object::{Body, Id, Kind, Object, Routine};

pub(super) async fn read(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    routines(reader).await?;
    rules(reader).await?;
    triggers(reader).await?;
    policies(reader).await
}

async fn routines(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, String, String, String, String)> = sqlx::query_as(concat!(
        "select p.oid, p.oid::regprocedure::text,
                case p.prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end,
                rtrim(pg_get_functiondef(p.oid), E'\\n'),
                concat(pg_get_function_result(p.oid), ' of ', p.prokind, ' ', p.proargnames,
                       ' ', p.proargmodes, ' ', p.pronargdefaults)
         from pg_proc p where p.prokind in ('f', 'p', 'w')
           and not exists (select 1 from pg_depend i where i.deptype = 'i'
                           and i.classid = 'pg_proc'::regclass and i.objid = p.oid) and ",
        users_own!("pg_proc", "p", "p.pronamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, name, kind, create, signature) in rows {
        let id = Id::new(Kind::Routine, &name);
        let target = format!("{kind} {name}");
        let body = Body::Routine(Routine {
            create,
            target,
            signature,
        });
        reader.add(class::PROC, oid, Object::new(id, None, body));
    }
    Ok(())
}

/// `ENABLE ALWAYS` and the like, for what is on from the start.
fn enabled(state: &str) -> Option<&'static str> {
    match state {
        "D" => Some("DISABLE"),
        "R" => Some("ENABLE REPLICA"),
        "A" => Some("ENABLE ALWAYS"),
        _ => None,
    }
}

async fn rules(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, Oid, String, String, String)> = sqlx::query_as(concat!(
        "select r.oid, r.ev_class, quote_ident(r.rulename),
                rtrim(pg_get_ruledef(r.oid, true), ';'), r.ev_enabled::text
         from pg_rewrite r join pg_class c on c.oid = r.ev_class
         where r.rulename <> '_RETURN' and ",
        users_own!("pg_class", "c", "c.relnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, table, name, create, state) in rows {
        let Some(table) = reader.relation(table) else {
            continue;
        };
        let id = Id::new(Kind::Rule, format!("{}.{name}", table.name));
        let state =
            enabled(&state).map(|state| format!("ALTER TABLE {} {state} RULE {name}", table.name));
        let drop = format!("DROP RULE {name} ON {}", table.name);
        let object = Object::definition(id, Some(table), create, drop).then(state);
        reader.add(class::REWRITE, oid, object);
    }
    Ok(())
}

async fn triggers(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    let rows: Vec<(Oid, Oid, Oid, String, String, String)> = sqlx::query_as(concat!(
        "select t.oid, t.tgrelid, t.tgconstraint, quote_ident(t.tgname),
                pg_get_triggerdef(t.oid, true), t.tgenabled::text
         from pg_trigger t join pg_class c on c.oid = t.tgrelid
         where not t.tgisinternal and t.tgparentid = 0 and ",
        users_own!("pg_class", "c", "c.relnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for (oid, table, constraint, name, create, state) in rows {
        let Some(table) = reader.relation(table) else {
            continue;
        };
        let id = Id::new(Kind::Trigger, format!("{}.{name}", table.name));
        if constraint.0 != 0 {
            reader.also(class::CONSTRAINT, constraint, &id);
        }
        let state = enabled(&state)
            .map(|state| format!("ALTER TABLE {} {state} TRIGGER {name}", table.name));
        let drop = format!("DROP TRIGGER {name} ON {}", table.name);
        let object = Object::definition(id, Some(table), create, drop).then(state);
        reader.add(class::TRIGGER, oid, object);
    }
    Ok(())
}

async fn policies(reader: &mut Reader<'_>) -> sqlx::Result<()> {
    #[derive(FromRow)]
    struct Row {
        oid: Oid,
        table_oid: Oid,
        name: String,
        permissive: bool,
        command: String,
        roles: String,
        using: Option<String>,
        check: Option<String>,
    }
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "select p.oid, p.polrelid as table_oid, quote_ident(p.polname) as name,
                p.polpermissive as permissive,
                case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE'
                     when 'd' then 'DELETE' else 'ALL' end as command,
                (select string_agg(case r when 0 then 'PUBLIC' else r::regrole::text end, ', ' order by r)
                 from unnest(p.polroles) r) as roles,
                pg_get_expr(p.polqual, p.polrelid) as using,
                pg_get_expr(p.polwithcheck, p.polrelid) as check
         from pg_policy p join pg_class c on c.oid = p.polrelid where ",
        users_own!("pg_class", "c", "c.relnamespace")
    ))
    .fetch_all(&mut *reader.connection)
    .await?;
    for row in rows {
        let Some(table) = reader.relation(row.table_oid) else {
            continue;
        };
        let id = Id::new(Kind::Policy, format!("{}.{}", table.name, row.name));
        let kind = if row.permissive {
            ""
        } else {
            " AS RESTRICTIVE"
        };
        let using = row
            .using
            .map_or_else(String::new, |using| format!(" USING ({using})"));
        let check = row
            .check
            .map_or_else(String::new, |check| format!(" WITH CHECK ({check})"));
        let create = format!(
            "CREATE POLICY {} ON {}{kind} FOR {} TO {}{using}{check}",
            row.name, table.name, row.command, row.roles
        );
        let drop = format!("DROP POLICY {} ON {}", row.name, table.name);
        reader.add(
            class::POLICY,
            row.oid,
            Object::definition(id, Some(table), create, drop),
        );
    }
    Ok(())
}
