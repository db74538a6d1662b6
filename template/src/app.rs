//! From settings to an application that serves: [`App::build`], then [`App::run_until_stopped`].

use std::{io, net::SocketAddr, ops::Deref, sync::Arc, time::Duration};

use axum::{Router, extract::FromRef};
use prometheus_client::registry::Registry;
use sqlx::PgPool;
use stack_db::Db;
use stack_live::Live;
{%- if load %}
use stack_live::recording::Recorder;
{%- endif %}
use stack_serve::dev::ControlChannel;
use stack_web::{
    StartError,
    attempts::Attempts,
    client_ip::TrustedProxies,
    cookies::CookieSettings,
    metrics::{self, Metrics, Pools},
    sealed::Vault,
    server,
};
use tokio::net::TcpListener;

use crate::{
    config::Config,
    database,
    http::assets::ASSETS,
    models::Email,
    routes,
    services::{accounts, passwords::Passwords},
};
{%- if pgvector %}

use crate::{
    database::vectors::VectorDb,
    error::Error,
    services::{
        embedder::{self, Embedder},
        search::{self, Search},
    },
};
{%- endif %}

/// What runs, as `build_info` of the metrics says it: its name and version.
const PROGRAM: [&str; 2] = [env!("APP_NAME"), env!("CARGO_PKG_VERSION")];

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// The content of [`AppState`].
pub struct Shared {
    /// The settings.
    pub config: Config,
    /// Users, sessions and notes.
    pub db: Db,
    /// Makes and checks hashes of passwords.
    pub passwords: Passwords,
    /// Seals and opens what is encrypted in the database.
    pub vault: Vault,
    /// Slows down whoever guesses them.
    pub attempts: Attempts<Email>,
    /// The live pages.
    pub live: Live,
    /// What is counted.
    pub metrics: Metrics,
{%- if load %}
    /// Writes down what goes over the wire, if the settings ask for it.
    pub recorder: Option<Recorder>,
{%- endif %}
{%- if pgvector %}
    vectors: Option<VectorDb>,
    /// Finds notes by what they say.
    pub search: Search,
{%- endif %}
}

impl AppState {
    /// Connects to every database: what a command needs that does not serve.
    ///
    /// # Errors
    /// With a text for the person who started the application.
    pub async fn connect(config: Config) -> Result<Self, StartError> {
        let db = database::open(&config).await?;
{%- if pgvector %}
        let vectors = database::vectors::open(&config).await?;
        let embedder = embedder::of(config.embedder);
        Self::with_vectors(config, db, vectors, embedder)
{%- else %}
        Self::new(config, db)
{%- endif %}
    }

    /// With databases that are connected already.
    ///
    /// # Errors
    /// With a text for the person who started the application.
    pub fn new(config: Config, db: Db) -> Result<Self, StartError> {
{%- if pgvector %}
        let embedder = embedder::of(config.embedder);
        Self::with_vectors(config, db, None, embedder)
    }

    /// [`AppState::new`] with a vector database, and what makes the vectors.
    ///
    /// # Errors
    /// As there.
    pub fn with_vectors(
        config: Config,
        db: Db,
        vectors: Option<VectorDb>,
        embedder: Arc<dyn Embedder>,
    ) -> Result<Self, StartError> {
{%- endif %}
        let passwords = Passwords::new(config.password_cost)
            .map_err(|error| StartError(format!("cannot hash passwords: {error}")))?;
        let vault = Vault::new(&config.encryption_keys);
        let attempts = Attempts::default();
{%- if load %}
        let recorder = config
            .record
            .as_deref()
            .map(Recorder::open)
            .transpose()
            .map_err(|error| StartError(error.to_string()))?;
{%- endif %}
{%- if pgvector %}
        let vector_pool = vectors
            .as_ref()
            .map(|vectors| ("vectors", vectors.pool().clone()));
        let pools = [("main", db.pool().clone())].into_iter().chain(vector_pool);
        let pools = Pools(pools.collect());
{%- else %}
        let pools = Pools(vec![("main", db.pool().clone())]);
{%- endif %}
        // Numbers of your own are registered in a registry first, and kept beside `metrics`.
        let metrics = Metrics::new(Registry::default(), PROGRAM, pools);
        let live = routes::live(&config, metrics.clone());
        Ok(Self(Arc::new(Shared {
            config,
            db,
            passwords,
            vault,
            attempts,
            live,
            metrics,
{%- if load %}
            recorder,
{%- endif %}
{%- if pgvector %}
            vectors,
            search: Search::new(embedder),
{%- endif %}
        })))
    }
{%- if pgvector %}

    /// The vector database.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if there is none, see [`database::vectors::open`].
    pub fn vectors(&self) -> Result<&VectorDb, Error> {
        let none = "there is no vector database: `VECTOR_DATABASE_URL` is not set";
        self.vectors
            .as_ref()
            .ok_or_else(|| Error::Unavailable(none.into()))
    }
{%- endif %}
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<AppState> for CookieSettings {
    fn from_ref(state: &AppState) -> Self {
        Self {
            project: env!("APP_NAME"),
            https: state.config.environment.is_production(),
        }
    }
}

impl FromRef<AppState> for TrustedProxies {
    fn from_ref(state: &AppState) -> Self {
        Self(state.config.trusted_proxies)
    }
}

impl FromRef<AppState> for PgPool {
    fn from_ref(state: &AppState) -> Self {
        state.db.pool().clone()
    }
}

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
        let state = AppState::connect(config).await?;
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
        let sweep = tokio::spawn(accounts::sweep_sessions(state.clone()));
        let (hub, pool) = (state.live.hub().clone(), state.db.pool().clone());
        let messages = tokio::spawn(stack_live::broadcast::connect(hub, pool));
{%- if pgvector %}
        let repair = tokio::spawn(search::keep_repaired(state.clone()));
{%- endif %}
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
{%- if pgvector %}
        repair.abort();
{%- endif %}
        // Not longer than a moment: whoever still holds a connection was cut off already.
        tokio::time::timeout(Duration::from_secs(1), state.db.close())
            .await
            .ok();
{%- if load %}
        if let Some(recorder) = &state.recorder {
            recorder.flush();
        }
{%- endif %}
        tracing::info!("stopped");
        Ok(())
    }
}
