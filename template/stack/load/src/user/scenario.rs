//! What all users have in common.

use std::{net::SocketAddr, time::Duration};

use tokio::sync::watch;

use crate::{
    Script,
    step::{Action, Step},
    target::Origin,
};

/// What all users do, and where.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub script: Script,
    pub origin: Origin,
    /// The address of the origin.
    pub address: SocketAddr,
    /// Different for every run.
    pub run_id: String,
    /// The shortest and the longest think time; as recorded if it is none.
    pub think: Option<(Duration, Duration)>,
    pub timeout: Duration,
    pub set: Vec<(String, String)>,
    /// Every iteration is that of a new visitor.
    pub fresh: bool,
    /// So many users are active: those with a lower index.
    pub active_users: watch::Receiver<usize>,
    /// The number of iterations of each user, if there is an end to them.
    pub iterations: Option<u64>,
}

impl Scenario {
    /// The mean think time before a step, of all that are repeated.
    pub(crate) fn mean_think(&self) -> Duration {
        let start = if self.fresh {
            0
        } else {
            self.script.loop_start
        };
        let steps = self.script.steps.iter().skip(start);
        let steps = steps.filter(|step| !matches!(step.action, Action::Disconnect(_)));
        let think = |index: u32, step: &Step| match self.think {
            None => step.think,
            Some(_) if step.is_automatic && index > 0 => Duration::ZERO,
            Some((min, max)) => (min + max) / 2,
        };
        let (count, sum) = steps.fold((0, Duration::ZERO), |(count, sum), step| {
            (count + 1, sum + think(count, step))
        });
        sum / count.max(1)
    }
}
