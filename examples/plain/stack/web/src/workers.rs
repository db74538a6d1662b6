//! A fixed number of threads for work that keeps a processor and much memory busy, with a short queue before them.
//!
//! Each thread has a state of its own, such as a buffer, which is used again by the next job. tokio's blocking threads are
//! not for that: there are hundreds of them, and what each allocates and frees stays with the allocator of the C library.

use std::{
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

/// After this time without a job a thread drops its state, so that an idle process is small again.
const IDLE: Duration = Duration::from_secs(5);

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// Threads with a state `S` each. They end when this and its clones are dropped.
pub struct Workers<S>(Sender<Job<S>>);

/// Why there is no result of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// As many jobs wait as may; try again later.
    #[error("the queue is full")]
    QueueFull,
    /// The job panicked; the panic hook has said where.
    #[error("the job panicked")]
    Panicked,
}

impl<S: Default + 'static> Workers<S> {
    /// Starts `threads` threads with this name, and lets `queue` jobs wait for them.
    ///
    /// # Errors
    /// If the operating system does not start a thread.
    pub fn start(name: &str, threads: usize, queue: usize) -> io::Result<Self> {
        let (sender, jobs) = bounded(queue);
        for _ in 0..threads {
            let jobs = jobs.clone();
            thread::Builder::new()
                .name(name.to_owned())
                .spawn(move || work(&jobs))?;
        }
        Ok(Self(sender))
    }

    /// Runs `job` on one of the threads. A job that has begun ends, even if nobody waits for it any more; one that has
    /// not is left out then.
    ///
    /// # Errors
    /// [`WorkError`], at once if the queue is full.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut S) -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        let (result, waiting) = oneshot::channel();
        let job = Box::new(move |state: &mut S| {
            if !result.is_closed() {
                result.send(job(state)).ok();
            }
        });
        self.0.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => WorkError::QueueFull,
            TrySendError::Disconnected(_) => WorkError::Panicked,
        })?;
        waiting.await.map_err(|_| WorkError::Panicked)
    }
}

fn work<S: Default>(jobs: &Receiver<Job<S>>) {
    while let Ok(job) = jobs.recv() {
        let mut state = S::default();
        let mut next = Some(job);
        while let Some(job) = next {
            if catch_unwind(AssertUnwindSafe(|| job(&mut state))).is_err() {
                state = S::default();
            }
            next = jobs.recv_timeout(IDLE).ok();
        }
    }
}

impl<S> Clone for Workers<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S> fmt::Debug for Workers<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers").finish_non_exhaustive()
    }
}
