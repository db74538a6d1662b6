//! Clients that mean no good, in bounded loops on loopback.

mod live;
mod log_in;
#[cfg(unix)]
mod memory;
