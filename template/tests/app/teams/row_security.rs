//! Row-level security: statements without a condition, which the server keeps to the rows of a team.

use std::str::FromStr;

use app::{
    models::{Owner, Scope},
    repositories::row_security::RowSecurity,
};
use sqlx::{
    PgExecutor, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::common::{TestApp, database, migrated_database};

/// An application with two teams, each with a note that is called like it.
async fn two_teams() -> (TestApp, [Scope; 2]) {
    let app = TestApp::new().await;
    let ada = app.user("ada").await;
    let mut scopes = Vec::new();
    for name in ["Engine", "Loom"] {
        let team = app.team(&ada, name).await;
        let scope = app.scope(team, &ada).await;
        app.team_note(scope, name).await;
        scopes.push(scope);
    }
    (app, scopes.try_into().unwrap())
}

/// The titles of all notes that a statement sees there.
async fn titles(db: impl PgExecutor<'_>) -> Vec<String> {
    let found = sqlx::query_scalar("SELECT title FROM notes ORDER BY title");
    found.fetch_all(db).await.unwrap()
}

/// A pool of one connection, so that a statement gets the connection of the one before.
async fn one_connection(options: PgConnectOptions) -> PgPool {
    let pool = PgPoolOptions::new().max_connections(1);
    pool.connect_with(options).await.unwrap()
}

/// The process, the role and the team of a connection.
async fn state(pool: &PgPool) -> (i32, String, String) {
    let state = sqlx::query_as(
        "SELECT pg_backend_pid(), current_user::text, coalesce(current_setting('app.team_id', true), '')",
    );
    state.fetch_one(pool).await.unwrap()
}

async fn is_refused(db: impl PgExecutor<'_>, sql: &'static str, team: Owner) {
    let refused = sqlx::query(sql).bind(team).execute(db).await.unwrap_err();
    let code = refused.as_database_error().unwrap().code();
    assert_eq!(code.as_deref(), Some("42501"), "{sql}: {refused}");
}

/// Writes into the team of the parameter.
const INTO_TEAM: [&str; 2] = [
    "INSERT INTO notes (id, team_id, title, body) VALUES (gen_random_uuid(), $1, 'x', '')",
    "UPDATE notes SET team_id = $1",
];

#[tokio::test]
async fn a_statement_without_a_condition_sees_and_writes_the_rows_of_its_team_alone() {
    let (app, [engine, loom]) = two_teams().await;
    let pool = one_connection((*app.database.pool().connect_options()).clone()).await;
    let before = state(&pool).await;
    assert_eq!(titles(pool.of_team(engine.owner())).await, ["Engine"]);
    assert_eq!(titles(pool.of_team(loom.owner())).await, ["Loom"]);
    assert_eq!(titles(pool.of_all_teams()).await, ["Engine", "Loom"]);

    for sql in INTO_TEAM {
        is_refused(pool.of_team(engine.owner()), sql, loom.owner()).await;
    }
    for sql in ["UPDATE notes SET body = 'x'", "DELETE FROM notes"] {
        let done = sqlx::query(sql).execute(pool.of_team(engine.owner())).await;
        assert_eq!(done.unwrap().rows_affected(), 1, "{sql}");
    }
    assert_eq!(titles(pool.of_all_teams()).await, ["Loom"]);
    // What was set for a statement ends with it, also with one that failed.
    assert_eq!(state(&pool).await, before);
}

#[tokio::test]
async fn without_a_team_nothing_is_seen() {
    let (app, _) = two_teams().await;
    let mut tx = app.database.pool().begin().await.unwrap();
    let role = sqlx::query("SET LOCAL ROLE pg_database_owner");
    role.execute(&mut *tx).await.unwrap();
    assert!(titles(&mut *tx).await.is_empty());
    let written = sqlx::query("UPDATE notes SET body = 'x'").execute(&mut *tx);
    assert_eq!(written.await.unwrap().rows_affected(), 0);
}

#[tokio::test]
async fn a_statement_in_a_transaction_leaves_the_next_one_as_it_was() {
    let (app, [engine, _]) = two_teams().await;
    let mut tx = app.database.pool().begin().await.unwrap();
    assert_eq!(titles(tx.of_team(engine.owner())).await, ["Engine"]);
    assert_eq!(titles(&mut *tx).await, ["Engine", "Loom"]);
    let deleted = sqlx::query("DELETE FROM notes").execute(tx.of_team(engine.owner()));
    assert_eq!(deleted.await.unwrap().rows_affected(), 1);
    tx.rollback().await.unwrap();
    assert_eq!(titles(app.database.pool()).await, ["Engine", "Loom"]);
}

#[tokio::test]
async fn a_role_that_owns_no_table_sees_nothing_unless_a_statement_says_of_which_team() {
    let (app, [engine, loom]) = two_teams().await;
    let options = PgConnectOptions::from_str(app.database.url()).unwrap();
    let role = format!("{}_server", options.get_database().unwrap());
    let run = async |sql: String| {
        let statement = sqlx::raw_sql(sqlx::AssertSqlSafe(sql));
        statement.execute(app.database.pool()).await.unwrap();
    };
    run(format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'secret'; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    ))
    .await;
    let pool = one_connection(options.username(&role).password("secret")).await;

    assert!(titles(&pool).await.is_empty());
    assert_eq!(titles(pool.of_team(loom.owner())).await, ["Loom"]);
    assert_eq!(titles(pool.of_all_teams()).await, ["Engine", "Loom"]);
    for sql in INTO_TEAM {
        is_refused(pool.of_team(engine.owner()), sql, loom.owner()).await;
    }
    assert_eq!(state(&pool).await.1, role);
    pool.close().await;
    run(format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

#[tokio::test]
async fn a_statement_that_nobody_waits_for_any_more_takes_its_connection_with_it() {
    let (app, [engine, _]) = two_teams().await;
    let pool = one_connection((*app.database.pool().connect_options()).clone()).await;
    let (process, role, _) = state(&pool).await;
    let sleep = {
        let pool = pool.clone();
        let sleep = async move {
            let sleep = sqlx::query("SELECT pg_sleep(600)");
            sleep.execute(pool.of_team(engine.owner())).await
        };
        tokio::spawn(sleep)
    };
    let sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    while app.value::<i64>(sleeping).await == 0 {
        tokio::task::yield_now().await;
    }
    sleep.abort();
    assert!(sleep.await.unwrap_err().is_cancelled());
    let after = state(&pool).await;
    assert_ne!(after.0, process);
    assert_eq!((after.1, after.2), (role, String::new()));
    let end = sqlx::query("SELECT pg_terminate_backend($1)").bind(process);
    end.execute(app.database.pool()).await.unwrap();
}

#[tokio::test]
async fn migrations_make_the_same_policies_and_grants_as_the_schema() {
    let (migrated, filled) = (migrated_database().await, database().await);
    let mut all = Vec::new();
    for database in [&migrated, &filled] {
        let policies: Vec<String> = sqlx::query_scalar(
            "SELECT concat_ws(' ', c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relacl, p.polname, p.polpermissive,
                              p.polcmd, p.polroles, pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid))
             FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
             WHERE c.relrowsecurity OR c.relacl::text LIKE '%pg_database_owner=%' ORDER BY 1",
        )
        .fetch_all(database.pool())
        .await
        .unwrap();
        all.push(policies);
    }
    assert!(all[0].iter().any(|policy| policy.starts_with("notes t ")));
    assert_eq!(all[0], all[1]);
}
