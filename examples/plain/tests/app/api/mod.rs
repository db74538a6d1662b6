//! The JSON API.

mod notes;
mod session;
mod users;
