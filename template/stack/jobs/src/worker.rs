//! The worker of a process: takes what is due, and runs so many jobs at a time.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use sqlx::PgPool;
use stack_db::Db;
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinSet,
    time::sleep,
};

use crate::{
    Attempt, Failure, Registry,
    outcome::{self, Ended},
    schedule,
    table::{self, Claimed},
    wake,
};

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How many jobs run at a time.
    pub concurrency: usize,
    /// For how long a worker holds a job without a sign of life; after a kill, the job runs again then.
    pub lease: Duration,
    /// How long running jobs may take to finish after [`WorkerHandle::stop`]. What has not ended then is left to others.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: 4,
            lease: Duration::from_secs(60),
            grace: Duration::from_secs(20),
        }
    }
}

/// What a worker is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Work,
    /// Take no more jobs.
    Finish,
    /// Leave those that still run.
    Leave,
}

/// Stops a worker that runs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct WorkerHandle(watch::Sender<Phase>);

impl WorkerHandle {
    /// Of no worker at all, for a process that has none.
    pub fn none() -> Self {
        Self(watch::Sender::new(Phase::Leave))
    }

    /// Asks the worker to take no more jobs, and to end within [`Settings::grace`].
    pub fn stop(&self) {
        self.0
            .send_modify(|phase| *phase = (*phase).max(Phase::Finish));
    }

    /// Ready when the worker has ended.
    pub async fn ended(&self) {
        self.0.closed().await;
    }
}

/// Runs the jobs of a [`Registry`].
pub struct Worker<S> {
    db: Db,
    registry: Arc<Registry<S>>,
    state: S,
    settings: Settings,
}

impl<S: Clone + Send + Sync + 'static> Worker<S> {
    /// A worker that gives `state` to every job.
    pub fn new(db: Db, registry: Registry<S>, state: S, settings: Settings) -> Self {
        Self {
            db,
            registry: Arc::new(registry),
            state,
            settings,
        }
    }

    /// Works in a task of its own, until it is stopped.
    pub fn start(self) -> WorkerHandle {
        let (sender, phase) = watch::channel(Phase::Work);
        let handle = WorkerHandle(sender);
        let (worker, stop) = (Arc::new(self), handle.clone());
        tokio::spawn(async move { worker.run(phase, &stop).await });
        handle
    }

    async fn run(self: Arc<Self>, mut phase: watch::Receiver<Phase>, handle: &WorkerHandle) {
        let wake = Arc::new(Notify::new());
        // They end with this function.
        let mut helpers = JoinSet::new();
        helpers.spawn(wake::listen(self.db.pool().clone(), wake.clone()));
        let schedules = self.registry.schedules.clone();
        helpers.spawn(schedule::run(self.db.clone(), schedules));
        let mut running = JoinSet::new();
        let (ended, outcomes) = mpsc::channel(outcome::BATCH);
        let left = phase.clone();
        let mut storing = tokio::spawn(outcome::store(
            self.registry.clone(),
            self.db.pool().clone(),
            self.settings.lease,
            outcomes,
            move || *left.borrow() == Phase::Leave,
        ));
        let kinds = self.registry.kinds();
        while *phase.borrow() == Phase::Work {
            while running.try_join_next().is_some() {}
            let free = self.settings.concurrency.saturating_sub(running.len());
            let mut has_free = free > 0;
            if has_free {
                match table::claim(self.db.pool(), &kinds, free, self.settings.lease).await {
                    Ok(jobs) => {
                        has_free = jobs.len() < free;
                        for job in jobs {
                            let hold = self.clone().hold(job, ended.clone(), phase.clone());
                            running.spawn(hold);
                        }
                    }
                    Err(error) => tracing::warn!(%error, "cannot look for jobs"),
                }
            }
            tokio::select! {
                _ = phase.wait_for(|phase| *phase > Phase::Work) => {}
                Some(_) = running.join_next() => {}
                () = wake.notified(), if has_free => {}
                () = sleep(wake::POLL) => {}
            }
        }
        helpers.shutdown().await;
        drop(ended);
        let all = async {
            while running.join_next().await.is_some() {}
            (&mut storing).await.ok();
        };
        if tokio::time::timeout(self.settings.grace, all)
            .await
            .is_err()
        {
            tracing::warn!(
                jobs = running.len(),
                "left jobs to others that did not end in time"
            );
            handle.0.send_replace(Phase::Leave);
            while running.join_next().await.is_some() {}
            storing.await.ok();
        }
    }

    /// Runs a job while the lease is extended, and hands over what came of it.
    async fn hold(
        self: Arc<Self>,
        job: Claimed,
        ended: mpsc::Sender<Ended>,
        mut phase: watch::Receiver<Phase>,
    ) {
        let pool = self.db.pool();
        let outcome = tokio::select! {
            outcome = attempt(&self.registry, self.state.clone(), pool, &job) => Some(outcome),
            () = lost(pool, &job, self.settings.lease) => {
                tracing::warn!(id = %job.id, kind = job.kind, "a job was cancelled, or another worker has it");
                return;
            }
            _ = phase.wait_for(|phase| *phase == Phase::Leave) => None,
        };
        ended.send(Ended { job, outcome }).await.ok();
    }
}

/// Ready when the worker holds the job no more: it was cancelled, or the lease could not be extended in time.
async fn lost(pool: &PgPool, job: &Claimed, lease: Duration) {
    let mut extended_at = Instant::now();
    loop {
        sleep(lease / 3).await;
        match table::extend(pool, &[job], lease).await {
            Ok(0) => return,
            Ok(_) => extended_at = Instant::now(),
            Err(_) if extended_at.elapsed() >= lease => return,
            Err(error) => tracing::warn!(id = %job.id, %error, "cannot extend the lease of a job"),
        }
    }
}

/// Runs the function of a job, whose panic is a failure like any other.
pub(crate) async fn attempt<S: Clone + Send + Sync + 'static>(
    registry: &Registry<S>,
    state: S,
    pool: &PgPool,
    job: &Claimed,
) -> Result<(), Failure> {
    if job.attempts > job.max_attempts {
        let text = "the process that ran it has ended, and there is no attempt left";
        return Err(Failure::give_up(text));
    }
    let Some(kind) = registry.kind(&job.kind) else {
        return Err(Failure::again("this release does not know it".to_owned()));
    };
    let run = AssertUnwindSafe(|| {
        let attempt = Attempt::new(pool.clone(), job.clone());
        AssertUnwindSafe((kind.run)(state, &job.argument, attempt))
    });
    let running = match std::panic::catch_unwind(run) {
        Ok(running) => running.catch_unwind().await,
        Err(panic) => Err(panic),
    };
    running.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(Failure::again(format!(
            "it panicked: {}",
            text.unwrap_or_default()
        )))
    })
}
