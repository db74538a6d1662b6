//! What a component loads beside its rendering.

use futures_util::future::AbortHandle;

use super::{AnyValue, Inner, Page, Slot};
use crate::PageError;

/// What [`use_load`](crate::Cx::use_load) and [`use_later`](crate::Cx::use_later) hold.
pub(crate) struct Load {
    /// For which the last load was begun.
    pub deps: AnyValue,
    /// The type of the value.
    pub kind: &'static str,
    /// The last value that was loaded.
    pub value: Option<AnyValue>,
    /// Whether that was for these `deps`.
    pub fits: bool,
    pub status: LoadStatus,
}

/// How far the last load is.
pub(crate) enum LoadStatus {
    Running {
        _job: OwnedJob,
    },
    Done,
    /// The error is that of the next rendering, if nobody else has been told.
    Failed(Option<PageError>),
    /// It has to be done again.
    Stale,
}

/// The work of an effect or a load. Ends when this is dropped: with its component, or when its `deps` have changed.
pub(crate) struct OwnedJob(pub Option<AbortHandle>);

impl Drop for OwnedJob {
    fn drop(&mut self) {
        if let Some(job) = &self.0 {
            job.abort();
        }
    }
}

impl Page {
    /// A load has ended, and its component is rendered again. Nobody renders the error of one that `is_later`: it is
    /// returned.
    pub(crate) fn loaded(
        &self,
        component: u32,
        slot: usize,
        outcome: Result<AnyValue, PageError>,
        is_later: bool,
    ) -> Result<(), PageError> {
        let mut result = Ok(());
        let old = {
            let mut inner = self.lock();
            let Some(instance) = inner.instances.get_mut(&component) else {
                return Ok(());
            };
            instance.dirty = true;
            let Some(Slot::Load(load)) = instance.slots.get_mut(slot) else {
                return Ok(());
            };
            let mut old = None;
            load.status = match outcome {
                Ok(value) => {
                    old = load.value.replace(value);
                    load.fits = true;
                    LoadStatus::Done
                }
                Err(error) if is_later => {
                    result = Err(error);
                    LoadStatus::Failed(None)
                }
                Err(error) => LoadStatus::Failed(Some(error)),
            };
            old
        };
        // Values of users are dropped without the lock.
        drop(old);
        self.wake.notify_one();
        result
    }
}

impl Inner {
    /// The events that a load takes over from the handlers that began it: they are answered in full when it has ended.
    pub(crate) fn owe(&mut self) -> Vec<u64> {
        let mut seqs = std::mem::take(&mut self.outbox.done);
        if let Some(seq) = self.event.take() {
            self.outbox.working.push(seq);
            seqs.push(seq);
        }
        self.owed.extend(&seqs);
        seqs
    }

    /// Whether every event from `first` to `last` is one that a load will answer.
    pub(crate) fn owes_all(&self, first: u64, last: u64) -> bool {
        (first..=last).all(|seq| self.owed.contains(&seq))
    }
}
