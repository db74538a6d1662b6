//! Business rules and transactions.
//!
//! A plain read needs neither, so handlers call the [repositories](crate::repositories) for it directly.

pub mod accounts;
{%- if pgvector %}
pub mod embedder;
{%- endif %}
{%- if files %}
pub mod files;
{%- endif %}
pub mod limits;
pub mod mailed_links;
pub mod notes;
{%- if oidc %}
pub mod oidc;
{%- endif %}
pub mod passwords;
{%- if phone or totp %}
pub mod rotation;
{%- endif %}
{%- if pgvector %}
pub mod search;
{%- endif %}
pub mod security_log;
