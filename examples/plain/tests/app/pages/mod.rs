//! The pages.

mod account;
mod cross_site;
mod gallery;
mod home;
mod live_notes;
mod notes;
mod upload;
