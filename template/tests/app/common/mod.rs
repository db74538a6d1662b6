//! An application to test, and clients for it.

mod client;
{%- if otel %}
mod collector;
{%- endif %}
mod factories;
mod live;
pub mod log;
mod mail;
{%- if stack_tests %}
pub mod smtp;
{%- endif %}

use std::io;
{%- if pgvector %}
use std::sync::Arc;
{%- endif %}

use app::{
    app::App,
    config::{Config, PasswordCost},
    database::migrations,
    routes,
    state::AppState,
};
use axum::Router;
use sqlx::{Decode, Postgres, Type};
use stack_db::{Db, Schema, testing::TestDatabase};
use stack_web::settings::Secret;
use tokio::{sync::oneshot, task::JoinHandle};
{%- if pgvector %}

use app::{
    database::vectors::VectorDb,
    services::embedder::{Embedder, HashingEmbedder},
};
{%- endif %}

pub use client::{Answer, Client};
{%- if otel %}
pub use collector::Collector;
{%- endif %}
pub use factories::{ADA, PASSWORD};
pub use live::LivePage;
pub use mail::link;

/// The encryption key of every application of a test.
pub const ENCRYPTION_KEYS: &str = "test-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The application with a database of its own, which is dropped with it.
pub struct TestApp {
    pub state: AppState,
    pub database: TestDatabase,
{%- if pgvector %}
    vectors: Option<TestDatabase>,
{%- endif %}
    router: Router,
}

impl TestApp {
    /// With the settings of development.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With these variables besides.
    pub async fn with(vars: &[(&str, &str)]) -> Self {
        let database = database().await;
        let db = Db::from_pool(database.pool().clone());
        let state = app::app::state(config(database.url(), vars), db).expect("a state");
        let router = routes::router(state.clone());
        Self {
            state,
            database,
{%- if pgvector %}
            vectors: None,
{%- endif %}
            router,
        }
    }
{%- if pgvector %}

    /// With a vector database of its own, too.
    pub async fn with_vectors() -> Self {
        Self::with_embedder(Arc::new(HashingEmbedder)).await
    }

    /// The same, with the vectors of `embedder`.
    pub async fn with_embedder(embedder: Arc<dyn Embedder>) -> Self {
        let (app, vectors) = (Self::new().await, vector_database().await);
        let db = VectorDb::new(Db::from_pool(vectors.pool().clone()));
        let (config, relational) = (app.state.config.clone(), app.state.db.clone());
        let state = app::app::state_with_vectors(config, relational, Some(db), embedder);
        let state = state.expect("a state");
        Self {
            router: routes::router(state.clone()),
            state,
            database: app.database,
            vectors: Some(vectors),
        }
    }

    /// The vector database.
    pub fn vectors(&self) -> &TestDatabase {
        let vectors = self.vectors.as_ref();
        vectors.expect("an application made by `with_vectors`")
    }
{%- endif %}

    /// A client without cookies.
    pub fn client(&self) -> Client {
        Client::new(
            self.router.clone(),
            self.state.config.environment.is_production(),
        )
    }
}

impl TestApp {
    /// Runs a statement in the database.
    pub async fn execute(&self, sql: &'static str) {
        let statement = sqlx::query(sql).execute(self.database.pool());
        statement.await.expect("a statement that succeeds");
    }

    /// The value of a query that has one row with one column.
    pub async fn value<T>(&self, sql: &'static str) -> T
    where
        T: for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin,
    {
        let value = sqlx::query_scalar(sql).fetch_one(self.database.pool());
        value.await.expect("a value")
    }
}

/// Serves an application until the sender is used or dropped.
pub fn serve(app: App) -> (oneshot::Sender<()>, JoinHandle<io::Result<()>>) {
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(app.run_until(async {
        stopped.await.ok();
    }));
    (stop, server)
}

/// An empty database with all tables.
pub async fn database() -> TestDatabase {
    log::start();
    let schema = Schema::read(concat!(env!("CARGO_MANIFEST_DIR"), "/schema"));
    TestDatabase::create(&schema.expect("a schema that can be read")).await
}
{%- if pgvector %}

/// An empty vector database with all tables.
pub async fn vector_database() -> TestDatabase {
    log::start();
    let schema = Schema::read(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/vector"));
    TestDatabase::create(&schema.expect("a schema that can be read")).await
}
{%- endif %}

/// A database without tables.
pub async fn empty_database() -> TestDatabase {
    log::start();
    let folder = std::env::temp_dir().join(format!("empty-schema-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    TestDatabase::create(&Schema::read(&folder).expect("a schema that can be read")).await
}

/// A database that was created by the migrations, as in production.
pub async fn migrated_database() -> TestDatabase {
    let database = empty_database().await;
    let migrations = migrations::main(&config(database.url(), &[])).expect("migrations");
    let applied = migrations.apply(database.pool(), |_| {}).await;
    assert!(!applied.expect("applied").applied.is_empty());
    database
}

/// Settings for tests: those of development with any free port and cheap passwords, overridden by `vars`. Production sends no
/// mails, unless `vars` say so.
pub fn config(database_url: &str, vars: &[(&str, &str)]) -> Config {
    log::start();
    let production = vars.contains(&("APP_ENV", "production"));
{%- if files %}
    // `docs/files.md` says how to test with a bucket.
    let files_url = std::env::var("TEST_FILES_URL");
{%- endif %}
    let usual = [
        ("APP_ENV", "development"),
        ("PORT", "0"),
        ("DATABASE_URL", database_url),
        ("ENCRYPTION_KEYS", ENCRYPTION_KEYS),
{%- if files %}
        ("FILES_URL", files_url.as_deref().unwrap_or("memory:")),
{%- endif %}
        ("MAIL_URL", if production { "none" } else { "" }),
    ];
    let lookup = |name: &str| {
        let found = vars.iter().chain(&usual).find(|(known, _)| *known == name);
{%- if files %}
        let found = found.map(|(_, value)| (*value).to_owned());
        let is_of_bucket = name.starts_with("AWS_");
        found.or_else(|| std::env::var(name).ok().filter(|_| is_of_bucket))
{%- else %}
        found.map(|(_, value)| (*value).to_owned())
{%- endif %}
    };
    let config = Config::from_vars(lookup).expect("settings that are right");
    assert_eq!(
        config.database_url.as_ref().map(Secret::expose),
        Some(database_url)
    );
    Config {
        password_cost: PasswordCost::Tests,
        ..config
    }
}
