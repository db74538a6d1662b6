//! Writes the next migration: the difference between `migrations/`, replayed, and `schema/`.
//!
//! The way down, each step a module:
//!
//! 1. [`catalog`]: two scratch databases, one made by the migrations and one by the schema, are read
//!    from the server's own catalog, in the server's own words ([`object`]).
//! 2. [`diff`]: what is only in one of them, or different, becomes steps in an order that the
//!    server accepts. Pure.
//! 3. [`files`]: steps become files.
//!
//! Nothing is parsed and nothing believed: what was written is replayed, and has to lead where the
//! schema leads.

#![forbid(unsafe_code)]

pub mod catalog;
pub mod diff;
pub mod object;

pub use catalog::Catalog;
