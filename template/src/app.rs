//! Starts the application from its settings ([`App::build`]) and serves requests ([`App::run_until_stopped`]).

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use prometheus_client::registry::Registry;
use stack_db::Db;
{%- if load %}
use stack_live::recording::Recorder;
{%- endif %}
use stack_mail::Outbox;
use stack_serve::dev::ControlChannel;
use stack_web::{
    StartError,
    metrics::{self, Metrics, Pools},
    sealed::Vault,
    server,
};
use tokio::net::TcpListener;

use crate::{
    config::Config,
    database,
    http::assets::ASSETS,
    pages::dev_mail,
    routes,
    services::{
        accounts::Accounts,
        limits::{self, Limits},
        mailed_links::MailedLinks,
        passwords::Passwords,
        security_log::SecurityLog,
    },
    state::{AppState, Shared},
};
{%- if files %}

use crate::services::files::Files;
{%- endif %}
{%- if oidc %}

use crate::services::oidc::Oidc;
{%- endif %}
{%- if pgvector %}

use crate::{
    database::vectors::VectorDb,
    services::{
        embedder::{self, Embedder},
        search::{self, Search},
    },
};
{%- endif %}

/// Name and version of the program, for the metric `build_info`.
const PROGRAM: [&str; 2] = [env!("APP_NAME"), env!("CARGO_PKG_VERSION")];

/// An application that is connected to its database and listens, but does not accept connections yet.
pub struct App {
    listener: TcpListener,
    metrics: Option<TcpListener>,
    router: Router,
    state: AppState,
    cargo_dev: Option<ControlChannel>,
}

impl App {
    /// Connects to the database and opens the socket.
    ///
    /// # Errors
    /// [`StartError`], whose message is shown to the user.
    pub async fn build(config: Config) -> Result<Self, StartError> {
        let state = connect(config).await?;
        let listener = server::listen(&state.config.address()).await?;
        if let Ok(address) = listener.local_addr() {
            // Only if `APP_URL` is not set, in development.
            let host = match address.ip().is_unspecified() {
                true => format!("localhost:{}", address.port()),
                false => address.to_string(),
            };
            let origin = format!("http://{host}");
            state.config.site_url.set_default(origin);
        }
        let metrics =
            metrics::listen(state.config.metrics_address, state.config.environment).await?;
        let mut router = routes::router(state.clone());
        let cargo_dev =
            server::cargo_dev(state.config.cargo_dev.as_deref(), state.config.environment).await?;
        if let Some(channel) = &cargo_dev {
            router = stack_serve::dev::around(router, channel, || ASSETS.urls());
        }
        Ok(Self {
            listener,
            metrics,
            router,
            state,
            cargo_dev,
        })
    }

    /// The address that the application listens on, with the actual port if `PORT` is 0.
    ///
    /// # Errors
    /// I/O errors of the socket.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The address that serves `/metrics`, if there is one.
    ///
    /// # Errors
    /// I/O errors of the socket.
    pub fn metrics_address(&self) -> io::Result<Option<SocketAddr>> {
        let listener = self.metrics.as_ref();
        listener.map(TcpListener::local_addr).transpose()
    }

    /// Serves until SIGTERM or Ctrl-C, see [`run_until`](Self::run_until).
    ///
    /// # Errors
    /// I/O errors of the socket, or of the signal handler.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        let stop = server::stop_signal()?;
        self.run_until(stop).await
    }

    /// Serves until `stop` is ready, then shuts down gracefully: accepts no more connections, and finishes the open
    /// requests within `SHUTDOWN_SECONDS`.
    ///
    /// # Errors
    /// I/O errors of the socket.
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
        let cleanup = state.clone();
        let cleanup = tokio::spawn(async move { cleanup.accounts.clean_up().await });
        let outbox = state.links.outbox.clone();
        let hub = state.live.hub().clone();
        let shown = !state.config.environment.is_production();
        let sent = move || drop(shown.then(|| hub.publish(dev_mail::TOPIC, &"sent")));
        let worker = outbox.clone();
        let mails = tokio::spawn(worker.run(state.db.clone(), state.links.clone(), sent));
        let limits = tokio::spawn(limits::clean_up(state.db.clone()));
{%- if files %}
        let files = tokio::spawn(state.files.clone().clean_up());
{%- endif %}
{%- if jobs %}
        let jobs = crate::jobs::start_unless_elsewhere(&state);
        let stop_jobs = jobs.clone();
{%- endif %}
        let (hub, pool) = (state.live.hub().clone(), state.db.pool().clone());
        let messages = tokio::spawn(stack_live::broadcast::connect(hub, pool));
{%- if pgvector %}
        let repair = tokio::spawn(search::repair_hourly(state.search.clone()));
{%- endif %}
        let live = state.live.clone();
        let (stopping, stopped) = tokio::sync::oneshot::channel();
        let channel = cargo_dev.clone();
        let stop = async move {
            tokio::select! {
                () = stop => {}
                () = server::dismissed(channel.as_ref()) => {}
            }
            tracing::info!("shutting down: finishing open requests");
            live.stop();
{%- if jobs %}
            stop_jobs.stop();
{%- endif %}
            if let Some(channel) = channel {
                channel.stop();
            }
            stopping.send(()).ok();
        };
        if let Some(channel) = &cargo_dev {
            // The socket listens already: a connection that arrives before the server runs waits in its queue.
            channel.ready().await;
        }
        let server = stack_serve::serve(listener, router, state.config.client_timeouts, stop);
        let deadline = async {
            if stopped.await.is_ok() {
                tokio::time::sleep(state.config.shutdown_timeout).await;
            }
        };
        let live = state.live.clone();
        let finished = async move {
            server.await;
            live.ended().await;
        };
        tokio::select! {
            () = finished => {}
            () = deadline => tracing::warn!("closed requests that were still open after `SHUTDOWN_SECONDS`"),
        }
{%- if jobs %}
        tokio::time::timeout(state.config.shutdown_timeout, jobs.ended())
            .await
            .ok();
{%- endif %}
        // A mail that is being sent now would be sent again.
        outbox.stop();
        tokio::time::timeout(state.config.shutdown_timeout, mails)
            .await
            .ok();
        cleanup.abort();
        limits.abort();
{%- if files %}
        files.abort();
{%- endif %}
        messages.abort();
        metrics.abort();
{%- if pgvector %}
        repair.abort();
{%- endif %}
        // Requests that still hold a connection were closed above, so there is no reason to wait for them.
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

