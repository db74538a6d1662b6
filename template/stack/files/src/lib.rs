//! Files of users: where they are stored ([`Store`]), what they are ([`content`]), how they are sent ([`serve`]), who may see
//! one without an account ([`Signer`]), and small pictures of large ones ([`picture`]).
//!
//! Which files there are is the application's to know. A store knows only keys and bytes; it is never asked for a list.

pub mod content;
pub mod picture;
mod place;
pub mod serve;
mod signer;
mod store;

pub use place::{Place, PlaceError, S3};
pub use signer::Signer;
pub use store::{Contents, Store, StoreError, Writer, Written};
