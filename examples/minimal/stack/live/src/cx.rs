//! What a component has while it is rendered: [`Cx`], with the hooks.

use std::{
    any::{Any, TypeId, type_name},
    future::Future,
    marker::PhantomData,
    ops::Deref,
    panic::Location,
    sync::Arc,
};

use futures_util::FutureExt;
use maud::{Markup, PreEscaped};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Accept, Ctx, Event, Handler, Loaded, Reload, State, Stop, Stream, Upload, html,
    page::{Entry, Page, Run, Slot},
};

/// A component that is being rendered. Hooks have to be called in the same order each time, as in every framework
/// that has them: not inside of an `if` or a loop, but in a component of its own.
///
/// It is a [`Ctx`] too, so that states can be read with it.
#[derive(Clone)]
pub struct Cx {
    ctx: Ctx,
    key: Option<Arc<str>>,
}

impl Deref for Cx {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.ctx
    }
}

impl Cx {
    pub(crate) fn new(page: Arc<Page>, at: u32) -> Self {
        let ctx = Ctx {
            page,
            at,
            rendering: true,
        };
        Self { ctx, key: None }
    }

    /// The [`Ctx`] for what happens later.
    pub fn ctx(&self) -> Ctx {
        self.ctx.untracked()
    }

    /// A value that stays from one rendering to the next, travels to the browser, and comes back when the page goes
    /// on in another process. The visitor can read it, but not change it: no secrets, and as little as will do.
    pub fn use_state<T>(&self, first: impl FnOnce() -> T) -> State<T>
    where
        T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
    {
        self.state(
            |json| {
                json.and_then(|json| serde_json::from_str(json).ok())
                    .unwrap_or_else(first)
            },
            Some(|value| {
                value
                    .downcast_ref::<T>()
                    .and_then(|value| serde_json::to_string(value).ok())
            }),
        )
    }

    /// As [`use_state`](Self::use_state), but it stays in this process: what is secret, large, or has no JSON. After
    /// a reconnection it begins anew.
    pub fn use_local<T>(&self, first: impl FnOnce() -> T) -> State<T>
    where
        T: Clone + PartialEq + Send + Sync + 'static,
    {
        self.state(|_| first(), None)
    }

