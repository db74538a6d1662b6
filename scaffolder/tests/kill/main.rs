//! A move that is killed at any step is finished or rolled back exactly, and so is a recovery that is killed itself.
//!
//! The victim is a real process: this test's own binary, told by its environment what to do, where, and at which step
//! to abort. Every step that touches the disk is counted through the writer's own watch.

#![cfg(unix)]

mod disturbed;
mod fixture;
mod interference;
mod killed;
mod later;
