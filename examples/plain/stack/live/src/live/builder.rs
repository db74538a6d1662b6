//! Puts a [`Live`] together.

use std::{any::type_name, collections::HashSet, future::Future, sync::Arc};

use futures_util::FutureExt;
use parking_lot::Mutex;
use tokio::sync::watch;

use super::{Limits, Live, OnError, PageMemory, Route, Shared};
use crate::{
    Ctx, Cx,
    broadcast::Hub,
    browser,
    event_stream::OpenStreams,
    interner::Interner,
    observer::{NoObserver, Observer},
    page::Render,
    saved::Signer,
};

/// Puts a [`Live`] together.
pub struct Builder {
    pages: Vec<Route>,
    keys: Vec<[u8; 32]>,
    limits: Limits,
    hub: Hub,
    observer: Arc<dyn Observer>,
    allowed: HashSet<String>,
    on_error: OnError,
}

impl Live {
    /// A builder without pages. States are signed with the first of `keys` and accepted with any.
    pub fn builder(keys: Vec<[u8; 32]>) -> Builder {
        Builder {
            pages: Vec::new(),
            keys,
            limits: Limits::default(),
            hub: Hub::default(),
            observer: Arc::new(NoObserver),
            allowed: browser::ALLOWED
                .iter()
                .map(|path| (*path).to_owned())
                .collect(),
            on_error: Arc::new(|ctx, error| {
                tracing::error!(%error, "a live page failed");
                ctx.flash_error("Something went wrong on our side.");
            }),
        }
    }
}

impl Builder {
    /// A page at `pattern`, such as `/notes/{id}`; parameters are read by [`Ctx::param`].
    #[must_use]
    pub fn page<F, Fut>(mut self, pattern: &'static str, page: F) -> Self
    where
        F: Fn(Cx) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = crate::Result> + Send + 'static,
    {
        let render: Render = Arc::new(move |cx| page(cx).boxed());
        self.pages.push(Route {
            pattern,
            name: type_name::<F>(),
            render,
        });
        self
    }

    /// Other limits than the default ones.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Where messages between pages go.
    #[must_use]
    pub fn hub(mut self, hub: Hub) -> Self {
        self.hub = hub;
        self
    }

    /// What is called when the pages do something, for logs and metrics.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Arc::new(observer);
        self
    }

    /// One more path that may be called in a browser, such as `navigator.vibrate()`.
    #[must_use]
    pub fn allow(mut self, path: &str) -> Self {
        self.allowed.insert(path.to_owned());
        self
    }

    /// What happens with the error of a handler, or of a page that is shown already: it is logged, and the visitor
    /// told, usually by [`Ctx::flash_error`].
    #[must_use]
    pub fn on_error(
        mut self,
        handle: impl Fn(&Ctx, Box<dyn std::error::Error + Send + Sync>) + Send + Sync + 'static,
    ) -> Self {
        self.on_error = Arc::new(handle);
        self
    }

    /// Builds it.
    ///
    /// # Panics
    /// If two pages have patterns for the same paths: a mistake in the program, found when it starts.
    pub fn build(self) -> Live {
        let mut routes = matchit::Router::new();
        for (at, page) in self.pages.iter().enumerate() {
            if let Err(error) = routes.insert(page.pattern, at) {
                panic!("the live page `{}`: {error}", page.pattern);
            }
        }
        Live(Arc::new(Shared {
            routes,
            pages: self.pages,
            signer: Signer::new(self.keys),
            limits: self.limits,
            hub: self.hub,
            observer: self.observer,
            allowed: self.allowed,
            on_error: self.on_error,
            stopping: watch::Sender::new(false),
            usage: Mutex::default(),
            memory: PageMemory::default(),
            offers: Mutex::default(),
            interner: Interner::default(),
            streams: OpenStreams::default(),
        }))
    }
}
