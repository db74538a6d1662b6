//! Reusable pieces of HTML.
//!
//! Most are functions that return markup, or structs that are used in markup directly: `(Button::new("Save"))`. Those
//! that handle events take a [`Handler`](stack_live::Handler) of the page. Those that have state are live components:
//! `(cx.child(expandable, …).await?)`.

pub mod button;
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
pub mod progress;
pub mod section;
pub mod table;
pub mod tabs;
