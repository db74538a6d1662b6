//! What a database looks like, in lines of the server's own words: enough to tell whether two of one server are alike.
//!
//! `cargo dev migrate --against` knows more, and tells the difference in statements; this goes with every program.

use std::collections::BTreeSet;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool};
use sqlx::{AssertSqlSafe, Connection as _};

use super::{Error, Migrations};

/// Columns, constraints, indexes, views, routines, triggers, policies, types, sequences and extensions, each in a line.
/// Extensions bring along what they like.
const LINES: &str = r"
    with own (class, oid, name) as (
        select 'pg_class'::regclass, c.oid, c.oid::regclass::text from pg_class c
        where c.relnamespace in (select oid from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema')
          and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
          and c.relname not in ('_sqlx_migrations', '_backfill_progress')
          and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
    select format('%s `%s`%s', case c.relkind when 'r' then 'table' when 'p' then 'table' when 'S' then 'sequence'
                  when 'f' then 'foreign table' else 'view' end, o.name,
               case when c.relkind in ('v', 'm') then ': ' || pg_get_viewdef(c.oid)
                    when c.relrowsecurity then ' with row-level security' else '' end)
    from own o join pg_class c using (oid)
    union all
    select format('column `%s.%s` %s%s%s%s', o.name, a.attname, format_type(a.atttypid, a.atttypmod),
               case when a.attnotnull then ' not null' end, ' default ' || pg_get_expr(d.adbin, d.adrelid),
               nullif(concat(' ', a.attidentity, a.attgenerated), ' '))
    from own o join pg_class c using (oid)
    join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relkind in ('r', 'p', 'f')
    union all
    select format('constraint `%s` of `%s`: %s', k.conname, o.name, pg_get_constraintdef(k.oid))
    from own o join pg_constraint k on k.conrelid = o.oid where k.contype <> 'n'
    union all
    select format('index `%s`: %s%s', i.indexrelid::regclass, pg_get_indexdef(i.indexrelid), case when not i.indisvalid then ' invalid' end)
    from own o join pg_index i on i.indrelid = o.oid
    union all
    select format('trigger of `%s`: %s, %s', o.name, pg_get_triggerdef(t.oid), t.tgenabled)
    from own o join pg_trigger t on t.tgrelid = o.oid where not t.tgisinternal
    union all
    select format('policy `%s` of `%s`: %s %s %s %s', p.polname, o.name, p.polcmd, p.polroles::regrole[],
               pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    from own o join pg_policy p on p.polrelid = o.oid
    union all
    select format('routine `%s`: %s', p.oid::regprocedure, md5(pg_get_functiondef(p.oid))) from pg_proc p
    where p.oid >= 16384 and p.prokind in ('f', 'p')
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    union all
    select format('type `%s`: %s', t.oid::regtype, coalesce(
               (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
               format_type(t.typbasetype, t.typtypmod)))
    from pg_type t where t.oid >= 16384 and t.typtype in ('e', 'd')
      and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
    union all
    select format('extension `%s`', extname) from pg_extension";

/// How a database differs from what its migrations make.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) lacks: Vec<String>,
    pub(super) has: Vec<String>,
}

impl Difference {
    pub(super) fn is_none(&self) -> bool {
        self.lacks.is_empty() && self.has.is_empty()
    }
}

impl Migrations {
    /// How the database differs from one that these migrations make, on the same server and gone afterwards.
    pub(super) async fn difference(&self, pool: &PgPool) -> Result<Difference, Error> {
        let here = lines(&pool.connect_options()).await?;
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|error| sqlx::Error::Io(error.into()))?;
        let name = format!("migrations_{}", hex::encode(random));
        let mut connection = pool.acquire().await?;
        execute(
            &mut connection,
            format!("create database {name} template template0"),
        )
        .await?;
        let options = (*pool.connect_options()).clone().database(&name);
        let made = self.made(&options).await;
        execute(
            &mut connection,
            format!("drop database {name} with (force)"),
        )
        .await?;
        let made = made?;
        Ok(Difference {
            lacks: made.difference(&here).cloned().collect(),
            has: here.difference(&made).cloned().collect(),
        })
    }

    /// What an empty database looks like after them.
    async fn made(&self, options: &PgConnectOptions) -> Result<BTreeSet<String>, Error> {
        let pool = PgPool::connect_lazy_with(options.clone());
        // Another database, so another lock, and no wait for ourselves.
        let applied = Box::pin(self.apply(&pool, |_| {})).await;
        pool.close().await;
        applied?;
        Ok(lines(options).await?)
    }
}

async fn lines(options: &PgConnectOptions) -> Result<BTreeSet<String>, sqlx::Error> {
    let mut connection = PgConnection::connect_with(options).await?;
    let lines: Vec<String> = sqlx::query_scalar(LINES).fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(lines.into_iter().collect())
}

async fn execute(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await
        .map(drop)
}
