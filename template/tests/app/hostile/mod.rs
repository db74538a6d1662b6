//! Clients that mean no good, on loopback.

mod live;
