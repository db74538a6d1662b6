//! Hooks for what goes on beside the rendering: effects, subscriptions, streams.

use std::{any::Any, future::Future, sync::Arc};

use futures_util::FutureExt;
use maud::Markup;
use serde::de::DeserializeOwned;

use super::{Cx, out_of_order};
use crate::{Ctx, Stop, Stream, html, page::Slot};

impl Cx {
    /// Work beside the page, from the moment when it is shown, and again when `deps` change. It ends with the
    /// component. Never while the first HTML is made.
    pub fn use_effect<D, F, Fut>(&self, deps: D, effect: F)
    where
        D: PartialEq + Send + Sync + 'static,
        F: FnOnce(Ctx) -> Fut,
        Fut: Future<Output = Result<(), Stop>> + Send + 'static,
    {
        let (slot, held, connected) = {
            let mut inner = self.page.lock();
            let connected = inner.connected;
            let instance = inner.rendering(self.at);
            let slot = instance.next_slot();
            let held = match instance.slots.get(slot) {
                None => None,
                Some(Slot::Effect { deps, job }) => Some((Arc::clone(deps), job.clone())),
                Some(_) => out_of_order(),
            };
            (slot, held, connected)
        };
        if let Some((known, job)) = held {
            if known.downcast_ref::<D>() == Some(&deps) {
                return;
            }
            job.abort();
        }
        let job = match connected {
            true => {
                let future = effect(self.ctx()).boxed();
                self.page.lock().spawn(self.at, None, None, None, future)
            }
            false => futures_util::future::AbortHandle::new_pair().0,
        };
        self.push(
            slot,
            Slot::Effect {
                deps: Arc::new(deps),
                job,
            },
        );
    }

    /// Calls `handle` with every message of `topic`. Messages that cannot be read as `T` are left out.
    pub fn subscribe<T, F>(&self, topic: &str, handle: F)
    where
        T: DeserializeOwned,
        F: Fn(&Ctx, T) + Send + Sync + 'static,
    {
        let heard: crate::page::OnMessage = Arc::new(move |ctx, text| {
            if let Ok(message) = serde_json::from_str(text) {
                handle(ctx, message);
            }
        });
        let hub = self.page.live.hub().clone();
        let mut inner = self.page.lock();
        let connected = inner.connected;
        let instance = inner.rendering(self.at);
        let slot = instance.next_slot();
        match instance.slots.get_mut(slot) {
            Some(Slot::Subscription {
                topic: known,
                handle,
                ..
            }) if **known == *topic => *handle = heard,
            None | Some(Slot::Subscription { .. }) if connected => {
                let mailbox = self.page.mailbox(&mut inner);
                let tag = inner.next_tag;
                inner.next_tag += 1;
                drop(inner);
                let place = hub.join(topic, &mailbox, tag);
                self.push(
                    slot,
                    Slot::Subscription {
                        topic: topic.into(),
                        _place: place,
                        tag,
                        handle: heard,
                    },
                );
            }
            None => {
                drop(inner);
                let nothing: Arc<dyn Any + Send + Sync> = Arc::new(());
                self.push(
                    slot,
                    Slot::Memo {
                        deps: Arc::clone(&nothing),
                        value: nothing,
                        stale: false,
                    },
                );
            }
            Some(_) => out_of_order(),
        }
    }

    /// A list whose items stay in the browser alone: `first` gives those that it begins with, as (key, markup). The
    /// markup of an item carries its key as `data-key`.
    ///
    /// # Errors
    /// Those of `first`.
    pub async fn use_stream<E, F, Fut>(&self, first: F) -> Result<Stream, Stop>
    where
        Stop: From<E>,
        F: FnOnce(Ctx) -> Fut,
        Fut: Future<Output = Result<Vec<(String, Markup)>, E>>,
    {
        let (slot, exists, id) = {
            let mut inner = self.page.lock();
            let instance = inner.rendering(self.at);
            let slot = instance.next_slot();
            let exists = instance
                .slots
                .get(slot)
                .map(|held| matches!(held, Slot::Stream { .. }));
            (slot, exists, instance.stream_id(slot))
        };
        match exists {
            Some(true) => {}
            Some(false) => out_of_order(),
            None => {
                let items = first(self.ctx()).await?;
                let items = items
                    .into_iter()
                    .map(|(key, item)| (key, html::canonical(&item.into_string())));
                self.push(
                    slot,
                    Slot::Stream {
                        first: Some(items.collect()),
                    },
                );
            }
        }
        let place = html::place(
            &self.page.mark,
            's',
            u32::try_from(slot).unwrap_or(u32::MAX),
        );
        Ok(Stream::new(id, place))
    }
}
