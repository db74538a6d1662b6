//! Texts that many pages have in common, stored once: most of a page that thousands look at is the same for all.

use std::{collections::HashSet, sync::Arc};

use parking_lot::Mutex;

/// A shorter text costs less than looking for it.
const MIN_BYTES: usize = 256;

/// The texts that are shown somewhere.
#[derive(Default)]
pub(crate) struct Interner(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    texts: HashSet<Arc<str>>,
    /// At how many texts those that no page shows any more are dropped.
    sweep_at: usize,
}

impl Interner {
    /// The same text, shared with the pages that have it already.
    pub(crate) fn intern(&self, text: String) -> Arc<str> {
        if text.len() < MIN_BYTES {
            return text.into();
        }
        let mut kept = self.0.lock();
        if let Some(known) = kept.texts.get(text.as_str()) {
            return Arc::clone(known);
        }
        if kept.texts.len() >= kept.sweep_at {
            kept.texts.retain(|text| Arc::strong_count(text) > 1);
            kept.sweep_at = (kept.texts.len() * 2).max(64);
        }
        let new: Arc<str> = text.into();
        kept.texts.insert(Arc::clone(&new));
        new
    }
}
