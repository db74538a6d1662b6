//! Hooks that hold values.

use std::{
    any::{Any, TypeId, type_name},
    future::Future,
    marker::PhantomData,
    sync::Arc,
};

use serde::{Serialize, de::DeserializeOwned};

use super::{Cx, out_of_order};
use crate::{Ctx, Loaded, Reload, State, Stop, page::Slot};

impl Cx {
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
            let instance = inner.rendering(self.at);
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
            let instance = inner.rendering(self.at);
            let slot = instance.next_slot();
            let held = match instance.slots.get(slot) {
                None => None,
                Some(Slot::Memo { deps, value, stale }) => {
                    Some((Arc::clone(deps), Arc::clone(value), *stale))
                }
                Some(_) => out_of_order(),
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

    /// Gives a value to every component below this one, which reads it by [`context`](Ctx::context).
    pub fn provide<T: Clone + PartialEq + Send + Sync + 'static>(&self, value: T) {
        let (slot, held) = {
            let mut inner = self.page.lock();
            let instance = inner.rendering(self.at);
            let slot = instance.next_slot();
            let held = match instance.slots.get(slot) {
                None => None,
                Some(Slot::Context {
                    kind,
                    value,
                    readers,
                }) if *kind == TypeId::of::<T>() => Some((Arc::clone(value), readers.clone())),
                Some(_) => out_of_order(),
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
}
