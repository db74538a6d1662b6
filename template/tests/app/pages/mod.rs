//! The pages.

mod account;
mod cross_site;
{%- if showcase %}
mod gallery;
{%- endif %}
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
{%- if showcase %}
mod upload;
{%- endif %}
