//! Reusable pieces of HTML.
{%- if showcase %}
//! The page `/components` shows them all; copy its code.
{%- endif %}
//!
//! Most are functions that return markup, or structs that are used in markup directly: `(Button::new("Save"))`. Those
//! that handle events take a [`Handler`](stack_live::Handler) of the page. Those that have state are live components:
//! `(cx.child(expandable, …).await?)`.
{%- if files %}

pub mod avatar;
pub mod button;
{%- else %}

pub mod button;
{%- endif %}
pub mod date;
pub mod dialog;
pub mod expandable;
pub mod field;
pub mod form;
pub mod input;
pub mod layout;
pub mod link;
pub mod menu;
pub mod note_card;
pub mod pager;
{%- if passkeys %}
pub mod passkey;
{%- endif %}
pub mod progress;
{%- if oidc %}
pub mod provider_button;
{%- endif %}
pub mod section;
pub mod table;
pub mod tabs;
{%- if showcase %}
pub mod toast;
{%- endif %}
