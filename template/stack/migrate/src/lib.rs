//! Writes the next migration: the difference between the migrations replayed and the schema.

#![forbid(unsafe_code)]

pub mod cockroach;
