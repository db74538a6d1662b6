//! Tests through the real router, each with a database of its own. One program, so that it is linked once; its
//! modules mirror `src/`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

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
