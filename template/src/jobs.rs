//! Jobs: work in the background, see `docs/jobs.md`. [`registry`] says which function does which.
//!
//! The argument of a job is enqueued by whoever causes it, often a service, so it stands there or in a file of [`jobs`](self);
//! the function may use all that the application has.

use stack_jobs::{Registry, Settings, Worker, WorkerHandle};

use crate::state::AppState;

pub mod clean_up;
{%- if files %}
pub mod make_variants;
{%- endif %}
{%- if pgvector %}
pub mod repair_embeddings;
{%- endif %}
pub mod word_count;

/// All jobs, and those that are enqueued by the clock.
pub fn registry() -> Registry<AppState> {
    Registry::default()
        .job(clean_up::run)
{%- if files %}
        .job(make_variants::run)
{%- endif %}
        .job(word_count::run)
        .schedule("clean up jobs", "17 * * * *", &clean_up::CleanUp {})
{%- if pgvector %}
        .job(repair_embeddings::run)
        .schedule(
            "repair embeddings",
            "37 * * * *",
            &repair_embeddings::RepairEmbeddings {},
        )
{%- endif %}
}

/// Starts a worker in this process.
pub fn start(state: &AppState) -> WorkerHandle {
    let settings = Settings {
        concurrency: state.config.jobs.concurrency,
        grace: state.config.shutdown_timeout,
        ..Settings::default()
    };
{%- if pgvector %}
    tokio::spawn(repair_embeddings::enqueue(state.clone()));
{%- endif %}
    Worker::new(state.db.clone(), registry(), state.clone(), settings).start()
}

/// [`start`], unless `JOBS_IN_SERVE` leaves the jobs to other processes.
pub fn start_unless_elsewhere(state: &AppState) -> WorkerHandle {
    match state.config.jobs.in_serve {
        true => start(state),
        false => WorkerHandle::none(),
    }
}
