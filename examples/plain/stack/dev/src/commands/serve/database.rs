//! The database servers, which the application needs as long as it runs. The project's own is started again when it is gone. When
//! any is gone, or back, that is said immediately: the application notices it only with the next query, and waits first.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};
use stack_db::embedded;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::databases::DATABASES;
use crate::project::Project;
use crate::ui;

/// How often a server that ends is looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// How often a server that is gone is looked for.
const LONG_PAUSE: Duration = Duration::from_secs(1);

/// How long a server may take to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

const CRASHED: &str = "the database server is gone; it is started again";

const STOPPED: &str = "the database server was stopped; `cargo dev db start` starts it";

/// What has become of a server.
#[derive(Debug)]
pub(super) enum Event {
    /// The text is for open pages, until it is back.
    Gone(String),
    /// It answers; what was said while it did not.
    Back(Option<String>),
}

/// The servers of the project's databases, watched until this is dropped.
pub(super) struct Databases {
    places: Vec<Place>,
    events: mpsc::UnboundedReceiver<Event>,
    /// Ready when each was looked at for the first time.
    looked: Vec<oneshot::Receiver<()>>,
    _tasks: JoinSet<()>,
}

impl Databases {
    /// Watches the servers that the settings name.
    pub(super) fn watch(project: &Project) -> Self {
        let places = Place::all(project);
        let (sender, events) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        let mut looked = Vec::new();
        for place in places.clone() {
            let (done, first) = oneshot::channel();
            looked.push(first);
            tasks.spawn(watch(place, sender.clone(), done));
        }
        Self {
            places,
            events,
            looked,
            _tasks: tasks,
        }
    }

    /// Whether these settings name the same servers.
    pub(super) fn are_of(&self, project: &Project) -> bool {
        self.places == Place::all(project)
    }

    /// Ready when no end of a server that runs now can be missed.
    pub(super) async fn looked(&mut self) {
        for looked in self.looked.drain(..) {
            looked.await.ok();
        }
    }

    /// What happens next; never, if there is no server to watch.
    pub(super) async fn next(&mut self) -> Event {
        match self.events.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// The project's own, in this folder.
    Own(PathBuf),
    /// Somebody else's.
    Elsewhere { url: String, name: String },
}

/// A connection to a server, on which nothing happens until the server's end.
struct Open {
    /// If it is the project's own.
    server: Option<embedded::Server>,
    connection: PgListener,
}

impl Place {
    fn all(project: &Project) -> Vec<Self> {
        let own = project.setting("DATABASE_URL").is_none();
        let own = own.then(|| Self::Own(project.data_dir()));
        let urls = DATABASES.iter().map(|database| database.variable);
        let urls = urls.filter_map(|variable| Self::elsewhere(project.setting(variable)?));
        own.into_iter().chain(urls).collect()
    }

    /// None if the URL cannot be read, which the application reports.
    fn elsewhere(url: String) -> Option<Self> {
        let options: PgConnectOptions = url.parse().ok()?;
        let name = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        Some(Self::Elsewhere { url, name })
    }

    /// None if it does not run.
    async fn connect(&self) -> Option<Open> {
        let (server, url) = match self {
            Self::Own(data_dir) => {
                let server = embedded::running(data_dir).await.ok()??;
                let url = server.url("postgres");
                (Some(server), url)
            }
            Self::Elsewhere { url, .. } => (None, url.clone()),
        };
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(CONNECT_TIMEOUT)
            .connect(&url);
        let mut connection = PgListener::connect_with(&pool.await.ok()?).await.ok()?;
        connection.ignore_pool_close_event(true);
        connection.eager_reconnect(false);
        Some(Open { server, connection })
    }

    /// What to say if it does not answer; none if it does, or is the project's own.
    async fn missing(&self) -> Option<String> {
        let Self::Elsewhere { url, name } = self else {
            return None;
        };
        (!answers(url).await).then(|| {
            format!("the database server at `{name}` does not answer; the application goes on when it does")
        })
    }

    /// Waits for the end of the connection. Returns what to say if the server is gone; none if it answers still, or again.
    async fn gone(&self, mut open: Open) -> Option<String> {
        while let Ok(Some(_)) = open.connection.try_recv().await {}
        let Some(server) = open.server else {
            return self.missing().await;
        };
        let url = server.url("postgres");
        loop {
            match server.was_stopped() {
                Some(true) => return Some(STOPPED.to_owned()),
                Some(false) => return Some(CRASHED.to_owned()),
                None if answers(&url).await => {
                    ui::warning("the database server has restarted itself");
                    return None;
                }
                None => sleep(PAUSE).await,
            }
        }
    }

    /// Starts the project's own server.
    async fn start(&self) {
        if let Self::Own(data_dir) = self
            && let Err(error) = embedded::start(data_dir, ui::say).await
        {
            ui::error(&error.into());
        }
    }
}

/// Whether a server runs. One that refuses this user or has no such database does.
async fn answers(url: &str) -> bool {
    match timeout(CONNECT_TIMEOUT, PgConnection::connect(url)).await {
        Ok(Ok(_)) => true,
        // 57P01 and 57P03: it shuts down, or starts.
        Ok(Err(sqlx::Error::Database(error))) => {
            !["57P01", "57P03"].contains(&error.code().unwrap_or_default().as_ref())
        }
        _ => false,
    }
}

async fn watch(place: Place, events: mpsc::UnboundedSender<Event>, looked: oneshot::Sender<()>) {
    let mut looked = Some(looked);
    let mut said = None;
    let mut was_missing = false;
    loop {
        let missing = place.missing().await;
        let open = match missing {
            Some(_) => None,
            None => place.connect().await,
        };
        if let Some(looked) = looked.take() {
            looked.send(()).ok();
        }
        let Some(open) = open else {
            if said.is_none()
                && let Some(text) = missing
            {
                ui::warning(&text);
                said = Some(text);
            }
            was_missing = true;
            sleep(LONG_PAUSE).await;
            continue;
        };
        if std::mem::take(&mut was_missing) {
            if said.is_some() {
                ui::say("the database server runs again");
            }
            events.send(Event::Back(said.take())).ok();
        }
        if let Some(text) = place.gone(open).await {
            ui::warning(&text);
            events.send(Event::Gone(text.clone())).ok();
            if text == CRASHED {
                place.start().await;
            }
            said = Some(text);
            was_missing = true;
        }
    }
}
