//! What handlers and effects can do: [`Ctx`].

use std::{any::TypeId, sync::Arc};

use maud::Markup;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Browser,
    broadcast::PublishError,
    page::{Page, Slot},
};

/// The page, for handlers and effects. Cheap to clone; a clone that outlives the page changes nothing.
#[derive(Clone)]
pub struct Ctx {
    pub(crate) page: Arc<Page>,
    pub(crate) component: u32,
    pub(crate) rendering: bool,
}

/// A message that the page shows until the visitor goes elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Whether it is about an error.
    #[serde(rename = "b", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_error: bool,
    /// The text.
    #[serde(rename = "t")]
    pub text: String,
}

impl Ctx {
    /// For what happens after a rendering, in this component.
    pub(crate) fn later(page: &Arc<Page>, component: u32) -> Self {
        Self {
            page: Arc::clone(page),
            component,
            rendering: false,
        }
    }

    /// Puts the component among `readers`, if it is being rendered.
    pub(crate) fn track(&self, readers: &mut Vec<u32>) {
        if self.rendering && !readers.contains(&self.component) {
            readers.push(self.component);
        }
    }

    /// A value that the application has put into [`Visit::extensions`](crate::Visit): its state, the visitor.
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.page.visit.extensions.get().cloned()
    }

    /// The visitor's browser.
    pub fn browser(&self) -> Browser {
        Browser::new(self.clone())
    }

    /// The path of the page, without its query.
    pub fn path(&self) -> String {
        self.page.lock().url.path.clone()
    }

    /// The parameter `name` of the route; empty if there is none.
    pub fn param(&self, name: &str) -> String {
        let inner = self.page.lock();
        let found = inner.url.params.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// The query as a struct. Reading it while rendering means being rendered again when it changes. A page keeps its
    /// states when only its query changes, so what the query says is read here each time, and not put into a state.
    ///
    /// # Errors
    /// If it does not fit, as that of a link that we did not make.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, serde_urlencoded::de::Error> {
        let query = {
            let mut inner = self.page.lock();
            self.track(&mut inner.query_readers);
            inner.url.query.clone()
        };
        serde_urlencoded::from_str(&query)
    }

    /// The id of the work under way, see [`ActiveWork::id`](crate::observer::ActiveWork::id): for a visitor to quote if
    /// it fails.
    pub fn work_id(&self) -> Option<String> {
        self.page.lock().work_id.as_deref().map(str::to_owned)
    }

    /// Goes to `url` without a load: another live page takes the place of this one. What is no live page is loaded.
    ///
    /// An async handler ends with the page that it leaves, so it does this last, or returns
    /// [`PageError::redirect`](crate::PageError::redirect).
    pub fn navigate(&self, url: impl Into<String>) {
        self.page.lock().navigate = Some(url.into());
        self.page.wake.notify_one();
    }

    /// Goes to `url` by a load, as needed for a response that sets cookies.
    pub fn leave(&self, url: impl Into<String>) {
        self.page.lock().outbox.leave = Some(url.into());
        self.page.wake.notify_one();
    }

    /// Shows `query` in the address bar without going anywhere, so that a reload and a link lead back to what is
    /// shown now. The text before the question mark stays.
    pub fn set_query(&self, query: &impl Serialize) {
        self.change_query(query, "replace");
    }

    /// As [`set_query`](Self::set_query), as a new entry of the history: Back leads to what was shown before, with the
    /// states that the page had then.
    pub fn push_query(&self, query: &impl Serialize) {
        self.change_query(query, "push");
    }

    fn change_query(&self, query: &impl Serialize, how: &'static str) {
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        {
            let mut inner = self.page.lock();
            if inner.url.query == query {
                return;
            }
            inner.url.query = query;
            let readers = inner.query_readers.clone();
            inner.mark_dirty(&readers);
            let url = inner.url.text();
            // One entry for what one message brings.
            let is_new = how == "push" || matches!(inner.outbox.url, Some((_, "push")));
            inner.outbox.url = Some((url, if is_new { "push" } else { "replace" }));
        }
        self.page.wake.notify_one();
    }

    /// Sets the title of the page.
    pub fn set_title(&self, title: impl Into<String>) {
        let title = title.into();
        let mut inner = self.page.lock();
        if inner.title != title {
            inner.title = title.clone();
            inner.outbox.title = Some(title);
            drop(inner);
            self.page.wake.notify_one();
        }
    }

    /// Sets what the head of the document says of the page beside its title: `meta` and `link` elements, such as a
    /// description for search engines. The next page begins without them.
    pub fn set_head(&self, elements: &Markup) {
        let mut inner = self.page.lock();
        if inner.head != elements.0 {
            inner.head.clone_from(&elements.0);
            inner.outbox.head = Some(elements.0.clone());
            drop(inner);
            self.page.wake.notify_one();
        }
    }

    /// The title that was set.
    pub fn title(&self) -> String {
        self.page.lock().title.clone()
    }

    /// Shows a message that something worked. The layout shows it, here or on the page that comes next.
    pub fn flash(&self, text: impl Into<String>) {
        let (is_error, text) = (false, text.into());
        self.set_flash(Flash { is_error, text });
    }

    /// Shows a message that something did not work.
    pub fn flash_error(&self, text: impl Into<String>) {
        let (is_error, text) = (true, text.into());
        self.set_flash(Flash { is_error, text });
    }

    fn set_flash(&self, flash: Flash) {
        let mut inner = self.page.lock();
        let readers = inner.flash.set(Some(flash));
        inner.mark_dirty(&readers);
        drop(inner);
        self.page.wake.notify_one();
    }

    /// The message to show, for the layout.
    pub fn shown_flash(&self) -> Option<Flash> {
        let mut inner = self.page.lock();
        self.track(&mut inner.flash.readers);
        inner.flash.value.clone()
    }

    /// The name of the visitor's time zone, such as `Europe/Berlin`, once it is known. It comes from the browser.
    pub fn time_zone(&self) -> Option<String> {
        let mut inner = self.page.lock();
        self.track(&mut inner.zone.readers);
        inner.zone.value.clone()
    }

    /// False while the first HTML is rendered, when nobody can do anything with the page yet.
    pub fn is_connected(&self) -> bool {
        self.page.lock().mailbox.is_some()
    }

    /// Sends a message to all pages that [subscribe](crate::Cx::subscribe) to `topic`, this one too, in every process.
    ///
    /// # Errors
    /// If topic or message are too long.
    pub fn publish(&self, topic: &str, message: &impl Serialize) -> Result<(), PublishError> {
        self.page.live.hub().publish(topic, message)
    }

    /// The value that a component around this one has [provided](crate::Cx::provide).
    pub fn context<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        let mut inner = self.page.lock();
        let (mut found, mut at) = (None, Some(self.component));
        while let (None, Some(id)) = (&found, at) {
            let instance = inner.instances.get_mut(&id)?;
            at = instance.parent;
            found = instance.slots.iter_mut().find_map(|slot| match slot {
                Slot::Context {
                    kind,
                    value,
                    readers,
                } if *kind == TypeId::of::<T>() => {
                    self.track(readers);
                    Some(Arc::clone(value))
                }
                _ => None,
            });
        }
        drop(inner);
        found?.downcast_ref::<T>().cloned()
    }

    /// The same page, for reading without being rendered again when the value changes.
    pub(crate) fn untracked(&self) -> Self {
        Self {
            rendering: false,
            ..self.clone()
        }
    }
}
