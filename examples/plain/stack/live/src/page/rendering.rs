//! From what components have rendered to the HTML of the page.

use std::{any::Any, collections::BTreeMap, ops::ControlFlow, sync::Arc};

use futures_util::FutureExt;

use super::{Inner, Instance, LoadStatus, Render, Slot, boundary::failed, stream_id};
use crate::html::Piece;

/// How much of the HTML.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All that the server keeps.
    WithoutItems,
    WithItems,
    /// With items, up to the first part that is loaded later.
    BeforeLater,
}

impl Inner {
    /// Prepares a rendering of `id`. `published`: how many messages there have been.
    pub(super) fn begin(&mut self, id: u32, published: u64) -> Option<Render> {
        let instance = self.instances.get_mut(&id)?;
        instance.cursor = 0;
        instance.dirty = false;
        // One that goes on after a load has begun before it.
        if !instance.suspended {
            instance.begun = published;
        }
        instance.suspended = false;
        instance.rendered_children.clear();
        instance.new_handlers.clear();
        Some(match instance.failed {
            None => Arc::clone(&instance.render),
            Some(_) => Arc::new(|cx| failed(cx).boxed()),
        })
    }

    /// Takes in the outcome of a rendering. False if the component has to be rendered once more, because what was
    /// restored does not fit it; and what is gone now, to be dropped elsewhere.
    pub(super) fn finish(
        &mut self,
        id: u32,
        html: Box<[Piece]>,
    ) -> (bool, Vec<Box<dyn Any + Send>>) {
        let mut gone: Vec<Box<dyn Any + Send>> = Vec::new();
        let Some(instance) = self.instances.get_mut(&id) else {
            return (true, gone);
        };
        if let Some(restored) = instance.restored.take()
            && restored.first().map(|shape| shape.get()) != Some(instance.shape().get())
        {
            gone.push(Box::new(std::mem::take(&mut instance.slots)));
            return (false, gone);
        }
        let rest = instance
            .slots
            .split_off(instance.cursor.min(instance.slots.len()));
        gone.push(Box::new(rest));
        instance.slots.shrink_to_fit();
        let changed = instance.take_handlers(self.version + 1, &html);
        self.handlers_changed |= changed;
        gone.push(Box::new(std::mem::replace(&mut instance.html, html)));
        let rendered = std::mem::take(&mut instance.rendered_children);
        let old = std::mem::replace(&mut instance.children, rendered);
        let left: Vec<u32> = old
            .into_iter()
            .filter(|child| !instance.children.contains(child))
            .collect();
        let awaited_by = std::mem::take(&mut instance.awaited).then_some(instance.parent);
        for child in left {
            self.unmount(child, &mut gone);
        }
        if let Some(parent) = awaited_by.flatten() {
            self.mark_dirty(&[parent]);
        }
        (true, gone)
    }

    pub(super) fn is_suspended(&self, id: u32) -> bool {
        self.instances
            .get(&id)
            .is_some_and(|instance| instance.suspended)
    }

    /// A rendering of `id` has ended without HTML. Components that it has made stay for the next one.
    pub(super) fn abandon(&mut self, id: u32) {
        if let Some(instance) = self.instances.get_mut(&id) {
            for child in std::mem::take(&mut instance.rendered_children) {
                if !instance.children.contains(&child) {
                    instance.children.push(child);
                }
            }
            instance.new_handlers.clear();
        }
    }

    /// Whether `id` cannot be shown yet. If so, its parent is rendered as soon as it can.
    pub(crate) fn awaits(&mut self, id: u32) -> bool {
        let Some(instance) = self.instances.get_mut(&id) else {
            return false;
        };
        instance.awaited = instance.suspended && instance.html.is_empty();
        instance.awaited
    }

    fn unmount(&mut self, id: u32, gone: &mut Vec<Box<dyn Any + Send>>) {
        if let Some(instance) = self.instances.remove(&id) {
            for (_, job) in &instance.jobs {
                job.abort();
            }
            for child in &instance.children {
                self.unmount(*child, gone);
            }
            gone.push(instance);
        }
    }

