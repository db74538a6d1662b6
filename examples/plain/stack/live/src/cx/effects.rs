//! Hooks for what runs beside the rendering: effects, subscriptions, streams.

use std::{future::Future, sync::Arc};

use futures_util::FutureExt;
use maud::Markup;
use serde::de::DeserializeOwned;

use super::Cx;
use crate::{
    Ctx, PageError, Stream, Window, html,
    page::{Job, OnMessage, OwnedJob, Slot, stream_id},
};

impl Cx {
    /// Runs `effect` beside the page, as soon as it is shown, and again when `deps` change. It ends with the component.
    /// It does not run for the first HTML.
    pub fn use_effect<D, F, Fut>(&self, deps: D, effect: F)
    where
        D: PartialEq + Send + Sync + 'static,
        F: FnOnce(Ctx) -> Fut,
        Fut: Future<Output = Result<(), PageError>> + Send + 'static,
    {
        self.use_memo(deps, || {
            if !self.is_connected() {
                return OwnedJob(None);
            }
            let job = Job {
                owner: self.component,
                ..Job::default()
            };
            let future = effect(self.ctx()).boxed();
            OwnedJob(Some(self.page.lock().spawn(job, future)))
        });
    }

    /// Calls `handle` with every message of `topic`, from the beginning of this rendering on: what is published while a
    /// load before it runs is not missed. Messages that cannot be read as `T` are ignored.
    pub fn subscribe<T, F>(&self, topic: &str, handle: F)
    where
        T: DeserializeOwned,
        F: Fn(&Ctx, T) + Send + Sync + 'static,
    {
        self.listen(
            topic,
            Arc::new(move |ctx, text| {
                if let Ok(message) = serde_json::from_str(text) {
                    handle(ctx, message);
                }
            }),
        );
    }

    /// As [`subscribe`](Self::subscribe), with what has to wait. Messages that come meanwhile do not: their handlers run
    /// at the same time. They end with the component.
    pub fn subscribe_async<T, F, Fut>(&self, topic: &str, handle: F)
    where
        T: DeserializeOwned,
        F: Fn(Ctx, T) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), PageError>> + Send + 'static,
    {
        self.listen(
            topic,
            Arc::new(move |ctx, text| {
                if let Ok(message) = serde_json::from_str(text) {
                    let job = Job {
                        owner: ctx.component,
                        ..Job::default()
                    };
                    let future = handle(ctx.clone(), message).boxed();
                    ctx.page.lock().spawn(job, future);
                }
            }),
        );
    }

    fn listen(&self, topic: &str, handle: OnMessage) {
        let (slot, same) = self.next_slot(|held| match held {
            Slot::Subscription {
                topic: known,
                handle: held,
                ..
            } => {
                let same = **known == *topic;
                if same {
                    *held = Arc::clone(&handle);
                }
                Some(same)
            }
            _ => None,
        });
        if same == Some(true) {
            return;
        }
        let (tag, mailbox, begun) = {
            let mut inner = self.page.lock();
            inner.next_tag += 1;
            let begun = inner.rendering(self.component).begun;
            (inner.next_tag, inner.mailbox.clone(), begun)
        };
        let hub = self.page.live.hub();
        let new = Slot::Subscription {
            topic: topic.into(),
            tag,
            handle,
            _subscription: mailbox.map(|mailbox| hub.subscribe_since(begun, topic, &mailbox, tag)),
        };
        self.put(slot, new);
    }

    /// A list whose items only the browser keeps: `first` returns those that it begins with, as (key, markup). The
    /// markup of an item has its key as `data-key`. A browser that has had the list before says what it shows of it: see
    /// [`Window::limit`].
    ///
    /// # Errors
    /// Those of `first`.
    pub async fn use_stream<E, F, Fut>(&self, first: F) -> Result<Stream, PageError>
    where
        PageError: From<E>,
        F: FnOnce(Ctx, Window) -> Fut,
        Fut: Future<Output = Result<Vec<(String, Markup)>, E>>,
    {
        let (slot, held) = self.next_slot(|held| match held {
            Slot::Stream { .. } => Some(()),
            _ => None,
        });
        let id = stream_id(&self.page.lock().rendering(self.component).path, slot);
        if held.is_none() {
            let window = self.page.lock().windows.remove(&id).unwrap_or_default();
            let items = first(self.ctx(), window).await?;
            let items = items
                .into_iter()
                .map(|(_, item)| html::canonical(&item.into_string()));
            let first = Some(items.collect());
            self.put(slot, Slot::Stream { first });
        }
        Ok(Stream::new(id, html::place(&self.page.mark, 's', slot)))
    }
}
