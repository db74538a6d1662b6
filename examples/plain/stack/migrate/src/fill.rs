//! Puts rows into a database of any schema, so that a migration can be tried where there is data.
//!
//! The rows are made up from the types, the references and the texts that stand in checks
//! (`status in ('open', 'done')` gives two values to try). Where a server refuses a row, the columns
//! that the refusal is about are given other values. Some table may stay empty in the end, because no
//! one could guess what it wants: that is reported, never hidden.

mod values;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::{PgConnection, PgDatabaseError};
use sqlx::{AssertSqlSafe, FromRow};

use crate::catalog::RECORD;
use values::ValuePicker;

/// How many rows a table gets.
const ROWS: u64 = 3;
/// How often a row is tried.
const TRIES: u32 = 60;

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Tables that have rows now.
    pub tables: Vec<String>,
    /// Tables that stayed empty, and what the server said last.
    pub empty: Vec<(String, String)>,
}

#[derive(Clone, Debug, FromRow)]
struct Column {
    table: String,
    name: String,
    /// As in a cast: `numeric(10,2)`.
    ty: String,
    /// Of the type, or of the type under a domain.
    base: String,
    labels: Vec<String>,
    not_null: bool,
    has_default: bool,
    /// The table and the column that it refers to.
    refers_to: Option<String>,
    refers_to_column: Option<String>,
    /// The table's checks that name it.
    checks: Vec<String>,
}

/// Fills every table that is empty.
///
/// # Errors
/// The server's, of any query but those that try a row.
pub async fn fill(connection: &mut PgConnection) -> sqlx::Result<Filled> {
    let tables = in_order(connection).await?;
    let mut columns = columns(connection, &tables).await?;
    let mut filled = Filled::default();
    for table in tables {
        let columns = columns.remove(&table).unwrap_or_default();
        match rows(connection, &table, &columns).await? {
            (0, reason) => filled.empty.push((table, reason)),
            _ => filled.tables.push(table),
        }
    }
    Ok(filled)
}

/// Tables that hold rows themselves, those that are referred to first.
pub(crate) async fn in_order(connection: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and not c.relispartition and c.relname <> $1
           and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
           and not exists (select 1 from pg_depend e where e.deptype = 'e'
                           and e.classid = 'pg_class'::regclass and e.objid = c.oid)
         order by 1",
    )
    .bind(RECORD)
    .fetch_all(&mut *connection)
    .await?;
    let references: Vec<(String, String)> = sqlx::query_as(
        "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
         where contype = 'f' and conrelid <> confrelid",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut waits: BTreeMap<&String, BTreeSet<&String>> = tables
        .iter()
        .map(|table| (table, BTreeSet::new()))
        .collect();
    let mut awaited: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for (table, referred) in &references {
        if waits.contains_key(referred)
            && let Some(needed) = waits.get_mut(table)
        {
            needed.insert(referred);
            awaited.entry(referred).or_default().push(table);
        }
    }
    let free = waits.iter().filter(|(_, needed)| needed.is_empty());
    let mut free: BTreeSet<&String> = free.map(|(table, _)| *table).collect();
    let mut order: Vec<String> = Vec::new();
    // In a circle somebody has to be first.
    while let Some(next) = free.pop_first().or_else(|| waits.keys().next().copied()) {
        waits.remove(next);
        order.push(next.clone());
        for table in awaited.remove(next).unwrap_or_default() {
            if let Some(needed) = waits.get_mut(table) {
                needed.remove(next);
                if needed.is_empty() {
                    free.insert(table);
                }
            }
        }
    }
    Ok(order)
}

