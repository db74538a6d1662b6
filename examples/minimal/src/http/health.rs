//! `/healthz` and `/readyz`: for whoever watches over this process.

use std::time::Duration;

use axum::extract::State;

use crate::{
    app::AppState,
    error::{Error, Result},
};

/// This process answers. Restart it if it does not.
pub async fn alive() -> &'static str {
    "ok"
}

/// The database answers within two seconds. Send no requests here if it does not.
pub async fn ready(State(state): State<AppState>) -> Result<&'static str> {
    let ping = tokio::time::timeout(Duration::from_secs(2), state.db.ping());
    match ping.await {
        Ok(Ok(())) => Ok("ready"),
        Ok(Err(error)) => Err(Error::Unavailable(Box::new(error))),
        Err(elapsed) => Err(Error::Unavailable(Box::new(elapsed))),
    }
}
