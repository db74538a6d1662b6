//! Plays a recording of the application for many users at once.
//!
//! The way of a recording:
//! 1. [`recording`]: lines → what each visitor did;
//! 2. [`script`]: what one visitor did → steps, each with the kind of answer that is expected; `answers` finds these,
//!    [`shape`] what is another one for each visitor, [`step`] is what comes out;
//! 3. `user` plays the steps: `http` and `tab` speak, `cookies`, `html`, `splice` and `values` know what a browser would;
//! 4. [`crowd`]: many users on a few threads; [`metrics`]: what they measure;
//! 5. [`report`]: a page and JSON of it; [`page`]: the same while it goes on.
//!
//! Up to 2. everything is pure; `cargo dev` uses that much. The rest is the feature `play`: the program `stack_load`, which
//! `cargo dev load` builds with optimisation and hands a [`plan`].

#![forbid(unsafe_code)]

mod answers;
mod error;
pub mod form;
mod names;
pub mod plan;
pub mod recording;
pub mod script;
pub mod shape;
pub mod step;
pub mod target;

#[cfg(feature = "play")]
mod cookies;
#[cfg(feature = "play")]
pub mod crowd;
#[cfg(feature = "play")]
mod html;
#[cfg(feature = "play")]
mod http;
#[cfg(feature = "play")]
pub mod metrics;
#[cfg(feature = "play")]
pub mod page;
#[cfg(feature = "play")]
pub mod play;
#[cfg(feature = "play")]
mod random;
#[cfg(feature = "play")]
pub mod report;
#[cfg(feature = "play")]
pub mod run;
#[cfg(feature = "play")]
mod splice;
#[cfg(feature = "play")]
mod tab;
#[cfg(feature = "play")]
pub mod ui;
#[cfg(feature = "play")]
mod user;
#[cfg(feature = "play")]
mod values;
#[cfg(feature = "play")]
mod verdict;

pub use error::Error;
pub use plan::Plan;
pub use recording::Recording;
pub use script::Script;

#[cfg(test)]
mod tests;