    /// Takes all components out, to be dropped elsewhere. Their jobs end.
    pub(super) fn unmount_all(&mut self) -> BTreeMap<u32, Box<Instance>> {
        let old = std::mem::take(&mut self.instances);
        for (_, job) in old.values().flat_map(|instance| &instance.jobs) {
            job.abort();
        }
        old
    }

    pub(super) fn first_dirty(&self) -> Option<u32> {
        // Parents have smaller ids than what is in them.
        self.instances
            .iter()
            .find(|(_, instance)| instance.dirty)
            .map(|(id, _)| *id)
    }

    pub(crate) fn mark_dirty(&mut self, readers: &[u32]) {
        for reader in readers {
            if let Some(instance) = self.instances.get_mut(reader) {
                instance.dirty = true;
            }
        }
    }

    /// The page itself, as a component.
    pub(crate) fn root(&self) -> Option<u32> {
        self.instances.keys().next().copied()
    }

    /// The whole HTML; the items of streams only for a GET.
    pub(crate) fn html(&self, items: bool) -> String {
        let mut html = String::with_capacity(4096);
        let extent = match items {
            true => Extent::WithItems,
            false => Extent::WithoutItems,
        };
        if let Some(root) = self.root() {
            let _all = self.expand(root, extent, &mut html);
        }
        html
    }

    /// The HTML with the items of streams, up to the first part that is loaded later; nothing if no part says so.
    pub(crate) fn html_before_later(&self) -> String {
        let mut html = String::new();
        let root = self.root();
        match root.map(|root| self.expand(root, Extent::BeforeLater, &mut html)) {
            Some(ControlFlow::Break(())) => html,
            _ => String::new(),
        }
    }

    fn expand(&self, id: u32, extent: Extent, html: &mut String) -> ControlFlow<()> {
        let Some(instance) = self.instances.get(&id) else {
            return ControlFlow::Continue(());
        };
        for piece in &instance.html {
            match piece {
                Piece::Text(text) => html.push_str(text),
                Piece::Child(child) => self.expand(*child, extent, html)?,
                Piece::Items(_) if extent == Extent::WithoutItems => {}
                Piece::Items(slot) => {
                    if let Some(Slot::Stream { first: Some(first) }) = instance.slots.get(*slot) {
                        html.push_str(first);
                    }
                }
                Piece::Later if extent == Extent::BeforeLater => return ControlFlow::Break(()),
                Piece::Later => {}
            }
        }
        ControlFlow::Continue(())
    }

    /// Whether something is loaded beside the rendering.
    pub(crate) fn is_loading(&self) -> bool {
        let mut slots = self.instances.values().flat_map(|instance| &instance.slots);
        slots.any(|slot| match slot {
            Slot::Load(load) => matches!(load.status, LoadStatus::Running { .. }),
            _ => false,
        })
    }

    /// Whether some stream has first items that the browser lacks.
    pub(crate) fn has_first_items(&self) -> bool {
        let mut slots = self.instances.values().flat_map(|instance| &instance.slots);
        slots.any(|slot| matches!(slot, Slot::Stream { first: Some(_) }))
    }

    /// The first items of every stream, as (stream, HTML). They are not kept.
    pub(crate) fn take_first_items(&mut self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for instance in self.instances.values_mut() {
            for (slot, held) in instance.slots.iter_mut().enumerate() {
                if let Slot::Stream { first } = held
                    && let Some(first) = first.take()
                {
                    all.push((stream_id(&instance.path, slot), first));
                }
            }
        }
        all
    }

    /// Sends the items of streams that begin anew.
    pub(crate) fn reset_items(&mut self, items: Vec<(String, String)>) {
        let resets = items
            .into_iter()
            .map(|(id, html)| (id, "reset", String::new(), html, 0));
        self.outbox.items.extend(resets);
    }
}
