//! Tests through the real router, each with a database of its own. They are one program, which is linked once. Its
//! modules mirror `src/`.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod api;
{%- if breached_passwords %}
mod breached_passwords;
{%- endif %}
{%- if cockroach %}
mod cockroach;
{%- endif %}
mod common;
mod database;
mod docs;
{%- if phone %}
mod encryption;
{%- endif %}
mod error;
{%- if files %}
mod files;
{%- endif %}
{%- if stack_tests %}
#[cfg(unix)]
mod hand_over;
mod hostile;
{%- endif %}
mod instances;
{%- if jobs %}
mod jobs;
{%- endif %}
mod layers;
mod lifecycle;
mod limits;
{%- if load %}
mod load;
{%- endif %}
mod log_in;
{%- if stack_tests %}
mod mail;
mod metrics;
{%- endif %}
mod middleware;
mod migrations;
mod observatory;
{%- if oidc %}
mod oidc;
{%- endif %}
{%- if openapi %}
mod openapi;
{%- endif %}
mod pages;
mod process;
{%- if load %}
mod recording;
{%- endif %}
mod repositories;
{%- if stack_tests %}
mod request_layers;
{%- endif %}
mod rotation;
{%- if pgvector %}
mod search;
{%- endif %}
mod security_log;
mod security_txt;
mod seed;
mod sessions;
{%- if stack_tests %}
mod static_files;
{%- endif %}
{%- if teams %}
mod teams;
{%- endif %}
{%- if otel %}
mod traces;
{%- endif %}
{%- if pgvector %}
mod vectors;
{%- endif %}
