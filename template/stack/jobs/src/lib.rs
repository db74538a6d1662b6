//! Jobs: work in the background that is done although processes and servers fail.
//!
//! - [`Job`]: the argument of a job, a type of the application. [`enqueue`] stores it, in the transaction that causes it.
//! - [`Registry`]: which function does which job, and what runs by a schedule.
//! - [`Worker`]: takes what is due, and runs it. One per process; they share the table `jobs`.
//! - [`operate`]: what waits, runs and has failed, for people who look after it.
//! - [`testing`]: run what was enqueued, look at what was.
//!
//! A job runs at least once. A worker holds it by a lease, which it extends while it works: if the process is killed, the lease
//! ends, and another worker runs the job again. So a job must be one that may run twice; [`Attempt::complete`] puts its effects
//! on the database and its end into one transaction, and then they happen once.

#![forbid(unsafe_code)]

mod attempt;
mod job;
pub mod operate;
mod outcome;
mod registry;
mod schedule;
mod table;
pub mod testing;
mod wake;
mod worker;

pub use attempt::{Attempt, Failure};
pub use job::{Job, Options, enqueue, enqueue_with};
pub use registry::Registry;
pub use worker::{Settings, Worker, WorkerHandle};
