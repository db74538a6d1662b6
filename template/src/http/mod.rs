//! The JSON API, and the cookies and assets that the pages use too.
//!
//! The extractors `ApiJson`, `Key`, `PageQuery`, `Cookies` and `ClientIp` are in [`stack_web`];
//! [`CurrentUser`](current_user::CurrentUser) is the application's own.
{%- if openapi %}

pub mod api_access;
pub mod assets;
{%- if files %}
pub mod avatars;
{%- endif %}
pub mod bearer;
{%- else %}

pub mod assets;
{%- if files %}
pub mod avatars;
{%- endif %}
{%- endif %}
pub mod client_info;
{%- if totp %}
pub mod code;
{%- endif %}
pub mod cookies;
{%- if teams %}
pub mod current_scope;
{%- endif %}
pub mod current_user;
{%- if files %}
pub mod files;
{%- endif %}
{%- if openapi %}
pub mod idempotency;
{%- endif %}
pub mod limits;
pub mod notes;
{%- if openapi %}
pub mod openapi;
{%- endif %}
{%- if passkeys %}
pub mod passkey_challenge;
{%- endif %}
{%- if openapi %}
pub mod problem_details;
pub mod rate_limit_headers;
{%- endif %}
{%- if pgvector %}
pub mod search;
{%- endif %}
pub mod security_txt;
pub mod session;
pub mod users;
