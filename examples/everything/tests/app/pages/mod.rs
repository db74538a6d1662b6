//! The pages, as a browser without scripts sees them.

mod account;
mod csrf;
mod gallery;
mod home;
mod live_notes;
mod notes;
mod upload;
