//! The pages.

mod account;
mod cross_site;
mod home;
mod live_notes;
mod live_sessions;
mod mailed_links;
mod notes;
mod security;
