//! The library behind `heavy`.

pub mod error;
pub mod tree;
