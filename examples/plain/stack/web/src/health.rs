//! `/healthz` and `/readyz`: for whoever watches over this process.

use std::time::Duration;

use axum::{extract::State, http::StatusCode};
use sqlx::PgPool;

use crate::problem::Problem;

/// How long the database may take to answer.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(2);

/// This process answers. Restart it if it does not.
pub async fn alive() -> &'static str {
    "ok"
}

/// The database answers within two seconds. Send no requests here if it does not.
///
/// # Errors
/// 503.
pub async fn ready(State(pool): State<PgPool>) -> Result<&'static str, Problem> {
    let ping = sqlx::query("select 1").execute(&pool);
    let why = match tokio::time::timeout(DATABASE_TIMEOUT, ping).await {
        Ok(Ok(_)) => return Ok("ready"),
        Ok(Err(error)) => error.to_string(),
        Err(elapsed) => elapsed.to_string(),
    };
    tracing::warn!(error = why, "the database does not answer");
    Err(Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "the service is not available right now",
    ))
}
