//! Whether two databases look alike, asked of others than the generator: `pg_dump`, where there is
//! one that can read the server, and always the information schema.

use std::path::PathBuf;
use std::process::Stdio;

use sqlx::AssertSqlSafe;
use stack_db::testing::TestDatabase;
use stack_migrate::diff::Step;

use crate::bench::connect;

pub(crate) async fn alike(mine: &TestDatabase, other: &TestDatabase, steps: &[Step]) {
    let said: Vec<&str> = steps.iter().map(|step| step.sql.as_str()).collect();
    let said = said.join(";\n");
    let (left, right) = (information(mine).await, information(other).await);
    let one: Vec<&String> = left.iter().filter(|row| !right.contains(row)).collect();
    let two: Vec<&String> = right.iter().filter(|row| !left.contains(row)).collect();
    assert_eq!(
        one, two,
        "the information schema sees a difference after\n{said}"
    );
    if let (Some(left), Some(right)) = (dump(mine).await, dump(other).await) {
        let one: Vec<&String> = left.iter().filter(|part| !right.contains(part)).collect();
        let two: Vec<&String> = right.iter().filter(|part| !left.contains(part)).collect();
        assert_eq!(one, two, "pg_dump sees a difference after\n{said}");
    }
}

/// What the SQL standard's own views tell. Column order is left out: what came later stands last.
const VIEWS: &[(&str, &str)] = &[
    ("table_schema", "table_name, table_type, is_insertable_into from information_schema.tables"),
    (
        "table_schema",
        "table_name, column_name, column_default, is_nullable, data_type, character_maximum_length,
         numeric_precision, numeric_scale, datetime_precision, udt_schema, udt_name, domain_name,
         collation_name, is_identity, identity_generation, identity_start, identity_increment,
         identity_maximum, identity_minimum, identity_cycle, is_generated, generation_expression
         from information_schema.columns",
    ),
    (
        "constraint_schema",
        "constraint_name, table_name, constraint_type, is_deferrable, initially_deferred
         from information_schema.table_constraints",
    ),
    // What an inherited table has checked depends on when it came; of others, `pg_dump` tells.
    (
        "constraint_schema",
        "constraint_name, replace(check_clause, ' NOT VALID', '') as says from information_schema.check_constraints",
    ),
    (
        "constraint_schema",
        "constraint_name, unique_constraint_name, match_option, update_rule, delete_rule
         from information_schema.referential_constraints",
    ),
    (
        "constraint_schema",
        "constraint_name, table_name, column_name, ordinal_position from information_schema.key_column_usage",
    ),
    ("table_schema", "table_name, view_definition, check_option from information_schema.views"),
    (
        "routine_schema",
        "routine_name, routine_type, data_type, routine_definition, external_language, is_deterministic,
         security_type from information_schema.routines",
    ),
    (
        "trigger_schema",
        "trigger_name, event_manipulation, event_object_table, action_statement, action_condition,
         action_orientation, action_timing from information_schema.triggers",
    ),
    (
        "sequence_schema",
        "sequence_name, data_type, start_value, minimum_value, maximum_value, increment, cycle_option
         from information_schema.sequences",
    ),
    ("domain_schema", "domain_name, data_type, domain_default from information_schema.domains"),
    ("udt_schema", "udt_name, attribute_name, data_type, attribute_udt_name from information_schema.attributes"),
    (
        "table_schema",
        "grantee, table_name, privilege_type, is_grantable from information_schema.role_table_grants",
    ),
    ("schema_name", "catalog_name from information_schema.schemata"),
    ("schemaname", "tablename, indexname, indexdef from pg_indexes"),
    ("schemaname", "tablename, policyname, permissive, roles, cmd, qual, with_check from pg_policies"),
    ("schemaname", "matviewname, definition, ispopulated from pg_matviews"),
    ("statistics_schemaname", "statistics_name, array(select unnest(attnames) order by 1)::text as names, kinds::text from pg_stats_ext"),
];

/// Names that the server makes up, of numbers that differ, or of what else is compared already.
const MADE_UP: &str = "'\"constraint_name\": \"([0-9]+_[0-9]+_|[^\"]*_not_null\")'";

async fn information(database: &TestDatabase) -> Vec<String> {
    let mut connection = connect(database).await;
    let mut all = Vec::new();
    for (schema, view) in VIEWS {
        // `catalog_name` is the database's, which differs.
        let query = format!(
            "select v from (select (to_jsonb(v) - 'catalog_name')::text as v from
                            (select {schema}, {view} where {schema} !~ '^(pg_|information_schema)') v) v
             where v !~ {MADE_UP} order by 1"
        );
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        all.extend(rows.iter().map(|row| plain(row)));
    }
    all
}

/// A list of values is told in another way after it was read again: `(ARRAY['a'::varchar])::text[]` as
/// `ARRAY[('a'::varchar)::text]`. A line with one is compared without its casts.
fn plain(text: &str) -> String {
    let line = |line: &str| {
        if line.contains("ARRAY[") {
            let casts = [
                "(",
                ")",
                "::text[]",
                "::text",
                "::character varying",
                "::bpchar",
            ];
            casts
                .iter()
                .fold(line.to_owned(), |line, cast| line.replace(cast, ""))
        } else if let Some((before, columns, table)) = statistics(line) {
            let mut columns: Vec<&str> = columns.split(", ").collect();
            columns.sort_unstable();
            format!("{before} {columns:?} {table}")
        } else {
            line.to_owned()
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// `CREATE STATISTICS … ON … FROM …`, whose columns stand in the order of the table's.
fn statistics(line: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = line
        .strip_prefix("CREATE STATISTICS ")?
        .split_once(" ON ")?;
    let (columns, table) = rest.split_once(" FROM ")?;
    Some((before, columns, table))
}

/// The whole schema as `pg_dump` writes it, each statement on its own, sorted, columns too.
async fn dump(database: &TestDatabase) -> Option<Vec<String>> {
    let program = program(database).await?;
    let output = tokio::process::Command::new(program)
        .args(["--schema-only", "--no-owner", "--dbname", database.url()])
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let mut statements: Vec<String> = text
        .split(";\n")
        .map(|statement| {
            let lines = statement.lines().filter(|line| {
                !line.starts_with("--") && !line.starts_with('\\') && !line.trim().is_empty()
            });
            let mut lines: Vec<&str> = lines.map(|line| line.trim_end_matches(',')).collect();
            if statement.contains("CREATE TABLE") || statement.contains("CREATE UNLOGGED TABLE") {
                lines.sort_unstable();
            }
            plain(&lines.join("\n"))
        })
        .collect();
    statements.sort();
    Some(statements)
}

/// A `pg_dump` of the server's version or a later one.
async fn program(database: &TestDatabase) -> Option<PathBuf> {
    let mut connection = connect(database).await;
    let (folder, version): (Option<String>, i32) = sqlx::query_as(
        "select (select setting from pg_config where name = 'BINDIR'),
                current_setting('server_version_num')::int / 10000",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    let beside = folder.map(|folder| PathBuf::from(folder).join("pg_dump"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("pg_dump"));
    for program in beside
        .into_iter()
        .chain(on_path)
        .filter(|program| program.is_file())
    {
        let output = tokio::process::Command::new(&program)
            .arg("--version")
            .output()
            .await
            .ok()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let major = text
            .split_whitespace()
            .find_map(|word| word.split('.').next()?.parse::<i32>().ok());
        if major.is_some_and(|major| major >= version) {
            return Some(program);
        }
    }
    None
}
