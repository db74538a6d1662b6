//! Plays a recording of the application for many virtual users at once.
//!
//! The way of a recording:
//! 1. [`recording`]: lines → what each visitor did;
//! 2. [`script`]: what one visitor did → steps, each with the kind of response that is expected; `responses` finds these,
//!    [`pattern`] finds what is different for each user, [`step`] is the result;
//! 3. `user` plays the steps: `http` and `connection` send and receive, `cookies`, `html`, `splice` and `variables` know
//!    what a browser would know;
//! 4. [`user_pool`]: many users on a few threads, as many as the [`load_profile`] says; [`metrics`] and [`stalls`]: what they
//!    measure;
//!    [`mix`]: several scripts at once; `arrivals`: visits at a rate; [`generator`] and [`server_figures`]: whether it is the
//!    server that was measured;
//! 5. [`thresholds`] and [`report`]: a page and JSON of the results; [`control_page`]: the same while it runs.
//!
//! Up to 2. everything is pure; `cargo dev` uses that much. The rest is the feature `play`: the program `stack_load`, which
//! `cargo dev load` builds with optimisation and starts with a [`plan`].

#![forbid(unsafe_code)]

mod error;
pub mod form;
pub mod load_profile;
pub mod pattern;
pub mod plan;
pub mod recording;
mod responses;
pub mod script;
pub mod step;
mod step_names;
pub mod target;

#[cfg(feature = "play")]
mod arrivals;
#[cfg(feature = "play")]
mod connection;
#[cfg(feature = "play")]
pub mod control_page;
#[cfg(feature = "play")]
mod cookies;
#[cfg(feature = "play")]
pub mod generator;
#[cfg(feature = "play")]
mod html;
#[cfg(feature = "play")]
mod http;
#[cfg(feature = "play")]
pub mod metrics;
#[cfg(feature = "play")]
pub mod mix;
#[cfg(feature = "play")]
pub mod play;
#[cfg(feature = "play")]
pub mod report;
#[cfg(feature = "play")]
pub mod run;
#[cfg(feature = "play")]
pub mod server_figures;
#[cfg(feature = "play")]
mod splice;
#[cfg(feature = "play")]
pub mod stalls;
#[cfg(feature = "play")]
pub mod thresholds;
#[cfg(feature = "play")]
mod tls;
#[cfg(feature = "play")]
pub mod ui;
#[cfg(feature = "play")]
mod user;
#[cfg(feature = "play")]
pub mod user_pool;
#[cfg(feature = "play")]
mod variables;

pub use error::Error;
pub use plan::Plan;
pub use recording::Recording;
pub use script::Script;
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
