//! The state that all handlers share.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use sqlx::PgPool;
use stack_db::Db;
use stack_live::Live;
{%- if load %}
use stack_live::recording::Recorder;
{%- endif %}
use stack_web::{client_ip::TrustedProxies, cookies::CookieSettings, metrics::Metrics};

use crate::{
    config::Config,
    services::{
        accounts::Accounts, limits::Limits, mailed_links::MailedLinks, security_log::SecurityLog,
    },
};
{%- if files %}

use crate::services::files::Files;
{%- endif %}
{%- if oidc %}

use crate::services::oidc::Oidc;
{%- endif %}
{%- if pgvector %}

use crate::services::search::Search;
{%- endif %}

/// The state that all handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// The content of [`AppState`].
pub struct Shared {
    /// The settings.
    pub config: Config,
    /// Users, sessions and notes.
    pub db: Db,
    /// Registration, log-in and log-out.
    pub accounts: Accounts,
    /// Links by mail: confirmation, new passwords, log-in.
    pub links: MailedLinks,
{%- if oidc %}
    /// The provider to log in with, if there is one.
    pub oidc: Option<Oidc>,
{%- endif %}
{%- if files %}
    /// Files of users.
    pub files: Files,
{%- endif %}
    /// Records what concerns security.
    pub security_log: SecurityLog,
    /// How often something may be done.
    pub limits: Arc<Limits>,
{%- if phone or totp %}
    /// Encrypts and decrypts columns of the database.
    pub vault: Arc<stack_web::sealed::Vault>,
{%- endif %}
    /// The live pages.
    pub live: Live,
    /// The metrics of `/metrics`.
    pub metrics: Metrics,
{%- if load %}
    /// Records requests and live page messages, if `RECORD` is set.
    pub recorder: Option<Recorder>,
{%- endif %}
{%- if pgvector %}
    /// Searches notes by meaning and by words.
    pub search: Search,
{%- endif %}
}

impl From<Shared> for AppState {
    fn from(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
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
