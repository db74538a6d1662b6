//! Handles to what hooks hold. They are `Copy`, so closures can take them without a clone.

use std::{any::Any, marker::PhantomData, ops::Deref, sync::Arc};

use maud::{Markup, PreEscaped, html};

use crate::{
    Ctx,
    page::{LoadStatus, Slot},
};

/// A value of a component. Reading it while rendering means being rendered again when it changes; setting it to what
/// it is already does nothing.
pub struct State<T> {
    pub(crate) component: u32,
    pub(crate) slot: usize,
    pub(crate) kind: PhantomData<fn() -> T>,
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}

impl<T> PartialEq for State<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.component, self.slot) == (other.component, other.slot)
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> State<T> {
    /// The value.
    ///
    /// # Panics
    /// If the component that it belongs to is gone: the handle was given to something that lives longer.
    pub fn get(&self, ctx: &Ctx) -> T {
        T::clone(&self.read(ctx))
    }

    /// The value, without a copy of it.
    ///
    /// # Panics
    /// As [`get`](Self::get).
    pub fn read(&self, ctx: &Ctx) -> Arc<T> {
        self.current(ctx)
            .expect("a state is read only while its component is there")
    }

    /// Sets the value.
    pub fn set(&self, ctx: &Ctx, value: T) {
        let old = self.current(&ctx.untracked());
        if old.is_some_and(|old| *old == value) {
            return;
        }
        let new: Arc<dyn Any + Send + Sync> = Arc::new(value);
        let old = {
            let mut inner = ctx.page.lock();
            let slot = inner.slot(self.component, self.slot);
            let Some(Slot::State { value, readers, .. }) = slot else {
                return;
            };
            let old = std::mem::replace(value, new);
            let readers = readers.clone();
            inner.mark_dirty(&readers);
            old
        };
        // Values of users are dropped without the lock.
        drop(old);
        ctx.page.wake.notify_one();
    }

    /// Changes the value: a copy of it, which then takes its place.
    ///
    /// # Panics
    /// As [`get`](Self::get).
    pub fn update(&self, ctx: &Ctx, change: impl FnOnce(&mut T)) {
        let mut value = self.get(&ctx.untracked());
        change(&mut value);
        self.set(ctx, value);
    }

    fn current(&self, ctx: &Ctx) -> Option<Arc<T>> {
        let value = {
            let mut inner = ctx.page.lock();
            match inner.slot(self.component, self.slot)? {
                Slot::State { value, readers, .. } => {
                    ctx.track(readers);
                    Arc::clone(value)
                }
                _ => return None,
            }
        };
        value.downcast().ok()
    }
}

/// What [`use_load`](crate::Cx::use_load) has loaded.
pub struct Loaded<T> {
    pub(crate) value: Arc<T>,
    pub(crate) reload: Reload,
}

impl<T> Deref for Loaded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Loaded<T> {
    /// A handle that loads again, for a handler that has changed what was loaded.
    pub fn reloading(&self) -> Reload {
        self.reload
    }
}

/// What [`use_later`](crate::Cx::use_later) loads.
pub struct Later<T> {
    pub(crate) value: Option<Arc<T>>,
    pub(crate) last: Option<Arc<T>>,
    pub(crate) has_failed: bool,
    pub(crate) reload: Reload,
    pub(crate) place: String,
}

impl<T> Later<T> {
    /// The markup of the value, or `waiting` as long as there is none. For a browser without a script the first HTML ends
    /// before it until it is there.
    pub fn show(&self, waiting: Markup, show: impl FnOnce(&T) -> Markup) -> Markup {
        let part = self.get().map_or(waiting, show);
        html! { (PreEscaped(&self.place)) (part) }
    }

    /// The value, as soon as it is there; `None` again when `deps` have changed.
    pub fn get(&self) -> Option<&T> {
        self.value.as_deref()
    }

    /// The value, or until it is there that of other `deps` before.
    pub fn last(&self) -> Option<&T> {
        self.last.as_deref()
    }

    /// Whether the last load failed. The visitor has been told.
    pub fn has_failed(&self) -> bool {
        self.has_failed
    }

    /// A handle that loads again. The value stays until the next one is there.
    pub fn reloading(&self) -> Reload {
        self.reload
    }
}

/// Makes a [`use_load`](crate::Cx::use_load) or [`use_later`](crate::Cx::use_later) load again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reload {
    pub(crate) component: u32,
    pub(crate) slot: usize,
}

impl Reload {
    /// Loads again, and renders the component with what that brings. What is being loaded is given up.
    pub fn reload(&self, ctx: &Ctx) {
        {
            let mut inner = ctx.page.lock();
            let Some(instance) = inner.instances.get_mut(&self.component) else {
                return;
            };
            if let Some(Slot::Load(load)) = instance.slots.get_mut(self.slot) {
                load.status = LoadStatus::Stale;
                instance.dirty = true;
            }
        }
        ctx.page.wake.notify_one();
    }
}
