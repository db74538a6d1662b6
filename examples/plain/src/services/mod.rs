//! Business rules and transactions.
//!
//! A plain read needs neither, so handlers call the [repositories](crate::repositories) for it directly.

pub mod accounts;
pub mod limits;
pub mod mailed_links;
pub mod notes;
pub mod passwords;
pub mod security_log;
