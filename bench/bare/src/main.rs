//! One JSON endpoint with one indexed query, and nothing around it: what a generated project is measured against.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

#[derive(Serialize, sqlx::FromRow)]
struct User {
    id: Uuid,
    display_name: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: time::OffsetDateTime,
}

async fn user(State(pool): State<PgPool>, Path(id): Path<Uuid>) -> Result<Json<User>, StatusCode> {
    sqlx::query_as("SELECT id, display_name, created_at FROM users WHERE id = $1")
        .bind(id)
        .fetch_optional(&pool)
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?
        .map(Json)
        .ok_or(StatusCode::NOT_FOUND)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // sqlx asks each connection for a sign of life before it hands it out; the generated project does so only for one
    // that was idle. `TEST_BEFORE_ACQUIRE=false` takes that difference away.
    let tested = std::env::var("TEST_BEFORE_ACQUIRE").as_deref() != Ok("false");
    let pool = PgPoolOptions::new()
        .max_connections(10)
        .test_before_acquire(tested)
        .connect(&std::env::var("DATABASE_URL")?)
        .await?;
    let router = Router::new()
        .route("/api/users/{id}", get(user))
        .with_state(pool);
    let listener = tokio::net::TcpListener::bind(std::env::var("ADDRESS")?).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
