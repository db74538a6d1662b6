//! From a socket to requests, and how both end without a request that fails.
//!
//! - [`serve`](serve()): accepts connections until it is told to shut down, then finishes those that are open.
//! - [`Timeouts`]: how long a client may take.
//! - [`handed_over`]: a socket that somebody else has opened.
//! - [`dev`]: what `cargo dev` adds to an application that it has started.

pub mod dev;
mod server;
mod socket;
mod timeouts;

pub use server::serve;
pub use socket::handed_over;
pub use timeouts::Timeouts;
