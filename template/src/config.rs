//! The settings, read once from the environment into a typed [`Config`].
//!
//! `.env.example` describes every variable. Development also reads the file `.env` of the current directory or of one
//! above it; a variable of the environment overrides the file.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use stack_db::migrations::Timeouts as MigrateTimeouts;
use stack_mail::{MailServer, Transport};
use stack_serve::Timeouts;
{%- if openapi %}
use stack_web::cors::Origins;
{%- endif %}
use stack_web::{
    logs::{LogFormat, LogOverflow},
    sealed::Keys,
    server::Address,
    settings::{self, Environment, Reader, Secret, SettingsError},
    site_url::SiteUrl,
};
use tracing_subscriber::filter::Targets;

mod contact;
{%- if files %}
mod files;
{%- endif %}
{%- if jobs %}
mod jobs;
{%- endif %}
{%- if oidc %}
mod oidc;
{%- endif %}

pub use contact::SecurityContact;
{%- if files %}
pub use files::FileSettings;
{%- endif %}
{%- if jobs %}
pub use jobs::JobSettings;
{%- endif %}
{%- if oidc %}
pub use oidc::{Issuer, ProviderSettings};
{%- endif %}

/// The cost of hashing a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordCost {
    /// 19 MiB and two passes: the OWASP recommendation for Argon2id.
    Standard,
    /// The minimum, so that tests are fast.
    Tests,
}
{%- if pgvector %}

/// Which embedder to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmbedderKind {
    /// [`HashingEmbedder`](crate::services::embedder::HashingEmbedder)
    Hashing,
}
{%- endif %}

/// Every setting.
#[derive(Clone, Debug)]
pub struct Config {
    /// `APP_ENV`
    pub environment: Environment,
    /// `HOST`: the address to listen on.
    pub host: IpAddr,
    /// `PORT`: 0 means any free port.
    pub port: u16,
    /// `SOCKET`: true if standard input is the socket to listen on. `HOST` and `PORT` are ignored then.
    pub socket_handed_over: bool,
    /// `CARGO_DEV`: the address of the `cargo dev` that started this process.
    pub cargo_dev: Option<String>,
    /// `APP_URL`: the origin of the site, for links in mails. Development takes the address that it listens on.
    pub site_url: SiteUrl,
    /// `DATABASE_URL`. Without it, development starts an embedded server.
    pub database_url: Option<Secret>,
{%- if pgvector %}
    /// `VECTOR_DATABASE_URL`. Without it there is no search, except on the embedded server, which has both databases.
    pub vector_database_url: Option<Secret>,
    /// `VECTOR_EF_SEARCH`: the number of candidates of a search by an HNSW index, see
    /// [`VectorDb::with_ef_search`](crate::database::vectors::VectorDb::with_ef_search).
    pub vector_ef_search: u16,
    /// `EMBEDDER`: computes the embedding of a text.
    pub embedder: EmbedderKind,
{%- endif %}
    /// `ENCRYPTION_KEYS`: the first key encrypts; all of them decrypt.
    pub encryption_keys: Keys,
    /// `MAIL_URL` and `MAIL_FROM`: where mails go, and whom they come from.
    pub mail: Transport,
{%- if oidc %}
    /// `OIDC_ISSUER` and others: the provider to log in with, if there is one.
    pub oidc: Option<ProviderSettings>,
{%- endif %}
{%- if files %}
    /// `FILES_URL` and others: where files of users are stored.
    pub files: FileSettings,
{%- endif %}
{%- if jobs %}
    /// `JOBS_CONCURRENCY` and others: who does the jobs, and who looks after them.
    pub jobs: JobSettings,
{%- endif %}
    /// `DATABASE_CONNECTIONS`: the maximum size of the connection pool.
    pub database_connections: u32,
    /// `MIGRATE_LOCK_TIMEOUT_SECONDS`, `MIGRATE_RETRY_SECONDS`, `MIGRATE_STATEMENT_TIMEOUT_SECONDS`.
    pub migrate_timeouts: MigrateTimeouts,
    /// The folder of `schema/`, and of `.data/` for the embedded server. Used only in development.
    pub project_dir: PathBuf,
{%- if load %}
    /// `RECORD`: the file to record requests and live page messages in.
    pub record: Option<PathBuf>,
{%- endif %}
    /// `RUST_LOG`: what is logged.
    pub log_filter: Targets,
    /// `LOG_FORMAT`
    pub log_format: LogFormat,
    /// `LOG_OVERFLOW`: what becomes of lines when whatever reads the log does not keep up.
    pub log_overflow: LogOverflow,
    /// `METRICS_ADDRESS`: the address that serves `/metrics`, without authentication.
    pub metrics_address: Option<SocketAddr>,
    /// `HEAD_TIMEOUT_SECONDS`, `IDLE_TIMEOUT_SECONDS`, `WRITE_TIMEOUT_SECONDS`: how long a client may take to send the head
    /// of a request, to begin one, and to read some more of a response.
    pub client_timeouts: Timeouts,
    /// `REQUEST_TIMEOUT_SECONDS`: from the end of the request's head to the head of the response. What comes before and
    /// after is limited by [`client_timeouts`](Self::client_timeouts).
    pub request_timeout: Duration,
    /// `BODY_LIMIT_BYTES`: the maximum size of a request's body.
    pub body_limit: usize,
    /// `SHUTDOWN_SECONDS`: how long open requests may take to finish after the signal to stop.
    pub shutdown_timeout: Duration,
    /// `SESSION_DAYS`: how long a user stays logged in.
    pub session_lifetime: Duration,
    /// `SESSION_IDLE_HOURS`: how long a user stays logged in without opening a page.
    pub session_idle: Duration,
    /// `SECURITY_LOG_DAYS`: how long events of the security log are kept.
    pub security_log_lifetime: Duration,
    /// `SECURITY_CONTACT`: where to report a vulnerability, for `/.well-known/security.txt`.
    pub security_contact: Option<SecurityContact>,
    /// `LIVE_CONNECTIONS_PER_ADDRESS`: how many live pages may be connected from one address on the network.
    pub live_connections_per_address: u32,
    /// `TRUSTED_PROXIES`: the number of reverse proxies in front that append to `X-Forwarded-For`.
    pub trusted_proxies: usize,
{%- if openapi %}
    /// `API_CORS_ORIGINS`: the other sites whose pages may use the API with a token.
    pub api_cors_origins: Origins,
{%- endif %}
    /// `LIMIT_FACTOR`: multiplies the limits of addresses and of the API, see [`limits`](crate::services::limits).
    pub limit_factor: u32,
{%- if breached_passwords %}
    /// `BREACHED_PASSWORDS_URL`: the service that knows breached passwords. Without it none is asked.
    pub breached_passwords_url: Option<Secret>,
{%- endif %}
    /// The cost of hashing a password. Not a variable: only tests change it.
    pub password_cost: PasswordCost,
}

