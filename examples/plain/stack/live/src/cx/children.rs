//! Components in components.

use std::{any::type_name, future::Future, sync::Arc};

use futures_util::FutureExt;
use maud::PreEscaped;

use super::Cx;
use crate::{
    html,
    page::{AnyValue, Render},
};

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
                .get(&self.component)
                .expect("a component is there while it is rendered");
            let nth = instance.rendered_children.len();
            let path = match &self.key {
                None => format!("{}/{nth}", instance.path),
                Some(key) => {
                    let stem = format!("{}/{key}", instance.path);
                    let same = |id: &&u32| {
                        let child = inner.instances.get(id);
                        let stems = child.and_then(|child| child.path.rsplit_once('~'));
                        stems.is_some_and(|(other, _)| other == stem)
                    };
                    let again = instance.rendered_children.iter().filter(same).count();
                    format!("{stem}~{again}")
                }
            };
            let held = instance.children.iter().find_map(|id| {
                let child = inner.instances.get(id)?;
                (*child.path == *path && child.name == name)
                    .then(|| (*id, Arc::clone(&child.props)))
            });
            (path, held)
        };
        let id = match held {
            // Compared without the lock: it is code of a user.
            Some((id, held)) if held.downcast_ref::<P>() == Some(&props) => id,
            held => {
                let props = Arc::new(props);
                let kept: AnyValue = props.clone();
                let render: Render = Arc::new(move |cx| component(cx, P::clone(&props)).boxed());
                let mut inner = self.page.lock();
                match held {
                    None => inner.insert(path, name, Some(self.component), render, kept),
                    Some((id, _)) => {
                        let old = inner.instances.get_mut(&id).map(|instance| {
                            instance.dirty = true;
                            instance.failed = None;
                            let render = std::mem::replace(&mut instance.render, render);
                            (render, std::mem::replace(&mut instance.props, kept))
                        });
                        // Values of users are dropped without the lock.
                        drop(inner);
                        drop(old);
                        id
                    }
                }
            }
        };
        let dirty = {
            let mut inner = self.page.lock();
            if let Some(instance) = inner.instances.get_mut(&self.component) {
                instance.rendered_children.push(id);
            }
            inner.instances.get(&id).is_some_and(|child| child.dirty)
        };
        if dirty {
            self.page.render_bounded(id).await?;
        }
        if self.page.lock().awaits(id) {
            return self.suspend().await;
        }
        Ok(PreEscaped(html::place(&self.page.mark, 'c', id)))
    }
}
