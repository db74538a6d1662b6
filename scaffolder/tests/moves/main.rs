//! The 45 cases that moving a project must survive, as processes.
//!
//! Where a folder can say it, a case is a folder: `base` and `theirs` are two versions of a template, `ours` what the
//! user changed in between, `out` the project afterwards ([`folders`]). The others are tests that are named after
//! their case. Whatever holds of every move is checked for all of them, in [`world::World::moved`].

mod answers;
mod base;
mod codemods;
mod content;
#[path = "../cli/environment.rs"]
#[allow(dead_code, reason = "tests/cli needs other parts of it")]
mod environment;
mod every_case;
mod folders;
mod git_merges;
mod git_states;
mod ignored;
mod lock;
mod names;
mod notes;
mod obstacles;
mod recovery;
mod sides;
mod state;
mod undo;
mod versions;
mod world;
