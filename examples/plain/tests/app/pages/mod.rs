//! The pages, as a browser without scripts sees them.

mod account;
mod cross_site;
mod gallery;
mod home;
mod live_notes;
mod notes;
mod upload;
