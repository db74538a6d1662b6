//! Rules and transactions: what is allowed, and what belongs together.
//!
//! A plain read needs no rule, so handlers ask the [repositories](crate::repositories) for it directly.

pub mod accounts;
pub mod notes;
pub mod passwords;
pub mod rotation;
