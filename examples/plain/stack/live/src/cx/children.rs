//! Components in components.

use std::{
    any::{Any, type_name},
    future::Future,
    sync::Arc,
};

use futures_util::FutureExt;
use maud::PreEscaped;

use super::Cx;
use crate::{html, page::Page};

impl Cx {
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