/// The columns of each table, in their order.
async fn columns(
    connection: &mut PgConnection,
    tables: &[String],
) -> sqlx::Result<BTreeMap<String, Vec<Column>>> {
    let rows: Vec<Column> = sqlx::query_as(
        "select a.attrelid::regclass::text as table, quote_ident(a.attname) as name,
                format_type(a.atttypid, a.atttypmod) as ty,
                format_type(b.oid, case when t.typtype = 'd' then t.typtypmod else a.atttypmod end) as base,
                array(select enumlabel::text from pg_enum where enumtypid = b.oid order by enumsortorder) as labels,
                a.attnotnull or t.typnotnull as not_null,
                a.atthasdef or a.attidentity <> '' as has_default,
                f.confrelid::regclass::text as refers_to,
                (select quote_ident(r.attname) from pg_attribute r where r.attrelid = f.confrelid
                 and r.attnum = f.confkey[array_position(f.conkey, a.attnum)]) as refers_to_column,
                array(select pg_get_constraintdef(k.oid) from pg_constraint k
                      where (k.contype = 'c' and k.conrelid = a.attrelid and a.attnum = any (k.conkey))
                         or k.contypid = t.oid and t.typtype = 'd') as checks
         from pg_attribute a
         join pg_type t on t.oid = a.atttypid
         join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
         left join lateral (select * from pg_constraint f where f.contype = 'f' and f.conrelid = a.attrelid
                            and a.attnum = any (f.conkey) order by f.oid limit 1) f on true
         where a.attrelid = any ($1::regclass[]) and a.attnum > 0 and not a.attisdropped
           and a.attgenerated = '' and a.attidentity <> 'a'
         order by a.attrelid, a.attnum",
    )
    .bind(tables)
    .fetch_all(connection)
    .await?;
    let mut columns: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for row in rows {
        columns.entry(row.table.clone()).or_default().push(row);
    }
    Ok(columns)
}

/// Inserts rows; returns how many, and why not more.
async fn rows(
    connection: &mut PgConnection,
    table: &str,
    columns: &[Column],
) -> sqlx::Result<(u64, String)> {
    let mut picker = ValuePicker::new(table);
    let mut made = 0;
    let mut reason = String::new();
    for row in 0..ROWS {
        let mut values: Vec<String> = columns
            .iter()
            .map(|column| picker.value(column, row, 0))
            .collect();
        for attempt in 1..=TRIES {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            let insert = if columns.is_empty() {
                format!("insert into {table} default values")
            } else {
                format!(
                    "insert into {table} ({}) values ({})",
                    names.join(", "),
                    values.join(", ")
                )
            };
            // Outside of a transaction, so that a refusal costs nothing but itself.
            let tried = sqlx::raw_sql(AssertSqlSafe(insert))
                .execute(&mut *connection)
                .await;
            let Err(error) = tried else {
                made += 1;
                break;
            };
            let Some(answer) = error
                .as_database_error()
                .and_then(|e| e.try_downcast_ref::<PgDatabaseError>())
            else {
                return Err(error);
            };
            reason = answer.message().to_owned();
            let about = about(connection, answer).await?;
            // A domain's refusal names the domain, and no column.
            let domain = answer.data_type().filter(|_| about.is_empty());
            let of_domain = |column: &Column| {
                domain.is_some_and(|domain| column.ty.rsplit('.').next() == Some(domain))
            };
            let named = !about.is_empty() || columns.iter().any(of_domain);
            for (column, value) in columns.iter().zip(&mut values) {
                if !named || about.contains(&column.name) || of_domain(column) {
                    *value = picker.value(column, row, attempt);
                }
            }
        }
    }
    Ok((made, reason))
}

/// Which columns a refusal is about; none if the server does not say.
async fn about(
    connection: &mut PgConnection,
    answer: &PgDatabaseError,
) -> sqlx::Result<Vec<String>> {
    if let Some(column) = answer.column() {
        return sqlx::query_scalar("select quote_ident($1)")
            .bind(column)
            .fetch_all(connection)
            .await;
    }
    let (Some(constraint), Some(table), Some(schema)) =
        (answer.constraint(), answer.table(), answer.schema())
    else {
        return Ok(Vec::new());
    };
    sqlx::query_scalar(
        "select quote_ident(a.attname) from pg_constraint k
         join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
         where k.conname = $1 and c.relname = $2 and n.nspname = $3",
    )
    .bind(constraint)
    .bind(table)
    .bind(schema)
    .fetch_all(connection)
    .await
}
