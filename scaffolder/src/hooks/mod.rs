//! Hooks: Rhai scripts around rendering, in cargo-generate's form.
//!
//! A script sees the modules `variable`, `file`, `env` and `system`, the `to_*_case` functions and `abort`, as
//! cargo-generate 0.26 has them. It works on a [`Tree`](crate::tree::Tree): no file of the machine is in its reach, so there is no
//! sandbox to escape from. What only a person or the machine can answer goes to a [`Host`].
//!
//! A script that asks is stopped, the host is asked, and the script runs again from its start with the answer at
//! hand. Scripts have no clock and no chance, so they come to the same question again. This keeps the host out of
//! the engine, and rendering a function of its arguments.

mod engine;
mod files;
mod host;
mod state;
mod system;
mod variables;

pub use engine::Hooks;
pub use host::{HookEnvironment, Host, NoHost};
pub use variables::{Variable, Variables};

/// Where the tree stands in the paths that scripts see: `env::working_directory`.
pub const ROOT: &str = "/template";

#[cfg(test)]
mod tests;
