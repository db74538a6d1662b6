//! A project that adds teams when it has users and notes already.

use app::database::migrations;
use uuid::Uuid;

use crate::common::{config, empty_database};

/// The first migration of teams.
const FIRST: i64 = 100;

#[tokio::test]
async fn every_user_gets_a_team_with_the_notes_that_they_have() {
    let database = empty_database().await;
    let pool = database.pool();
    let migrations = migrations::main(&config(database.url(), &[])).unwrap();
    let earlier = migrations.through(FIRST - 1);
    earlier.apply(pool, |_| {}).await.unwrap();
    let fill = "INSERT INTO users (id, email, display_name, password_hash)
                SELECT gen_random_uuid(), 'user' || n || '@example.com', 'User ' || n, 'none'
                FROM generate_series(1, 300) AS n;
                INSERT INTO notes (id, user_id, title, body)
                SELECT gen_random_uuid(), users.id, email || ' ' || n, '' FROM users, generate_series(1, 5) AS n;";
    sqlx::raw_sql(fill).execute(pool).await.unwrap();

    migrations.apply(pool, |_| {}).await.unwrap();

    let wrong: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM notes JOIN users ON users.id = notes.team_id
         WHERE notes.title NOT LIKE users.email || ' %'",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(wrong, 0);
    let counts: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM notes JOIN teams ON teams.id = notes.team_id WHERE teams.user_id = teams.id),
                (SELECT count(*) FROM memberships WHERE team_id = user_id AND role = 'owner'),
                (SELECT count(*) FROM teams)",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(counts, (1500, 300, 300));
    // What belongs to nobody is refused from now on.
    let insert = "INSERT INTO notes (id, team_id, title, body) VALUES ($1, $1, 'x', '')";
    let refused = sqlx::query(insert).bind(Uuid::now_v7()).execute(pool).await;
    assert!(refused.is_err());
}
