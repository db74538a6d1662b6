//! HTML pages. The server renders them completely, so they can be read without JavaScript.
//!
//! There is one file per group of pages. [`layout`] has the frame of every page, [`visitor`] the logged-in user,
//! [`components`](crate::components) reusable pieces. The response to a form is a redirect; if the input is rejected, it is
//! the form with its errors, and the status 422 or 409.

pub mod account;
{%- if openapi %}
pub mod api_docs;
{%- endif %}
pub mod confirmation;
pub mod context;
pub mod dev_mail;
pub mod error;
pub mod flash;
pub mod forgot_password;
{%- if showcase %}
pub mod gallery;
{%- endif %}
pub mod home;
{%- if jobs %}
pub mod jobs;
{%- endif %}
pub mod layout;
pub mod live;
pub mod mailed_link;
pub mod notes;
{%- if oidc %}
pub mod oidc;
{%- endif %}
pub mod reset_password;
{%- if pgvector %}
pub mod search;
{%- endif %}
pub mod settings;
{%- if teams %}
pub mod team_switch;
pub mod teams;
{%- endif %}
{%- if showcase %}
pub mod upload;
{%- endif %}
{%- if files %}
pub mod uploading;
{%- endif %}
pub mod visitor;
