//! A move that is killed at any step is finished or rolled back exactly, and so is a recovery that is killed itself.
//!
//! The victim is a real process: this test's own binary, told by its environment what to do, where, and at which step
//! to abort. Every step that touches the disk is counted through the writer's own watch. Each kill needs a process and a
//! project of its own, so without `HEAVY_FULL=1` only every seventh step is tried.

#![cfg(unix)]

mod disturbed;
mod fixture;
#[path = "../workshop/full.rs"]
mod full;
mod interference;
mod killed;
mod later;
