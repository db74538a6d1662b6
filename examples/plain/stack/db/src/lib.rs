//! The machinery between the application and its database.
//!
//! Five pieces, each usable without the others:
//!
//! - [`Db`]: a cloneable handle to a pool, which runs transactions that are repeated when the server
//!   asks for it.
//! - [`embedded`]: a private PostgreSQL server for development, found or fetched, started on
//!   demand and left running, so that a fresh clone needs cargo and nothing else.
//! - [`schema`]: the folder of `*.sql` files that says what the database looks like.
//! - [`migrations`]: how a database that holds data gets there, step by step.
//! - [`testing`]: a database of its own for each test, copied from a template in milliseconds.
//!
//! Read them in that order. Nothing here knows the application: SQL about users or notes lives in
//! the application's repositories.

#![forbid(unsafe_code)]

mod db;
pub mod embedded;
pub mod migrations;
mod retry;
pub mod schema;
pub mod shell;
mod sql_file;
pub mod statements;
pub mod testing;
mod tls;

pub use db::{ConnectError, Db, PoolSettings};
pub use migrations::Migrations;
pub use retry::{SqlxCause, Work, is_retryable, is_unavailable, is_unstorable};
pub use schema::Schema;
pub use sql_file::Refused;
