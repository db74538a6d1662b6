//! A component in its place on a page: what its hooks hold, its handlers, its HTML.

use std::{
    any::{Any, TypeId},
    panic::Location,
    sync::Arc,
};

use futures_util::future::AbortHandle;
use serde_json::value::{RawValue, to_raw_value};

use super::{AnyValue, JobFuture, Load, Render};
use crate::{Accept, Ctx, Event, PageError, Upload, broadcast::Subscription, html::Piece};

/// A component in its place.
pub(crate) struct Instance {
    pub path: Box<str>,
    pub name: &'static str,
    pub parent: Option<u32>,
    pub render: Render,
    pub props: AnyValue,
    pub slots: Vec<Slot>,
    pub cursor: usize,
    pub children: Vec<u32>,
    /// The children that the rendering under way has rendered so far.
    pub rendered_children: Vec<u32>,
    pub handlers: Vec<HandlerEntry>,
    /// Those of the rendering under way.
    pub new_handlers: Vec<HandlerEntry>,
    pub html: Box<[Piece]>,
    pub dirty: bool,
    /// How many messages had been published when the rendering began.
    pub begun: u64,
    /// The rendering under way cannot go on before something is loaded.
    pub suspended: bool,
    /// The component around it cannot be shown before this one is.
    pub awaited: bool,
    pub restored: Option<Vec<Box<RawValue>>>,
    /// What it says instead of what it renders, see `boundary`.
    pub failed: Option<Box<str>>,
    pub jobs: Vec<(u64, AbortHandle)>,
}

/// A handler of the last rendering.
pub(crate) struct HandlerEntry {
    pub id: Box<str>,
    /// Of the item of a list that it belongs to, see [`Cx::keyed`](crate::Cx::keyed).
    pub key: Option<Arc<str>>,
    pub site: &'static Location<'static>,
    /// Whether the same line of code made several that only their order tells apart.
    pub ambiguous: bool,
    /// The version of the HTML since which this id means this handler.
    pub since: u64,
    pub run: HandlerKind,
}

/// What a handler does.
#[derive(Clone)]
pub(crate) enum HandlerKind {
    Sync(Arc<SyncHandler>),
    Async(Arc<AsyncHandler>),
    Upload(Accept, Arc<UploadHandler>),
}

type SyncHandler = dyn Fn(&Ctx, Event) -> Result<(), PageError> + Send + Sync;
type AsyncHandler = dyn Fn(Ctx, Event) -> JobFuture + Send + Sync;
type UploadHandler = dyn Fn(Ctx, Upload) -> JobFuture + Send + Sync;

/// What a hook holds.
pub(crate) enum Slot {
    State {
        value: AnyValue,
        kind: &'static str,
        save: Option<Save>,
        readers: Vec<u32>,
    },
    Memo {
        deps: AnyValue,
        value: AnyValue,
    },
    Load(Box<Load>),
    Context {
        kind: TypeId,
        value: AnyValue,
        readers: Vec<u32>,
    },
    Subscription {
        topic: Box<str>,
        tag: u32,
        handle: OnMessage,
        /// `None` while HTML for a GET is rendered.
        _subscription: Option<Subscription>,
    },
    Stream {
        /// The HTML of its first items, until the browser has them.
        first: Option<String>,
    },
}

/// Writes a state as JSON, if it can be.
pub(crate) type Save = fn(&(dyn Any + Send + Sync)) -> Option<Box<RawValue>>;

/// What a subscription does with a message.
pub(crate) type OnMessage = Arc<dyn Fn(&Ctx, &str) + Send + Sync>;

impl Instance {
    /// The fingerprint of the component's name and the types of its states, as JSON: two programs whose fingerprints
    /// differ do not read each other's state.
    pub(super) fn shape(&self) -> Box<RawValue> {
        let mut text = self.name.to_owned();
        for slot in &self.slots {
            if let Slot::State {
                kind,
                save: Some(_),
                ..
            } = slot
            {
                text.push('|');
                text.push_str(kind);
            }
        }
        to_raw_value(&crate::hash::hash(&text)).expect("a text can be JSON")
    }

    /// The fingerprint and the states that travel; `None` if it has none.
    pub(super) fn saved_states(&self) -> Option<Vec<Box<RawValue>>> {
        let states = self.slots.iter().filter_map(|slot| match slot {
            Slot::State {
                value,
                save: Some(save),
                ..
            } => Some(save(&**value).unwrap_or_else(|| RawValue::NULL.to_owned())),
            _ => None,
        });
        let all: Vec<_> = std::iter::once(self.shape()).chain(states).collect();
        (all.len() > 1).then_some(all)
    }

    /// What the next state begins with, if the page goes on from a saved one.
    pub(crate) fn next_restored(&self) -> Option<Box<RawValue>> {
        let is_saved = |slot: &&Slot| matches!(slot, Slot::State { save: Some(_), .. });
        let before = self.slots.iter().filter(is_saved).count();
        // The fingerprint is the first.
        self.restored.as_ref()?.get(before + 1).cloned()
    }

    /// Exchanges the handlers; true if some id means something else now.
    pub(super) fn take_handlers(&mut self, next_version: u64, html: &[Piece]) -> bool {
        let moved = *self.html != *html;
        let mut changed = false;
        let mut new = std::mem::take(&mut self.new_handlers);
        for entry in &mut new {
            let old = self.handlers.iter().find(|old| old.id == entry.id);
            entry.since = match old {
                Some(old) if old.site == entry.site && !(entry.ambiguous && moved) => old.since,
                _ => {
                    changed = true;
                    next_version
                }
            };
        }
        new.shrink_to_fit();
        self.handlers = new;
        changed
    }
}

/// The id of the stream at `slot` of the component at `path`.
pub(crate) fn stream_id(path: &str, slot: usize) -> String {
    format!("{path}:{slot}")
}
