//! `cargo dev` as a person meets it: a real program, a real server, a small project of its own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod browser_test;
mod db;
mod doctor;
mod editor;
mod load;
mod migrate;
mod pave;
#[cfg(unix)]
mod serve;
mod test;
mod workbench;
