//! The generator against real servers: what it writes has to lead where the schema leads, and whether
//! it does is judged by others: `pg_dump`, and the information schema.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod bench;
mod cases;
mod data;
mod gaps;
mod hazards;
mod judge;
mod newer;
mod online;
mod random;
mod round_trips;
