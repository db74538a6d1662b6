//! What a component has while it is rendered: [`Cx`], with the hooks.

mod children;
mod effects;
mod handlers;
mod loads;
mod values;

use std::{ops::Deref, sync::Arc};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::{
    Ctx,
    page::{Page, Slot},
};

/// What stands between keys and numbers in the paths of components and the ids of handlers: no key has it, so that no two
/// of them are the same.
const SEPARATORS: &AsciiSet = &CONTROLS.add(b'%').add(b'.').add(b'/').add(b':').add(b'~');

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
    pub(crate) fn new(page: Arc<Page>, component: u32) -> Self {
        let ctx = Ctx {
            page,
            component,
            rendering: true,
        };
        Self { ctx, key: None }
    }

    /// The [`Ctx`] for what happens later.
    pub fn ctx(&self) -> Ctx {
        self.ctx.untracked()
    }

    /// The same component, for one item of a list: what is made with it carries `key`, so that an event reaches the
    /// item that was clicked even if the list has changed meanwhile.
    pub fn keyed(&self, key: impl std::fmt::Display) -> Self {
        let key = key.to_string();
        let key = utf8_percent_encode(&key, SEPARATORS);
        let key = match &self.key {
            Some(outer) => format!("{outer}.{key}"),
            None => key.to_string(),
        };
        Self {
            ctx: self.ctx.clone(),
            key: Some(key.into()),
        }
    }

    /// The place of the next hook, and what `read` finds in it, unless it is new.
    ///
    /// # Panics
    /// If `read` returns nothing: another kind of hook was called here before. That ends the page, since nobody knows
    /// which value belongs to which hook.
    fn next_slot<R>(&self, read: impl FnOnce(&mut Slot) -> Option<R>) -> (usize, Option<R>) {
        let mut inner = self.page.lock();
        let instance = inner.rendering(self.component);
        let slot = instance.cursor;
        instance.cursor += 1;
        let Some(held) = instance.slots.get_mut(slot) else {
            return (slot, None);
        };
        let Some(found) = read(held) else {
            drop(inner);
            panic!(
                "hooks were called in another order than before: not inside of an `if` or a loop, but in a component \
                 of its own"
            );
        };
        (slot, Some(found))
    }

    /// Puts `new` into its place. What was there is dropped without the lock.
    fn put(&self, slot: usize, new: Slot) {
        let old = {
            let mut inner = self.page.lock();
            let instance = inner.instances.get_mut(&self.component);
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
}
