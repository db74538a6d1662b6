//! The tour. Read in this order:
//!
//! 1. [`cli`]: what can be typed; [`config`]: the environment, read once and typed.
//! 2. [`app`]: from settings to an application that serves; [`state`]: what its handlers share. [`database`] is where
//!    its database comes from, [`seed`] the demo data.
//! 3. [`routes`]: every URL on one screen.
//! 4. [`pages`] for people and [`http`] for programs; both begin with a request and end with a response.
//!    [`components`] are pieces of HTML.
//! 5. [`services`]: rules and transactions.
//! 6. [`repositories`]: all SQL.
//! 7. [`models`]: what it is all about, as types that cannot hold an invalid value.
//!    [`sealed`](stack_web::sealed) holds what not even the database may read.
//! 8. [`error`]: everything that can go wrong, and how much of it the client gets to know.
//!
//! Calls go down only, and a test (`tests/app/layers.rs`) reads what imports what: pages and http → services →
//! repositories → models. A layer may be skipped; none just passes things on. What surrounds every request, the log and
//! the metrics are in [`stack_web`].

pub mod app;
pub mod cli;
pub mod components;
pub mod config;
pub mod database;
pub mod error;
pub mod http;
pub mod models;
pub mod pages;
pub mod repositories;
pub mod routes;
pub mod seed;
pub mod services;
pub mod state;
