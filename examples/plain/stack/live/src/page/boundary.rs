//! Error boundaries: a component that fails ends alone, and says so in its place.
//!
//! While a page is mounted there are none: what fails then is the answer of the page, with the status that the
//! application gives it.

use std::{any::Any, sync::Arc};

use maud::html;

use super::{Inner, Page};
use crate::{Cx, PageError, Result};

impl Page {
    /// Renders one component. If it fails it shows that, and the page goes on.
    pub(crate) async fn render_bounded(self: &Arc<Self>, id: u32) -> Result<(), PageError> {
        match self.render(id).await {
            Err(error @ (PageError::Failed(_) | PageError::Panicked(_))) => {
                if !self.fail(id, &error) {
                    return Err(error);
                }
                self.render(id).await
            }
            outcome => outcome,
        }
    }

    /// Ends a component that has failed: what its hooks hold is gone, and it is rendered as failed next. False if the
    /// page ends with it, because it is the page itself or not there yet.
    pub(crate) fn fail(&self, id: u32, error: &PageError) -> bool {
        let (gone, component, path, work_id) = {
            let mut inner = self.lock();
            let work_id = inner.work_id.clone().unwrap_or_default();
            let Some(gone) = inner.fail(id, message(&work_id, error)) else {
                return false;
            };
            let component = inner.rendering(id).name;
            (gone, component, inner.url.path.clone(), work_id)
        };
        // Values of users are dropped without the lock.
        drop(gone);
        tracing::error!(
            ?error,
            component,
            id = &*work_id,
            path,
            "a component has failed"
        );
        true
    }

    /// Begins a component anew.
    fn restart(&self, id: u32) {
        if let Some(instance) = self.lock().instances.get_mut(&id) {
            instance.failed = None;
            instance.dirty = true;
        }
        self.wake.notify_one();
    }
}

impl Inner {
    /// Takes out what the hooks of `id` hold, to be dropped elsewhere, and ends its jobs. What it shows, and what is in
    /// it, is there until it is rendered as failed.
    fn fail(&mut self, id: u32, message: String) -> Option<impl Any + use<>> {
        let mounting = self.mounting;
        let instance = self.instances.get_mut(&id)?;
        if mounting || instance.parent.is_none() {
            return None;
        }
        for (_, job) in instance.jobs.drain(..) {
            job.abort();
        }
        for child in std::mem::take(&mut instance.rendered_children) {
            if !instance.children.contains(&child) {
                instance.children.push(child);
            }
        }
        instance.failed = Some(message.into());
        instance.dirty = true;
        instance.restored = None;
        Some(std::mem::take(&mut instance.slots))
    }
}

fn message(work_id: &str, error: &PageError) -> String {
    let mut text = String::from("This part of the page has stopped working.");
    if !work_id.is_empty() {
        text.push_str(&format!(" If you report this, please name {work_id}."));
    }
    if cfg!(debug_assertions) {
        text.push_str(&format!(" {error:?}"));
    }
    text
}

/// What a component shows that has failed.
pub(super) async fn failed(cx: Cx) -> Result {
    let text = cx.page.lock().rendering(cx.component).failed.clone();
    let again = cx.on(|ctx, _| ctx.page.restart(ctx.component));
    Ok(html! {
        div.live-failed role="alert" {
            p { (text.as_deref().unwrap_or_default()) }
            button type="button" on:click=(again) { "Start again" }
        }
    })
}
