//! Which function does which job.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};

use crate::{Attempt, Failure, Job, schedule::Schedule};

type Run<S> =
    Box<dyn Fn(S, &str, Attempt) -> BoxFuture<'static, Result<(), Failure>> + Send + Sync>;

/// The functions that do the jobs, each for one type of argument, and the schedules. `S` is what every function is given.
pub struct Registry<S> {
    kinds: BTreeMap<&'static str, Kind<S>>,
    pub(crate) schedules: Vec<Schedule>,
}

/// What is known of the jobs of one kind.
pub(crate) struct Kind<S> {
    pub(crate) run: Run<S>,
    pub(crate) pause: fn(u16) -> Duration,
}

impl<S> Default for Registry<S> {
    fn default() -> Self {
        Self {
            kinds: BTreeMap::new(),
            schedules: Vec::new(),
        }
    }
}

impl<S: Clone + Send + Sync + 'static> Registry<S> {
    /// Jobs of the type `J` are done by `run`.
    ///
    /// # Panics
    /// If there is one with this [`Job::KIND`].
    #[must_use]
    pub fn job<J, F, Fut>(mut self, run: F) -> Self
    where
        J: Job,
        F: Fn(S, J, Attempt) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let run: Run<S> =
            Box::new(
                move |state, argument, attempt| match serde_json::from_str(argument) {
                    Ok(job) => run(state, job, attempt).boxed(),
                    Err(error) => {
                        let text = format!("its argument is from another version: {error}");
                        async move { Err(Failure::again(text)) }.boxed()
                    }
                },
            );
        let pause = J::pause;
        let before = self.kinds.insert(J::KIND, Kind { run, pause });
        assert!(before.is_none(), "two jobs are called `{}`", J::KIND);
        self
    }

    /// Enqueues `job` by a schedule, once over all processes: five fields (minute, hour, day of the month, month, day of the week) and
    /// perhaps a time zone, as in `30 6 * * 1-5 Europe/Berlin`; without one it is UTC. What was missed while no worker ran is made up
    /// for once.
    ///
    /// `name` identifies the schedule in the database.
    ///
    /// # Panics
    /// If the expression cannot be read, or `job` cannot be written as JSON.
    #[must_use]
    pub fn schedule<J: Job>(mut self, name: &'static str, expression: &str, job: &J) -> Self {
        self.schedules.push(Schedule::new(name, expression, job));
        self
    }

    /// The kinds of jobs that there is a function for.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.kinds.keys().copied().collect()
    }

    pub(crate) fn kind(&self, name: &str) -> Option<&Kind<S>> {
        self.kinds.get(name)
    }
}