    fn state<T: Clone + PartialEq + Send + Sync + 'static>(
        &self,
        first: impl FnOnce(Option<&str>) -> T,
        save: Option<fn(&(dyn Any + Send + Sync)) -> Option<String>>,
    ) -> State<T> {
        let (slot, exists, restored) = {
            let mut inner = self.page.lock();
            let instance = inner
                .instances
                .get_mut(&self.at)
                .expect("a component is there while it is rendered");
            let slot = instance.next_slot();
            let before = instance.slots[..slot.min(instance.slots.len())].iter();
            let nth = before
                .filter(|slot| matches!(slot, Slot::State { save: Some(_), .. }))
                .count();
            let restored = instance.restored.as_ref().filter(|_| save.is_some());
            let restored = restored
                .and_then(|states| states.get(nth + 1))
                .map(|json| json.get().to_owned());
            (slot, slot < instance.slots.len(), restored)
        };
        if !exists {
            let value = Arc::new(first(restored.as_deref()));
            self.push(
                slot,
                Slot::State {
                    value,
                    kind: type_name::<T>(),
                    save,
                    readers: Vec::new(),
                },
            );
        } else if !self.holds(
            slot,
            |held| matches!(held, Slot::State { kind, .. } if *kind == type_name::<T>()),
        ) {
            out_of_order();
        }
        State {
            at: self.at,
            slot,
            kind: PhantomData,
        }
    }

    /// A value that is computed from `deps`, and again only when those change.
    pub fn use_memo<D, T>(&self, deps: D, compute: impl FnOnce() -> T) -> Arc<T>
    where
        D: PartialEq + Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let (slot, held) = self.memo::<D, T>(&deps);
        held.unwrap_or_else(|| self.remember(slot, deps, compute()))
    }

    /// What `fetch` loads, and loads again when `deps` change or [`Reload`] asks for it. The first HTML waits for it.
    ///
    /// # Errors
    /// Those of `fetch`, which are the page's then.
    pub async fn use_load<D, T, E, F, Fut>(&self, deps: D, fetch: F) -> Result<Loaded<T>, Stop>
    where
        D: PartialEq + Send + Sync + 'static,
        T: Send + Sync + 'static,
        Stop: From<E>,
        F: FnOnce(Ctx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let (slot, held) = self.memo::<D, T>(&deps);
        let value = match held {
            Some(value) => value,
            None => {
                // Keeps the place, in case a hook after this one runs first.
                let value = fetch(self.ctx()).await?;
                self.remember(slot, deps, value)
            }
        };
        Ok(Loaded {
            value,
            reload: Reload { at: self.at, slot },
        })
    }

    fn memo<D: PartialEq + 'static, T: Send + Sync + 'static>(
        &self,
        deps: &D,
    ) -> (usize, Option<Arc<T>>) {
        let (slot, held) = {
            let mut inner = self.page.lock();
            let instance = inner
                .instances
                .get_mut(&self.at)
                .expect("a component is there while it is rendered");
            let slot = instance.next_slot();
            let held = match instance.slots.get(slot) {
                None => None,
                Some(Slot::Memo { deps, value, stale }) => {
                    Some((Arc::clone(deps), Arc::clone(value), *stale))
                }
                Some(_) => {
                    drop(inner);
                    out_of_order()
                }
            };
            (slot, held)
        };
        let fits =
            held.filter(|(known, _, stale)| !stale && known.downcast_ref::<D>() == Some(deps));
        (slot, fits.and_then(|(_, value, _)| value.downcast().ok()))
    }

    fn remember<D, T>(&self, slot: usize, deps: D, value: T) -> Arc<T>
    where
        D: Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let value = Arc::new(value);
        self.push(
            slot,
            Slot::Memo {
                deps: Arc::new(deps),
                value: value.clone(),
                stale: false,
            },
        );
        value
    }

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
            let instance = inner
                .instances
                .get_mut(&self.at)
                .expect("a component is there while it is rendered");
            let slot = instance.next_slot();
            let held = match instance.slots.get(slot) {
                None => None,
                Some(Slot::Effect { deps, job }) => Some((Arc::clone(deps), job.clone())),
                Some(_) => {
                    drop(inner);
                    out_of_order()
                }
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
        let heard: crate::page::Heard = Arc::new(move |ctx, text| {
            if let Ok(message) = serde_json::from_str(text) {
                handle(ctx, message);
            }
        });
        let hub = self.page.live.hub().clone();
        let mut inner = self.page.lock();
        let (at, connected) = (self.at, inner.connected);
        let instance = inner
            .instances
            .get_mut(&at)
            .expect("a component is there while it is rendered");
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
            Some(_) => {
                drop(inner);
                out_of_order()
            }
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
            let instance = inner
                .instances
                .get_mut(&self.at)
                .expect("a component is there while it is rendered");
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

    /// Gives a value to every component below this one, which reads it by [`context`](Ctx::context).
    pub fn provide<T: Clone + PartialEq + Send + Sync + 'static>(&self, value: T) {
        let (slot, held) = {
            let mut inner = self.page.lock();
            let instance = inner
                .instances
                .get_mut(&self.at)
                .expect("a component is there while it is rendered");
            let slot = instance.next_slot();
            let held = match instance.slots.get(slot) {
                None => None,
                Some(Slot::Context {
                    kind,
                    value,
                    readers,
                }) if *kind == TypeId::of::<T>() => Some((Arc::clone(value), readers.clone())),
                Some(_) => {
                    drop(inner);
                    out_of_order()
                }
            };
            (slot, held)
        };
        let (known, readers) = held.unzip();
        let same = known
            .and_then(|known| known.downcast::<T>().ok())
            .is_some_and(|known| *known == value);
        if !same {
            let readers = readers.unwrap_or_default();
            let new = Slot::Context {
                kind: TypeId::of::<T>(),
                value: Arc::new(value),
                readers: readers.clone(),
            };
            self.push(slot, new);
            self.page.lock().touch(&readers);
        }
    }

    /// Another component, here. It is rendered again when `props` change, or a state that it has read.
    ///
    /// # Errors
    /// Those of the component.
    pub async fn child<P, F, Fut>(&self, component: F, props: P) -> crate::Result
    where
        P: Clone + PartialEq + Send + Sync + 'static,
        F: Fn(Cx, P) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = crate::Result> + Send + 'static,
    {
        let name = type_name::<F>();
        let (path, held) = {
            let inner = self.page.lock();
            let instance = inner
                .instances
                .get(&self.at)
                .expect("a component is there while it is rendered");
            let nth = instance.met.len();
            let path = match &self.key {
                None => format!("{}/{nth}", instance.path),
                Some(key) => {
                    let stem = format!("{}/{key}", instance.path);
                    let same = |id: &&u32| {
                        inner
                            .instances
                            .get(id)
                            .is_some_and(|met| met.path.starts_with(&*stem))
                    };
                    match instance.met.iter().filter(same).count() {
                        0 => stem,
                        again => format!("{stem}~{again}"),
                    }
                }
            };
            let held = instance.children.iter().copied().find(|child| {
                inner
                    .instances
                    .get(child)
                    .is_some_and(|child| *child.path == *path && child.name == name)
            });
            (path, held)
        };
        let changed = match held {
            None => true,
            Some(id) => !self.page.has_props(id, &props),
        };
        let id = if let (Some(id), false) = (held, changed) {
            id
        } else {
            let kept = props.clone();
            let render: crate::page::Render =
                Arc::new(move |cx| component(cx, props.clone()).boxed());
            let mut inner = self.page.lock();
            match held {
                None => inner.insert(path, name, Some(self.at), render, Box::new(kept)),
                Some(id) => {
                    let old = inner.instances.get_mut(&id).map(|instance| {
                        instance.dirty = true;
                        let props: Box<dyn Any + Send + Sync> = Box::new(kept);
                        (
                            std::mem::replace(&mut instance.render, render),
                            std::mem::replace(&mut instance.props, props),
                        )
                    });
                    drop(inner);
                    drop(old);
                    id
                }
            }
        };
        let dirty = {
            let mut inner = self.page.lock();
            if let Some(instance) = inner.instances.get_mut(&self.at) {
                instance.met.push(id);
            }
            inner.instances.get(&id).is_some_and(|child| child.dirty)
        };
        if dirty {
            self.page.render(id).await?;
        }
        Ok(PreEscaped(html::place(&self.page.mark, 'c', id)))
    }

    /// The same component, for one item of a list: what is made with it carries `key`, so that an event reaches the
    /// item that was clicked even if the list has changed meanwhile.
    pub fn keyed(&self, key: impl std::fmt::Display) -> Self {
        let key = match &self.key {
            Some(outer) => format!("{outer}.{key}"),
            None => key.to_string(),
        };
        Self {
            ctx: self.ctx.clone(),
            key: Some(key.into()),
        }
    }

    /// What happens at an event: `button on:click=(cx.on(…))`. For what has to wait, [`on_async`](Self::on_async).
    #[track_caller]
    pub fn on(&self, handle: impl Fn(&Ctx, Event) + Send + Sync + 'static) -> Handler {
        self.register(Location::caller(), Run::Now(Arc::new(handle)))
    }

    /// What happens at an event and takes a while. The element is busy meanwhile; the page is not. It ends with the
    /// component.
    #[track_caller]
    pub fn on_async<F, Fut>(&self, handle: F) -> Handler
    where
        F: Fn(Ctx, Event) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Stop>> + Send + 'static,
    {
        let run = Run::Later(Arc::new(move |ctx, event| handle(ctx, event).boxed()));
        self.register(Location::caller(), run)
    }

    /// What happens with files that somebody chose: `input type="file" on:upload=(cx.on_upload(…))`.
    #[track_caller]
    pub fn on_upload<F, Fut>(&self, accept: Accept, handle: F) -> Handler
    where
        F: Fn(Ctx, Upload) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Stop>> + Send + 'static,
    {
        let run = Run::Upload(
            accept,
            Arc::new(move |ctx, upload| handle(ctx, upload).boxed()),
        );
        self.register(Location::caller(), run)
    }

    fn register(&self, site: &'static Location<'static>, run: Run) -> Handler {
        let mut inner = self.page.lock();
        let instance = inner
            .instances
            .get_mut(&self.at)
            .expect("a component is there while it is rendered");
        let stem = match &self.key {
            None => String::new(),
            Some(key) => format!("{key}~"),
        };
        let mut ambiguous = false;
        let mut nth = 0;
        for entry in &mut instance.new_handlers {
            let own = entry.id.rsplit_once(':').map_or(&*entry.id, |(_, own)| own);
            let scoped = match stem.as_str() {
                "" => !own.contains('~'),
                stem => own.starts_with(stem),
            };
            if scoped {
                nth += 1;
                if entry.site == site {
                    ambiguous = true;
                    entry.ambiguous = true;
                }
            }
        }
        let own = format!("{stem}{nth}");
        let id: Box<str> = match &*instance.path {
            "" => own.into(),
            path => format!("{path}:{own}").into(),
        };
        instance.new_handlers.push(Entry {
            id: id.clone(),
            site,
            ambiguous,
            since: 0,
            run,
        });
        Handler::new(id)
    }

    /// Puts `new` into its place. What was there is dropped without the lock.
    fn push(&self, slot: usize, new: Slot) {
        let old = {
            let mut inner = self.page.lock();
            let instance = inner.instances.get_mut(&self.at);
            instance.and_then(|instance| match instance.slots.get_mut(slot) {
                Some(held) => Some(std::mem::replace(held, new)),
                None => {
                    instance.slots.push(new);
                    None
                }
            })
        };
        drop(old);
    }

    fn holds(&self, slot: usize, is: impl FnOnce(&Slot) -> bool) -> bool {
        let inner = self.page.lock();
        inner
            .instances
            .get(&self.at)
            .and_then(|instance| instance.slots.get(slot))
            .is_some_and(is)
    }
}

impl crate::page::Instance {
    fn next_slot(&mut self) -> usize {
        self.cursor += 1;
        self.cursor - 1
    }
}

impl Page {
    fn has_props<P: PartialEq + 'static>(&self, id: u32, props: &P) -> bool {
        let held = {
            let mut inner = self.lock();
            let instance = inner.instances.get_mut(&id);
            instance.map(|instance| std::mem::replace(&mut instance.props, Box::new(())))
        };
        // Compared without the lock: it is code of a user.
        let Some(held) = held else { return false };
        let same = held.downcast_ref::<P>() == Some(props);
        if let Some(instance) = self.lock().instances.get_mut(&id) {
            instance.props = held;
        }
        same
    }
}

/// Ends the page: there is no telling whose value is whose.
fn out_of_order() -> ! {
    panic!(
        "hooks were called in another order than before: not inside of an `if` or a loop, but in a component of its own"
    )
}
