//! Hooks that hold values.

use std::{
    any::{TypeId, type_name},
    marker::PhantomData,
    sync::Arc,
};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::{RawValue, to_raw_value};

use super::Cx;
use crate::{
    State,
    page::{Save, Slot},
};

impl Cx {
    /// A value that stays from one rendering to the next, travels to the browser, and comes back when the page goes
    /// on in another process. The visitor can read it, but not change it: no secrets, and as little as will do.
    pub fn use_state<T>(&self, first: impl FnOnce() -> T) -> State<T>
    where
        T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
    {
        let restore = |json: Box<RawValue>| serde_json::from_str(json.get()).ok();
        self.state(
            |saved| saved.and_then(restore).unwrap_or_else(first),
            Some(|value| to_raw_value(value.downcast_ref::<T>()?).ok()),
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
        first: impl FnOnce(Option<Box<RawValue>>) -> T,
        save: Option<Save>,
    ) -> State<T> {
        let (slot, held) = self.next_slot(|held| match held {
            Slot::State { kind, .. } if *kind == type_name::<T>() => Some(()),
            _ => None,
        });
        if held.is_none() {
            let saved =
                save.and_then(|_| self.page.lock().rendering(self.component).next_restored());
            let new = Slot::State {
                value: Arc::new(first(saved)),
                kind: type_name::<T>(),
                save,
                readers: Vec::new(),
            };
            self.put(slot, new);
        }
        State {
            component: self.component,
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

    fn memo<D: PartialEq + 'static, T: Send + Sync + 'static>(
        &self,
        deps: &D,
    ) -> (usize, Option<Arc<T>>) {
        let (slot, held) = self.next_slot(|held| match held {
            Slot::Memo { deps, value } if value.is::<T>() => {
                Some((Arc::clone(deps), Arc::clone(value)))
            }
            _ => None,
        });
        let fits = held.filter(|(known, _)| known.downcast_ref::<D>() == Some(deps));
        (slot, fits.and_then(|(_, value)| value.downcast().ok()))
    }

    fn remember<D, T>(&self, slot: usize, deps: D, value: T) -> Arc<T>
    where
        D: Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        let value = Arc::new(value);
        let new = Slot::Memo {
            deps: Arc::new(deps),
            value: value.clone(),
        };
        self.put(slot, new);
        value
    }

    /// Gives a value to every component below this one, which reads it by [`context`](Ctx::context).
    pub fn provide<T: Clone + PartialEq + Send + Sync + 'static>(&self, value: T) {
        let (slot, held) = self.next_slot(|held| match held {
            Slot::Context {
                kind,
                value,
                readers,
            } if *kind == TypeId::of::<T>() => Some((Arc::clone(value), readers.clone())),
            _ => None,
        });
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
            self.put(slot, new);
            self.page.lock().mark_dirty(&readers);
        }
    }
}