impl Config {
    /// Reads the environment of this process and, in development, `.env`. Call it before any thread is started, since
    /// `.env` sets variables of the process.
    ///
    /// # Errors
    /// Every invalid or missing variable, by name.
    pub fn from_env() -> Result<Self, SettingsError> {
        settings::load_dotenv()?;
        Self::from_vars(|name| std::env::var(name).ok())
    }

    /// Reads the settings with `lookup`. An empty variable counts as missing.
    ///
    /// # Errors
    /// Every invalid or missing variable, by name.
    pub fn from_vars(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut vars = Reader::new(lookup);
        let environment = vars.choice(
            "APP_ENV",
            Environment::DEFAULT,
            &[
                ("development", Environment::Development),
                ("production", Environment::Production),
            ],
        );
        let production = environment.is_production();
        let mail = mail(&mut vars, production);
        let site_url = vars.optional("APP_URL", "an origin, such as `https://shop.example.com`");
        if production && site_url.is_none() && !matches!(mail, Transport::None) {
            vars.missing(
                "APP_URL",
                "links in mails need the address of the site, such as `https://shop.example.com`",
            );
        }
{%- if oidc %}
        let has_site_url = site_url.is_some() || !production;
{%- endif %}
        let config = Self {
            environment,
            host: vars.parse("HOST", IpAddr::V4(Ipv4Addr::LOCALHOST), "an IP address"),
            port: vars.number("PORT", 3000, 0..=u16::MAX),
            socket_handed_over: vars.choice("SOCKET", "bind", &[("bind", false), ("stdin", true)]),
            cargo_dev: vars.text("CARGO_DEV"),
            site_url: site_url.unwrap_or_default(),
            database_url: vars.url("DATABASE_URL", &["postgres", "postgresql"]),
{%- if pgvector %}
            vector_database_url: vars.url("VECTOR_DATABASE_URL", &["postgres", "postgresql"]),
            vector_ef_search: vars.number("VECTOR_EF_SEARCH", 100, 1..=1000),
            embedder: vars.choice("EMBEDDER", "hashing", &[("hashing", EmbedderKind::Hashing)]),
{%- endif %}
            encryption_keys: vars.keys("ENCRYPTION_KEYS", production),
            mail,
{%- if oidc %}
            oidc: ProviderSettings::read(&mut vars, has_site_url),
{%- endif %}
{%- if files %}
            files: FileSettings::read(&mut vars, production),
{%- endif %}
{%- if jobs %}
            jobs: JobSettings::read(&mut vars),
{%- endif %}
            database_connections: vars.number("DATABASE_CONNECTIONS", 10, 1..=1000),
            migrate_timeouts: MigrateTimeouts {
                lock: vars.seconds_or_none("MIGRATE_LOCK_TIMEOUT_SECONDS", 3),
                retry: vars.seconds_or_none("MIGRATE_RETRY_SECONDS", 600),
                statement: vars.seconds_or_none("MIGRATE_STATEMENT_TIMEOUT_SECONDS", 0),
            },
            project_dir: settings::project_dir(),
{%- if load %}
            record: vars.text("RECORD").map(PathBuf::from),
{%- endif %}
            log_filter: vars.parse(
                "RUST_LOG",
                Targets::from_str("info,sqlx=warn").unwrap_or_default(),
                "levels by module, such as `info,app=debug`",
            ),
            log_format: vars.choice(
                "LOG_FORMAT",
                if production { "json" } else { "pretty" },
                &[("json", LogFormat::Json), ("pretty", LogFormat::Pretty)],
            ),
            log_overflow: vars.choice(
                "LOG_OVERFLOW",
                "drop",
                &[("drop", LogOverflow::Drop), ("wait", LogOverflow::Wait)],
            ),
            metrics_address: vars.optional(
                "METRICS_ADDRESS",
                "an IP address and a port, such as `127.0.0.1:9464`",
            ),
            client_timeouts: Timeouts {
                head: vars.seconds("HEAD_TIMEOUT_SECONDS", 15),
                idle: vars.seconds("IDLE_TIMEOUT_SECONDS", 75),
                write: vars.seconds("WRITE_TIMEOUT_SECONDS", 30),
            },
            request_timeout: vars.seconds("REQUEST_TIMEOUT_SECONDS", 15),
            body_limit: vars.number("BODY_LIMIT_BYTES", 256 * 1024, 1024..=1024 * 1024 * 1024),
            shutdown_timeout: vars.seconds("SHUTDOWN_SECONDS", 20),
            session_lifetime: Duration::from_secs(
                60 * 60 * 24 * u64::from(vars.number("SESSION_DAYS", 14u32, 1..=3650)),
            ),
            security_log_lifetime: Duration::from_secs(
                60 * 60 * 24 * u64::from(vars.number("SECURITY_LOG_DAYS", 90u32, 1..=3650)),
            ),
            session_idle: Duration::from_secs(
                60 * 60 * u64::from(vars.number("SESSION_IDLE_HOURS", 72u32, 1..=87_600)),
            ),
            security_contact: vars.optional(
                "SECURITY_CONTACT",
                "an address such as `mailto:security@example.com` or `https://example.com/report`",
            ),
            live_connections_per_address: vars.number(
                "LIVE_CONNECTIONS_PER_ADDRESS",
                1_000,
                1..=1_000_000,
            ),
            trusted_proxies: vars.number("TRUSTED_PROXIES", 0, 0..=16),
{%- if openapi %}
            api_cors_origins: vars.parse(
                "API_CORS_ORIGINS",
                Origins::default(),
                "origins, such as `https://app.example.com,http://localhost:5173`",
            ),
{%- endif %}
            limit_factor: vars.number("LIMIT_FACTOR", 1, 0..=1000),
{%- if breached_passwords %}
            breached_passwords_url: vars.url("BREACHED_PASSWORDS_URL", &["https", "http"]),
{%- endif %}
            password_cost: PasswordCost::Standard,
        };
        if production && config.database_url.is_none() {
            vars.missing("DATABASE_URL", "production needs a database of its own");
        }
        vars.finish(config)
    }

