//! A generated project on disk: its repository, its `heavy.toml`, and cargo in it.

pub mod cargo;
pub mod hook_command;
pub mod origin;
pub mod repository;
pub mod snapshot;
