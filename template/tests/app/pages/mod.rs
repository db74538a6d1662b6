//! The pages.

mod account;
mod cross_site;
mod gallery;
mod home;
mod live_notes;
mod live_sessions;
mod mailed_links;
mod notes;
{%- if passkeys %}
mod passkeys;
{%- endif %}
{%- if totp %}
mod recovery_codes;
{%- endif %}
mod security;
{%- if totp %}
mod totp;
{%- endif %}
mod upload;
