//! From changes to work: when it began, when its last change was, and when it is over.
//!
//! Lengths come from a clock that only runs forward, labels from the one on the wall. Where the two disagree about how much
//! time has passed, the machine slept or somebody set the clock: the work ends with its last change, so that no span can
//! become longer than the time in which it was seen, or negative.

use std::time::Duration;

use super::Rules;

/// How far wall clock and steady clock may drift apart between two looks before it counts as a jump, in seconds.
const DRIFT: i64 = 5;

/// What both clocks say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// Since the run began, by a clock that nobody can set.
    pub steady: Duration,
    /// Seconds since 1970, as the wall clock has it.
    pub wall: i64,
}

/// What was seen so far of a stretch of work. A later one with the same name replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Its name, different from all others.
    pub id: String,
    /// The first change.
    pub from: i64,
    /// The last change; the same moment if there was only one.
    pub to: i64,
    /// Whether it is over.
    pub done: bool,
}

#[derive(Debug)]
struct Open {
    id: String,
    from: i64,
    began: Duration,
    last: Duration,
    /// What the clocks said when they were last read.
    seen: Clocks,
    /// The last change that was written down, and when that was.
    written: (Duration, Duration),
}

impl Open {
    fn work(&self, done: bool) -> Work {
        let length = whole_seconds(self.last.saturating_sub(self.began));
        Work { id: self.id.clone(), from: self.from, to: self.from.saturating_add(length), done }
    }

    /// Whether one of the clocks was set, or stood still while the other went on.
    fn jumped(&self, now: Clocks) -> bool {
        let steady = whole_seconds(now.steady.saturating_sub(self.seen.steady));
        let wall = now.wall.saturating_sub(self.seen.wall);
        wall.saturating_sub(steady).saturating_abs() > DRIFT
    }
}

/// Follows the changes of one run.
#[derive(Debug)]
pub struct Tracker {
    rules: Rules,
    run: String,
    begun: u32,
    open: Option<Open>,
}

impl Tracker {
    /// A run whose work is named after `run`, which no other run may have.
    #[must_use]
    pub const fn new(rules: Rules, run: String) -> Self {
        Self { rules, run, begun: 0, open: None }
    }

    /// The work that goes on, if somebody is at work.
    #[must_use]
    pub fn current(&self) -> Option<Work> {
        self.open.as_ref().map(|open| open.work(false))
    }

    /// Something changed. Returns what has to be written down.
    pub fn change(&mut self, now: Clocks) -> Vec<Work> {
        let mut updates = self.finish_if_over(now);
        if let Some(open) = &mut self.open {
            open.last = now.steady;
        } else {
            self.begun += 1;
            let id = format!("{}-{}", self.run, self.begun);
            let written = (now.steady, now.steady);
            let open = Open { id, from: now.wall, began: now.steady, last: now.steady, seen: now, written };
            updates.push(open.work(false));
            self.open = Some(open);
        }
        updates.extend(self.heartbeat(now));
        updates
    }

    /// Time has passed. Returns what has to be written down.
    pub fn tick(&mut self, now: Clocks) -> Vec<Work> {
        let mut updates = self.finish_if_over(now);
        updates.extend(self.heartbeat(now));
        updates
    }

    /// Ends work that is over at `now`.
    fn finish_if_over(&mut self, now: Clocks) -> Vec<Work> {
        let Some(open) = &mut self.open else { return Vec::new() };
        let idle = whole_seconds(now.steady.saturating_sub(open.last)) >= self.rules.idle;
        if idle || open.jumped(now) {
            return self.stop();
        }
        open.seen = now;
        Vec::new()
    }

    /// The run ends, and the work with it.
    pub fn stop(&mut self) -> Vec<Work> {
        self.open.take().map(|open| open.work(true)).into_iter().collect()
    }

    /// How long nothing has to be done if nothing changes.
    #[must_use]
    pub fn timeout(&self, now: Clocks) -> Option<Duration> {
        let open = self.open.as_ref()?;
        let idle = open.last + seconds(self.rules.idle);
        let beat = open.written.1 + seconds(self.rules.heartbeat);
        let next = if open.last > open.written.0 { idle.min(beat) } else { idle };
        Some(next.saturating_sub(now.steady))
    }

    /// A change is written down after a minute at the latest, and at once if it is a minute later than what is written.
    fn heartbeat(&mut self, now: Clocks) -> Option<Work> {
        let open = self.open.as_mut()?;
        let since = |then: Duration, now: Duration| whole_seconds(now.saturating_sub(then)) >= self.rules.heartbeat;
        let due = since(open.written.1, now.steady) || since(open.written.0, open.last);
        if !due || open.last <= open.written.0 {
            return None;
        }
        open.written = (open.last, now.steady);
        Some(open.work(false))
    }
}

fn whole_seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(count.unsigned_abs())
}

#[cfg(test)]
mod tests;
