//! Writes the next migration: the difference between `migrations/`, replayed, and `schema/`.
//!
//! The way down, each step a module:
//!
//! 1. [`generate`]: the whole way, from two folders to files that were proven.
//! 2. [`catalog`]: two scratch databases, one made by the migrations and one by the schema, are read
//!    from the server's own catalog, in the server's own words ([`object`]).
//! 3. [`diff`]: what is only in one of them, or different, becomes steps in an order that the
//!    server accepts. Pure.
//! 4. [`hazard`]: what a statement may do to a database in use. Pure.
//! 5. [`files`]: steps become files. Pure.
//! 6. [`fill`]: rows for any schema, to try a migration where there is data.
//! 7. [`dump`]: what `pg_dump` says of it.
//!
//! [`prune()`] squashes old migrations into one. [`drift()`] looks how a real database differs from them.
//!
//! Nothing is parsed and nothing believed: what was written is replayed, and has to lead where the
//! schema leads.

#![forbid(unsafe_code)]

mod atomic;
pub mod catalog;
pub mod diff;
mod drift;
pub mod dump;
mod error;
pub mod files;
pub mod fill;
pub mod generate;
pub mod hazard;
pub mod lint;
pub mod object;
mod prune;
mod rename;
mod scratch;
mod trial;

pub use catalog::Catalog;
pub use drift::{Drift, drift};
pub use error::Error;
pub use generate::{Comparison, Proven, Request, empty};
pub use prune::{Pruned, prune};
pub use rename::Rename;
pub use scratch::Scratch;
pub use stack_db::shell;
