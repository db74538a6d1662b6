//! Pages for people: complete HTML, written by the server, that works without a script.
//!
//! One file a group of pages. [`layout`] is what they have in common, [`visitor`] what they know about who looks at
//! them, [`components`](crate::components) the pieces they are made of. A form answers with a redirect when it
//! worked, and with itself, status 422 or 409 and the reasons when it did not.

pub mod account;
pub mod context;
pub mod error;
pub mod flash;
pub mod gallery;
pub mod home;
pub mod layout;
pub mod live;
pub mod notes;
pub mod settings;
pub mod upload;
pub mod visitor;
