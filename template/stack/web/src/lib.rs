//! What surrounds every request, and what an application needs to run: an owner reads it once and rarely edits it.

pub mod random;
pub mod sealed;