/// Connects to every database, for commands that do not serve.
///
/// # Errors
/// [`StartError`], whose message is shown to the user.
pub async fn connect(config: Config) -> Result<AppState, StartError> {
    let db = database::open(&config).await?;
{%- if pgvector %}
    let vectors = database::vectors::open(&config).await?;
    let embedder = embedder::create(config.embedder);
    state_with_vectors(config, db, vectors, embedder)
{%- else %}
    state(config, db)
{%- endif %}
}

/// The shared state, for a database that is already connected.
///
/// # Errors
/// [`StartError`], whose message is shown to the user.
pub fn state(config: Config, db: Db) -> Result<AppState, StartError> {
{%- if pgvector %}
    let embedder = embedder::create(config.embedder);
    state_with_vectors(config, db, None, embedder)
}

/// [`state`] with a vector database and an embedder.
///
/// # Errors
/// See [`state`].
pub fn state_with_vectors(
    config: Config,
    db: Db,
    vectors: Option<VectorDb>,
    embedder: Arc<dyn Embedder>,
) -> Result<AppState, StartError> {
{%- endif %}
    let passwords = Passwords::new(config.password_cost)
        .map_err(|error| StartError(format!("cannot hash passwords: {error}")))?;
{%- if breached_passwords %}
    let passwords = passwords.with_breached(&config)?;
{%- endif %}
    let limits = Arc::new(Limits::new(db.clone(), config.limit_factor));
    let vault = Arc::new(Vault::new(&config.encryption_keys));
    let outbox = Outbox::new(vault.clone(), config.mail.clone());
    if !outbox.is_on() {
        tracing::warn!(
            "no mails are sent, because `MAIL_URL` is `none`: addresses are not confirmed, and passwords cannot be reset"
        );
    }
    let links = MailedLinks {
        db: db.clone(),
        outbox,
        passwords: passwords.clone(),
        site: config.site_url.clone(),
    };
{%- if oidc %}
    let oidc = config.oidc.clone().map(|settings| {
        let (db, site) = (db.clone(), config.site_url.clone());
        Oidc::new(db, site, settings)
    });
    let oidc = oidc.transpose().map_err(|error| {
        StartError(format!(
            "cannot connect to the provider to log in with: {error}"
        ))
    })?;
{%- endif %}
{%- if files %}
    let files = Files::new(db.clone(), &config)?;
{%- endif %}
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
    let search = Search::new(db.clone(), vectors, embedder);
{%- else %}
    let pools = Pools(vec![("main", db.pool().clone())]);
{%- endif %}
    // Register your own metrics in the registry before, and add them to `AppState`.
    let metrics = Metrics::new(Registry::default(), PROGRAM, pools);
    let live = routes::live(&config, metrics.clone());
    let security_log = SecurityLog::new(db.clone(), config.security_log_lifetime);
    let accounts = Accounts {
        db: db.clone(),
        passwords,
        limits: limits.clone(),
{%- if phone or totp %}
        vault: vault.clone(),
{%- endif %}
        links: links.clone(),
        session_lifetime: config.session_lifetime,
        session_idle: config.session_idle,
        security_log: security_log.clone(),
        live: live.clone(),
    };
    Ok(AppState::from(Shared {
        config,
        db,
        accounts,
        limits,
        links,
{%- if oidc %}
        oidc,
{%- endif %}
{%- if files %}
        files,
{%- endif %}
        security_log,
{%- if phone or totp %}
        vault,
{%- endif %}
        live,
        metrics,
{%- if load %}
        recorder,
{%- endif %}
{%- if pgvector %}
        search,
{%- endif %}
    }))
}