    /// The address to listen on.
    pub fn address(&self) -> Address {
        Address {
            environment: self.environment,
            host: self.host,
            port: self.port,
            handed_over: self.socket_handed_over,
        }
    }
}

/// `MAIL_URL` and `MAIL_FROM`. An application whose mails go nowhere looks as if it worked, so production must say so.
fn mail(vars: &mut Reader<impl Fn(&str) -> Option<String>>, production: bool) -> Transport {
    let from = vars.secret("MAIL_FROM", MailServer::sender);
    match vars.text("MAIL_URL").as_deref().map(str::trim) {
        None if production => {
            vars.missing(
                "MAIL_URL",
                "production sends mails, such as links to choose a new password; `MAIL_URL=none` sends none",
            );
            Transport::None
        }
        None => Transport::Development,
        Some("none") => Transport::None,
        Some(_) => match from {
            Some(from) => {
                let server = vars.secret("MAIL_URL", |url| MailServer::parse(url, from));
                server.map_or(Transport::None, |server| Transport::Server {
                    server,
                    keep: !production,
                })
            }
            None => {
                let why = "mails need a sender, such as `Shop <shop@example.com>`";
                vars.missing("MAIL_FROM", why);
                Transport::None
            }
        },
    }
}

#[cfg(test)]
mod tests;
