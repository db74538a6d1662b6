//! From settings to an application that serves: [`App::build`], then [`App::run_until_stopped`].

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use prometheus_client::registry::Registry;
use stack_db::Db;
use stack_serve::dev::ControlChannel;
use stack_web::{
    StartError,
    attempts::Attempts,
    metrics::{self, Metrics, Pools},
    sealed::Vault,
    server,
};
use tokio::net::TcpListener;

use crate::{
    config::Config,
    database,
    http::assets::ASSETS,
    routes,
    services::{
        accounts::{self, Accounts},
        passwords::Passwords,
    },
    state::{AppState, Shared},
};

/// What runs, as `build_info` of the metrics says it: its name and version.
const PROGRAM: [&str; 2] = [env!("APP_NAME"), env!("CARGO_PKG_VERSION")];

/// An application that is connected to its database and listens, but does not answer yet.
pub struct App {
    listener: TcpListener,
    metrics: Option<TcpListener>,
    router: Router,
    state: AppState,
    cargo_dev: Option<ControlChannel>,
}

impl App {
    /// Connects to the database and starts to listen.
    ///
    /// # Errors
    /// With a text for the person who started the application.
    pub async fn build(config: Config) -> Result<Self, StartError> {
        let state = connect(config).await?;
        let listener = server::listen(&state.config.address()).await?;
        let metrics =
            metrics::listen(state.config.metrics_address, state.config.environment).await?;
        let mut router = routes::router(state.clone());
        let cargo_dev =
            server::cargo_dev(state.config.cargo_dev.as_deref(), state.config.environment).await?;
        if let Some(link) = &cargo_dev {
            router = stack_serve::dev::around(router, link, || ASSETS.urls());
        }
        Ok(Self {
            listener,
            metrics,
            router,
            state,
            cargo_dev,
        })
    }

    /// Where the application listens: the way to know the port if `PORT` was 0.
    ///
    /// # Errors
    /// The operating system's.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Where metrics can be read, if anywhere.
    ///
    /// # Errors
    /// The operating system's.
    pub fn metrics_address(&self) -> io::Result<Option<SocketAddr>> {
        let listener = self.metrics.as_ref();
        listener.map(TcpListener::local_addr).transpose()
    }

    /// Serves until SIGTERM or Ctrl-C, see [`run_until`](Self::run_until).
    ///
    /// # Errors
    /// The operating system's.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        let stop = server::stop_signal()?;
        self.run_until(stop).await
    }

    /// Serves until `stop` is ready. Then no connection is accepted any more, and requests that have begun are
    /// finished, for as long as `SHUTDOWN_SECONDS` says.
    ///
    /// # Errors
    /// The operating system's.
    pub async fn run_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let Self {
            listener,
            metrics,
            router,
            state,
            cargo_dev,
        } = self;
        tracing::info!("listening on http://{}", listener.local_addr()?);
        let address = state.config.metrics_address;
        let metrics = tokio::spawn(metrics::serve(metrics, address, state.metrics.clone()));
        let sweep = tokio::spawn(accounts::sweep_sessions(state.db.clone()));
        let (hub, pool) = (state.live.hub().clone(), state.db.pool().clone());
        let messages = tokio::spawn(stack_live::broadcast::connect(hub, pool));
        let live = state.live.clone();
        let (stopping, stopped) = tokio::sync::oneshot::channel();
        let link = cargo_dev.clone();
        let stop = async move {
            tokio::select! {
                () = stop => {}
                () = server::dismissed(link.as_ref()) => {}
            }
            tracing::info!("stopping: requests that have begun are finished");
            live.stop();
            if let Some(link) = link {
                link.stop();
            }
            stopping.send(()).ok();
        };
        if let Some(link) = &cargo_dev {
            // The socket listens already: who connects before the first turn of the server waits for it.
            link.ready().await;
        }
        let server = stack_serve::serve(listener, router, stop);
        let deadline = async {
            if stopped.await.is_ok() {
                tokio::time::sleep(state.config.shutdown_timeout).await;
            }
        };
        tokio::select! {
            () = server => {}
            () = deadline => tracing::warn!("some requests took too long and were cut off"),
        }
        sweep.abort();
        messages.abort();
        metrics.abort();
        // Not longer than a moment: whoever still holds a connection was cut off already.
        tokio::time::timeout(Duration::from_secs(1), state.db.close())
            .await
            .ok();
        tracing::info!("stopped");
        Ok(())
    }
}

/// Connects to every database: what a command needs that does not serve.
///
/// # Errors
/// With a text for the person who started the application.
pub async fn connect(config: Config) -> Result<AppState, StartError> {
    let db = database::open(&config).await?;
    state(config, db)
}

/// What handlers share, with databases that are connected already.
///
/// # Errors
/// With a text for the person who started the application.
pub fn state(config: Config, db: Db) -> Result<AppState, StartError> {
    let passwords = Passwords::new(config.password_cost)
        .map_err(|error| StartError(format!("cannot hash passwords: {error}")))?;
    let vault = Arc::new(Vault::new(&config.encryption_keys));
    let accounts = Accounts {
        db: db.clone(),
        passwords,
        attempts: Attempts::default(),
        vault: vault.clone(),
        session_lifetime: config.session_lifetime,
    };
    let pools = Pools(vec![("main", db.pool().clone())]);
    // Numbers of your own are registered in a registry first, and kept beside `metrics`.
    let metrics = Metrics::new(Registry::default(), PROGRAM, pools);
    let live = routes::live(&config, metrics.clone());
    Ok(AppState::from(Shared {
        config,
        db,
        accounts,
        vault,
        live,
        metrics,
    }))
}
