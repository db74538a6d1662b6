//! How far a transfer has come, as gix tells it while it works on threads of its own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gix::progress::{Count, Id, MessageLevel, NestedProgress, Progress, Step, StepShared, UNKNOWN, Unit};

/// The progress of a whole transfer: every sign of life counts, and the latest task gives the description.
#[derive(Clone, Debug, Default)]
pub(super) struct TransferProgress {
    signs: Arc<AtomicUsize>,
    latest: Arc<Mutex<Option<Task>>>,
    own: Task,
}

#[derive(Clone, Debug, Default)]
struct Task {
    name: String,
    step: Arc<AtomicUsize>,
    max: Option<usize>,
}

impl TransferProgress {
    /// A number that changes whenever anything happens.
    pub(super) fn reading(&self) -> usize {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let step = latest.as_ref().map_or(0, |task| task.step.load(Ordering::Relaxed));
        self.signs.load(Ordering::Relaxed).wrapping_add(step)
    }

    /// What is being done right now, for a person.
    pub(super) fn describe(&self) -> String {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        match latest.as_ref() {
            None => "connecting".to_owned(),
            Some(Task { name, step, max: Some(max) }) if *max > 0 => {
                format!("{name} {}%", (step.load(Ordering::Relaxed) * 100 / max).min(100))
            }
            Some(Task { name, .. }) => name.clone(),
        }
    }

    fn sign(&self) {
        self.signs.fetch_add(1, Ordering::Relaxed);
    }

    fn publish(&self) {
        self.sign();
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.own.clone());
    }
}

impl Count for TransferProgress {
    fn set(&self, step: Step) {
        self.own.step.store(step, Ordering::Relaxed);
        self.sign();
    }

    fn step(&self) -> Step {
        self.own.step.load(Ordering::Relaxed)
    }

    fn inc_by(&self, step: Step) {
        self.own.step.fetch_add(step, Ordering::Relaxed);
        self.sign();
    }

    fn counter(&self) -> StepShared {
        self.own.step.clone()
    }
}

impl Progress for TransferProgress {
    fn init(&mut self, max: Option<Step>, _unit: Option<Unit>) {
        self.own.max = max;
        self.own.step.store(0, Ordering::Relaxed);
        self.publish();
    }

    fn set_name(&mut self, name: String) {
        self.own.name = name;
        self.publish();
    }

    fn name(&self) -> Option<String> {
        Some(self.own.name.clone())
    }

    fn id(&self) -> Id {
        UNKNOWN
    }

    fn message(&self, _level: MessageLevel, _message: String) {
        self.sign();
    }
}

impl NestedProgress for TransferProgress {
    type SubProgress = Self;

    fn add_child(&mut self, name: impl Into<String>) -> Self {
        let child = Self { own: Task { name: name.into(), ..Task::default() }, ..self.clone() };
        child.publish();
        child
    }

    fn add_child_with_id(&mut self, name: impl Into<String>, _id: Id) -> Self {
        self.add_child(name)
    }
}
