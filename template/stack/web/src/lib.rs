//! What surrounds every request, and what an application needs to run: an owner reads it once and rarely edits it.
//!
//! - [`layers`]: what every request passes, in one list. [`problem`] writes the bodies of errors, [`request_id`] names
//!   requests.
//! - What handlers take: [`ApiJson`](extract::ApiJson), [`Key`](extract::Key), [`Cookies`](cookies::Cookies),
//!   [`ClientIp`](client_ip::ClientIp), [`PageQuery`](pagination::PageQuery).
//! - [`assets`] serves files, [`health`] tells whether the process is well. [`fields`]: what is wrong with a form.
//! - [`sealed`]: values that not even the database may read; [`random`]: bytes for secrets.

pub mod assets;
pub mod client_ip;
pub mod cookies;
pub mod extract;
pub mod fields;
pub mod health;
pub mod layers;
pub mod pagination;
pub mod problem;
pub mod random;
pub mod request_id;
pub mod sealed;
