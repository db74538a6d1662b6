//! The project's own database server, which the application needs as long as it runs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::PgListener;
use stack_db::embedded::{self, Server};
use tokio::time::sleep;

use crate::project::Project;
use crate::ui;

/// How often a server that ends is looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// How often a server that was stopped is looked for.
const LONG_PAUSE: Duration = Duration::from_secs(2);

/// Starts the project's own server again when it is gone: killed, or crashed. Not where the databases are elsewhere.
pub(super) async fn keep_running(project: &Project) {
    if project.setting("DATABASE_URL").is_none() {
        let data_dir = project.data_dir();
        let first = connect(&data_dir).await;
        tokio::spawn(watch(data_dir, first));
    }
}

async fn watch(data_dir: PathBuf, mut server: Option<(Server, PgListener)>) {
    loop {
        match &mut server {
            Some((server, connection)) => {
                // Nothing happens on it until the server's end.
                while let Ok(Some(_)) = connection.try_recv().await {}
                match end_of(server).await {
                    Some(true) => {
                        ui::warning("the database server was stopped\nhint: cargo dev db start");
                    }
                    Some(false) => start_again(&data_dir).await,
                    None => ui::warning("the database server has restarted itself"),
                }
            }
            None => sleep(LONG_PAUSE).await,
        }
        server = connect(&data_dir).await;
    }
}

/// The server, and a connection to it; none if it does not run.
async fn connect(data_dir: &Path) -> Option<(Server, PgListener)> {
    let server = embedded::running(data_dir).await.ok()??;
    let connection = PgListener::connect(&server.url("postgres")).await.ok()?;
    Some((server, connection))
}

/// Whether a server that has closed a connection was stopped, as `cargo dev db stop` does; none if it runs.
async fn end_of(server: &Server) -> Option<bool> {
    loop {
        let end = server.was_stopped();
        if end.is_some() || PgListener::connect(&server.url("postgres")).await.is_ok() {
            return end;
        }
        sleep(PAUSE).await;
    }
}

async fn start_again(data_dir: &Path) {
    ui::warning("the database server is gone; it is started again");
    match embedded::start(data_dir, ui::say).await {
        Ok(_) => ui::say("the database server runs again"),
        Err(error) => {
            ui::error(&error.into());
            sleep(LONG_PAUSE).await;
        }
    }
}
