//! Whether two databases look alike, asked of others than the generator: `pg_dump`, where there is
//! one that can read the server, and always the information schema.

use sqlx::AssertSqlSafe;
use stack_db::testing::TestDatabase;
use stack_migrate::diff::Step;
use stack_migrate::dump::Dumps;

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
    let dumps = Dumps::begin(mine, other).await.unwrap();
    if let Some(found) = dumps.difference() {
        assert_eq!(found, [""; 0], "pg_dump sees a difference after\n{said}");
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
        } else {
            line.to_owned()
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
