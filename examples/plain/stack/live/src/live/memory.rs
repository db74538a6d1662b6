//! What is remembered of pages whose connection has ended, for those that come back: what was done for them is not done
//! again, and what came of it is not lost with the answer.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

use super::{Limits, Live, Visit, half, visitor_key};

/// A page of a visitor, from one load to the next.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PageKey([u8; 16]);

impl PageKey {
    /// `name`: what the browser calls the page. `None` if that is no name.
    pub(crate) fn new(visit: &Visit, name: &str) -> Option<Self> {
        let visitor = visitor_key(&visit.secret);
        let digest = || Sha256::new().chain_update(visitor).chain_update(name);
        (1..=64).contains(&name.len()).then(|| Self(half(digest())))
    }
}

/// What was done for a page when its connection ended.
#[derive(Default)]
pub(crate) struct Remembered {
    /// Every event up to this number was handled.
    pub acknowledged: u64,
    /// Those of them whose handlers were cut off.
    pub cut_off: Vec<u64>,
    /// Those whose handlers have failed.
    pub failed: Vec<u64>,
    /// Where the page was.
    pub url: String,
    /// Its state.
    pub state: String,
    /// Where it was sent by a real load.
    pub left_for: Option<String>,
}

impl Remembered {
    /// What a browser that comes back is told: what was done, what of it was cut off, and what has failed.
    pub(crate) fn told(&self) -> (u64, Vec<u64>, Vec<u64>) {
        (self.acknowledged, self.cut_off.clone(), self.failed.clone())
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.url.len() + self.state.len()
    }
}

/// All pages that are open or remembered.
#[derive(Default)]
pub(super) struct PageMemory {
    entries: Mutex<Entries>,
    /// Some page is not open any more.
    ended: Notify,
}

#[derive(Default)]
struct Entries {
    pages: HashMap<PageKey, Entry>,
    /// Those that are remembered, the oldest first.
    oldest: VecDeque<(Instant, PageKey)>,
    bytes: usize,
}

enum Entry {
    /// Has a connection, which is asked by this to end.
    Open(Arc<Notify>),
    /// Until when it is remembered, and what.
    Ended(Instant, Remembered),
}

/// A page that has a connection, until this is dropped.
pub(crate) struct OpenPage {
    live: Live,
    key: PageKey,
    end: Arc<Notify>,
}

impl Live {
    /// The page has a connection now. If it had one before, that ends first; what is known of it then
    /// is returned.
    pub(crate) async fn open_page(&self, key: PageKey) -> (OpenPage, Option<Remembered>) {
        let page = OpenPage {
            live: self.clone(),
            key,
            end: Arc::default(),
        };
        let memory = &self.0.memory;
        let alone = async {
            loop {
                let ended = memory.ended.notified();
                match memory.entries.lock().open(key, &page.end) {
                    Ok(before) => return before,
                    Err(other) => other.notify_one(),
                }
                ended.await;
            }
        };
        let before = timeout(2 * self.limits().finish_timeout, alone).await;
        let before = before.unwrap_or_else(|_| {
            // Whatever the other one still does is not known.
            let mut entries = memory.entries.lock();
            entries
                .pages
                .insert(key, Entry::Open(Arc::clone(&page.end)));
            None
        });
        (page, before)
    }
}

impl Entries {
    /// Opens the page, unless it is open.
    fn open(&mut self, key: PageKey, end: &Arc<Notify>) -> Result<Option<Remembered>, Arc<Notify>> {
        if let Some(Entry::Open(other)) = self.pages.get(&key) {
            return Err(Arc::clone(other));
        }
        let before = self.pages.insert(key, Entry::Open(Arc::clone(end)));
        Ok(match before {
            Some(Entry::Ended(_, remembered)) => {
                self.bytes -= remembered.bytes();
                Some(remembered)
            }
            _ => None,
        })
    }

    fn remember(&mut self, key: PageKey, remembered: Remembered, limits: &Limits) {
        let now = Instant::now();
        let until = now + limits.remember_for;
        self.bytes += remembered.bytes();
        self.pages.insert(key, Entry::Ended(until, remembered));
        self.oldest.push_back((until, key));
        while let Some((until, oldest)) = self.oldest.front().copied()
            && (until <= now || self.bytes > limits.remembered_bytes)
        {
            self.oldest.pop_front();
            // It may be open again, or remembered since.
            if let Some(Entry::Ended(known, old)) = self.pages.get(&oldest)
                && *known == until
            {
                self.bytes -= old.bytes();
                self.pages.remove(&oldest);
            }
        }
    }
}

impl OpenPage {
    /// The page has another connection, so that this one should end.
    pub(crate) async fn replaced(&self) {
        self.end.notified().await;
    }

    /// The connection has ended; this is known of the page.
    pub(crate) fn remember(self, remembered: Remembered) {
        if self.is_current() {
            let mut entries = self.live.0.memory.entries.lock();
            entries.remember(self.key, remembered, self.live.limits());
        }
    }

    fn is_current(&self) -> bool {
        let entries = self.live.0.memory.entries.lock();
        let entry = entries.pages.get(&self.key);
        matches!(entry, Some(Entry::Open(end)) if Arc::ptr_eq(end, &self.end))
    }
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        if self.is_current() {
            self.live.0.memory.entries.lock().pages.remove(&self.key);
        }
        self.live.0.memory.ended.notify_waiters();
    }
}
