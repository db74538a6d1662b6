//! What surrounds every request, and what an application needs to run: an owner reads it once and rarely edits it.
//!
//! - [`layers`]: what every request passes, in one list. [`problem`] writes the bodies of errors, [`request_id`] names
//!   requests.
//! - What handlers take: [`ApiJson`](extract::ApiJson), [`Key`](extract::Key), [`Cookies`](cookies::Cookies),
//!   [`ClientIp`](client_ip::ClientIp), [`PageQuery`](pagination::PageQuery).
//! - [`assets`] serves files, [`health`] tells whether the process is well. [`input`] reads what a form
//!   or a JSON body says, [`fields`] says what is wrong with it.
//! - [`settings`] reads variables, [`logs`] writes the log, [`metrics`] counts, [`live_pages`] does both for live pages.
//! - [`server`]: where an application listens, and [`site_url`] for its visitors; [`probe`] asks one how it is.
{%- if pgvector or phone or totp %}
//! - [`progress`]: how far a command is.
{%- endif %}
//! - [`sealed`]: values that not even the database may read; [`random`]: bytes for secrets.
//! - [`faults`]: errors and panics for the overlay of `cargo dev`.
{%- if openapi %}
//! - [`cors`]: pages of other sites that may use the API.
{%- endif %}
//! - [`rate_limit`]: how often something may be done; [`workers`]: threads for what keeps a processor busy.

pub mod assets;
{%- if breached_passwords %}
pub mod breached_passwords;
{%- endif %}
pub mod client_ip;
pub mod cookies;
{%- if openapi %}
pub mod cors;
{%- endif %}
pub mod extract;
pub mod faults;
pub mod fields;
pub mod health;
pub mod input;
pub mod layers;
pub mod live_pages;
pub mod logs;
pub mod metrics;
{%- if otel %}
pub mod otel;
{%- endif %}
pub mod pagination;
pub mod probe;
pub mod problem;
{%- if pgvector or phone or totp %}
pub mod progress;
{%- endif %}
pub mod random;
pub mod rate_limit;
pub mod request_id;
pub mod sealed;
pub mod server;
pub mod settings;
pub mod site_url;
mod start_error;
pub mod workers;

pub use start_error::StartError;
