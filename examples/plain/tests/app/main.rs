//! Tests through the real router, each with a database of its own. They are one program, which is linked once. Its
//! modules mirror `src/`.

#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

mod api;
mod common;
mod database;
mod docs;
mod error;
mod instances;
mod layers;
mod lifecycle;
mod limits;
mod log_in;
mod middleware;
mod migrations;
mod observatory;
mod pages;
mod process;
mod repositories;
mod rotation;
mod security_log;
mod security_txt;
mod seed;
mod sessions;
