//! A component in its place on a page: what its hooks hold, its handlers, its HTML.

use std::{
    any::{Any, TypeId},
    panic::Location,
    sync::Arc,
};

use futures_util::future::AbortHandle;
use serde_json::value::RawValue;

use super::{Held, Job, Render};
use crate::{Accept, Ctx, Event, Upload, broadcast::Subscription, html::Piece};

/// A component in its place.
pub(crate) struct Instance {
    pub path: Box<str>,
    pub name: &'static str,
    pub parent: Option<u32>,
    pub render: Render,
    pub props: Box<dyn Any + Send + Sync>,
    pub slots: Vec<Slot>,
    pub cursor: usize,
    pub children: Vec<u32>,
    /// The children that the rendering under way has met.
    pub met: Vec<u32>,
    pub handlers: Vec<Entry>,
    /// Those of the rendering under way.
    pub new_handlers: Vec<Entry>,
    pub html: Box<[Piece]>,
    pub dirty: bool,
    pub restored: Option<Vec<Box<RawValue>>>,
    pub jobs: Vec<(u64, AbortHandle)>,
}

/// A handler of the last rendering.
pub(crate) struct Entry {
    pub id: Box<str>,
    pub site: &'static Location<'static>,
    /// Whether the same line of code made several that only their order tells apart.
    pub ambiguous: bool,
    /// The version of the HTML since which this id means this handler.
    pub since: u64,
    pub run: Run,
}

/// What a handler does.
#[derive(Clone)]
pub(crate) enum Run {
    Now(Arc<RunNow>),
    Later(Arc<RunLater>),
    Upload(Accept, Arc<RunUpload>),
}

type RunNow = dyn Fn(&Ctx, Event) + Send + Sync;
type RunLater = dyn Fn(Ctx, Event) -> Job + Send + Sync;
type RunUpload = dyn Fn(Ctx, Upload) -> Job + Send + Sync;

/// What a hook holds.
pub(crate) enum Slot {
    State {
        value: Held,
        kind: &'static str,
        save: Option<fn(&(dyn Any + Send + Sync)) -> Option<String>>,
        readers: Vec<u32>,
    },
    Memo {
        deps: Held,
        value: Held,
        stale: bool,
    },
    Effect {
        deps: Held,
        job: AbortHandle,
    },
    Context {
        kind: TypeId,
        value: Held,
        readers: Vec<u32>,
    },
    Subscription {
        topic: Box<str>,
        _place: Subscription,
        tag: u32,
        handle: OnMessage,
    },
    Stream {
        first: Option<Vec<(String, String)>>,
    },
}

/// What a subscription does with a message.
pub(crate) type OnMessage = Arc<dyn Fn(&Ctx, &str) + Send + Sync>;

impl Instance {
    /// What its hooks hold: two programs whose fingerprints differ do not read each other's state.
    pub(super) fn shape(&self) -> String {
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
        crate::hash::hash(&text)
    }

    pub(super) fn saved_states(&self) -> Vec<Box<RawValue>> {
        let null = || RawValue::from_string("null".into()).ok();
        let mut states = Vec::new();
        for slot in &self.slots {
            if let Slot::State {
                value,
                save: Some(save),
                ..
            } = slot
            {
                let json = save(&**value).and_then(|json| RawValue::from_string(json).ok());
                states.extend(json.or_else(null));
            }
        }
        states
    }

    pub(crate) fn stream_id(&self, slot: usize) -> String {
        format!("{}:{slot}", self.path)
    }

    /// Exchanges the handlers; true if some id means something else now.
    pub(super) fn take_handlers(&mut self, next_version: u64, html: &[Piece]) -> bool {
        let moved = !same(&self.html, html);
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

fn same(old: &[Piece], new: &[Piece]) -> bool {
    old.len() == new.len()
        && old.iter().zip(new).all(|(old, new)| match (old, new) {
            (Piece::Text(old), Piece::Text(new)) => old == new,
            (Piece::Child(old), Piece::Child(new)) => old == new,
            (Piece::Items(old), Piece::Items(new)) => old == new,
            _ => false,
        })
}
