//! The `heavy` process as a person meets it: what it says, what it returns, and what it leaves on the disk.

mod add_table;
mod alter_table;
mod bad_input;
mod environment;
mod git;
mod hostile_packs;
mod inspect;
mod json_errors;
mod moves;
mod new;
mod packaging;
mod packs;
#[cfg(unix)]
mod prompts;
mod readme;
#[cfg(unix)]
mod stopping;
mod templates;
#[cfg(unix)]
mod time;
