//! The application. Read its modules in this order:
//!
//! 1. [`cli`]: the commands; [`config`]: the settings, read once from the environment.
//! 2. [`app`]: starts and stops the application; [`state`]: what its handlers share; [`database`]: connects to the
//!    database; [`seed`]: demo data.
//! 3. [`routes`]: every URL on one screen.
//! 4. [`pages`]: HTML for browsers, built from [`components`]; [`http`]: the JSON API.
//! 5. [`services`]: business rules and transactions. [`mails`]: what they write by mail.
//! 6. [`repositories`]: all SQL.
//! 7. [`models`]: domain types that cannot hold an invalid value. [`sealed`](stack_web::sealed) has the encrypted ones.
//! 8. [`error`]: every error of a request, and how much of it the client is told.
//!
//! Layers call downwards only: pages and http → services → repositories → models. A call may skip a layer, and no layer
//! only forwards calls. A test (`tests/app/layers.rs`) checks the imports. Middleware, logging and metrics are in
//! [`stack_web`].

pub mod app;
pub mod cli;
pub mod components;
pub mod config;
pub mod database;
pub mod error;
pub mod http;
{%- if jobs %}
pub mod jobs;
{%- endif %}
pub mod mails;
pub mod models;
pub mod pages;
pub mod repositories;
pub mod routes;
pub mod seed;
pub mod services;
pub mod state;
