//! `work`: does jobs, and serves nothing.

use std::{error::Error, time::Duration};

use stack_web::server;

use crate::{app, config::Config, jobs};

pub(super) async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    let state = app::connect(config).await?;
    let stop = server::stop_signal()?;
    let worker = jobs::start(&state);
    tracing::info!("waiting for jobs");
    stop.await;
    tracing::info!("shutting down: finishing jobs");
    worker.stop();
    // A database that does not answer keeps nobody waiting.
    let limit = state.config.shutdown_timeout + Duration::from_secs(5);
    tokio::time::timeout(limit, worker.ended()).await.ok();
    tokio::time::timeout(Duration::from_secs(1), state.db.close())
        .await
        .ok();
    tracing::info!("stopped");
    Ok(())
}
