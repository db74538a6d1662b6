//! HTTP: what every request passes, what handlers take, and the JSON handlers.
//!
//! - [`edge`] surrounds every route: request ids, deadlines, security headers, compression, error bodies, the log.
//! - Extractors: [`ApiJson`](api_json::ApiJson), [`CurrentUser`](current_user::CurrentUser),
//!   [`Key`](key::Key), [`PageQuery`](pagination::PageQuery),
//!   [`ClientIp`](client_ip::ClientIp).
//! - Handlers of the JSON API: [`users`], [`session`], [`notes`]; of operations: [`health`]; of files:
//!   [`static_files`].

pub mod api_json;
pub mod client_ip;
pub mod cookies;
pub mod current_user;
pub mod edge;
pub mod health;
pub mod key;
pub mod notes;
pub mod pagination;
{%- if pgvector %}
pub mod search;
{%- endif %}
pub mod session;
pub mod static_files;
pub mod users;
