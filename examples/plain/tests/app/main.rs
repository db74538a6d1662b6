//! Tests through the real router, each with a database of its own. They are one program, which is linked once. Its
//! modules mirror `src/`.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod api;
mod common;
mod database;
mod docs;
mod encryption;
mod error;
mod layers;
mod lifecycle;
mod metrics;
mod middleware;
mod migrations;
mod pages;
mod process;
mod repositories;
mod seed;
mod sessions;
