//! What all users have in common.

use std::time::Duration;

use tokio::sync::watch;

use crate::{arrivals::Arrivals, mix::Mix, play::Target, step::Action};

/// What all users do, and where.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub mix: Mix,
    /// When visits begin, if that does not depend on the responses.
    pub arrivals: Option<Arrivals>,
    pub target: Target,
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
    /// The mean think time before a step, of all that are repeated; none where visits begin at a rate.
    pub(crate) fn mean_think(&self) -> Option<Duration> {
        if self.arrivals.is_some() {
            return None;
        }
        let (mut count, mut sum) = (0, Duration::ZERO);
        for script in self.mix.shares() {
            let start = if self.fresh { 0 } else { script.loop_start };
            let steps = script.steps.iter().skip(start);
            let steps = steps.filter(|step| !matches!(step.action, Action::Disconnect(_)));
            for (index, step) in steps.enumerate() {
                count += 1;
                sum += match self.think {
                    None => step.think,
                    Some(_) if step.is_automatic && index > 0 => Duration::ZERO,
                    Some((min, max)) => (min + max) / 2,
                };
            }
        }
        Some(sum / count.max(1))
    }
}
