//! All live pages of an application: their routes, and what they share.

use std::{
    any::type_name,
    collections::{HashMap, HashSet},
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::Uri;
use futures_util::FutureExt;
use maud::{Markup, PreEscaped, html};
use tokio::sync::watch;

use crate::{
    Ctx, Cx, Flash, Stop,
    broadcast::Hub,
    browser,
    page::{Page, Render, Url},
    saved::{self, Bound, Signer},
    texts::Texts,
    watch::{Nobody, Watch},
};

/// How much one visitor may ask of the server.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of one message from the browser.
    pub message_bytes: usize,
    /// Messages a second, over a longer time.
    pub events_per_second: u32,
    /// Messages at once.
    pub burst: u32,
    /// Bytes of a page's state; of a larger one nothing is kept.
    pub state_bytes: usize,
    /// Bytes of a page's HTML; a larger one is an error.
    pub html_bytes: usize,
    /// Jobs of one page at once: async handlers, effects, uploads.
    pub jobs: usize,
    /// How long a browser may take to read a message.
    pub send_timeout: Duration,
    /// How long a browser may say nothing; it says something every 25 seconds.
    pub silence: Duration,
    /// How long a rendering may take.
    pub render_timeout: Duration,
    /// How long a state counts.
    pub state_lifetime: Duration,
    /// Connections of this process.
    pub connections: usize,
    /// Connections of one visitor.
    pub connections_per_visitor: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 64 * 1024,
            events_per_second: 50,
            burst: 200,
            state_bytes: 32 * 1024,
            html_bytes: 2 * 1024 * 1024,
            jobs: 100,
            send_timeout: Duration::from_secs(15),
            silence: Duration::from_secs(70),
            render_timeout: Duration::from_secs(30),
            state_lifetime: Duration::from_secs(24 * 60 * 60),
            connections: 50_000,
            connections_per_visitor: 50,
        }
    }
}

/// Who visits, and with what. Made by the application for each request.
#[derive(Clone, Default)]
pub struct Visit {
    /// What pages get by [`Ctx::extension`].
    pub extensions: axum::http::Extensions,
    /// Known to this visitor's browser and nobody else's, such as the value of the session cookie: states are bound
    /// to it.
    pub secret: String,
    /// The cookie `tz`, if there is one.
    pub zone: Option<String>,
    /// What the page before left to say.
    pub flash: Option<Flash>,
    /// Whether `secret` is that of a session, which can end, see [`Live::end_session`].
    pub session: bool,
}

/// What a handler's or a page's error means; see [`Builder::on_error`].
type OnError = Arc<dyn Fn(&Ctx, Box<dyn std::error::Error + Send + Sync>) + Send + Sync>;

/// All live pages. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Shared>);

struct Shared {
    routes: matchit::Router<usize>,
    pages: Vec<Route>,
    signer: Signer,
    limits: Limits,
    hub: Hub,
    watch: Arc<dyn Watch>,
    allowed: HashSet<String>,
    on_error: OnError,
    stopping: watch::Sender<bool>,
    open: Mutex<Open>,
    texts: Texts,
}

/// The connections that there are.
#[derive(Default)]
struct Open {
    all: usize,
    by_visitor: HashMap<[u8; 16], usize>,
}

#[derive(Clone)]
struct Route {
    pattern: &'static str,
    name: &'static str,
    render: Render,
}

/// Puts a [`Live`] together.
pub struct Builder {
    pages: Vec<Route>,
    keys: Vec<[u8; 32]>,
    limits: Limits,
    hub: Hub,
    watch: Arc<dyn Watch>,
    allowed: HashSet<String>,
    on_error: OnError,
}

/// A page for a GET.
pub struct Rendered {
    /// The root element with the page in it: goes into the body of a document that links the script.
    pub root: Markup,
    /// The title that the page has set.
    pub title: String,
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

    /// Other limits than the usual ones.
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

    /// Who is told what the pages do.
    #[must_use]
    pub fn watch(mut self, watch: impl Watch) -> Self {
        self.watch = Arc::new(watch);
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

    /// All together.
    ///
    /// # Panics
    /// If two pages claim the same paths: a mistake in the program, found when it starts.
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
            watch: self.watch,
            allowed: self.allowed,
            on_error: self.on_error,
            stopping: watch::Sender::new(false),
            open: Mutex::default(),
            texts: Texts::default(),
        }))
    }
}

impl Live {
    /// Without pages yet. States are signed with the first of `keys` and accepted with any.
    pub fn builder(keys: Vec<[u8; 32]>) -> Builder {
        Builder {
            pages: Vec::new(),
            keys,
            limits: Limits::default(),
            hub: Hub::default(),
            watch: Arc::new(Nobody),
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

    /// The patterns of all pages, for the router of the application.
    pub fn patterns(&self) -> impl Iterator<Item = &'static str> {
        self.0.pages.iter().map(|page| page.pattern)
    }

    /// Renders the page at `uri` for a GET, or in answer to a form.
    ///
    /// # Errors
    /// What the page said; [`None`] inside if there is no page at this path.
    pub async fn render(&self, visit: Visit, uri: &Uri) -> Result<Option<Rendered>, Stop> {
        let Some((url, name, render)) = self.find(uri.path(), uri.query().unwrap_or_default())
        else {
            return Ok(None);
        };
        let path = url.path.clone();
        let secret = visit.secret.clone();
        let page = Page::new(self.clone(), visit, url, None, false);
        page.mount(name, render).await?;
        let inner = page.lock();
        let base = inner.html(false);
        let items = items_hash(&inner.first_items());
        let saved = inner.save(saved::expiry(self.limits().state_lifetime));
        let state = serde_json::to_string(&saved).unwrap_or_default();
        let mac = self.signer().sign(
            Bound {
                visitor: &secret,
                path: &path,
            },
            &state,
        );
        let html = if items.is_empty() {
            base.clone()
        } else {
            inner.html(true)
        };
        let root = html! {
            div #live data-hash=(crate::hash::hash(&base)) data-items=(items) data-state=(state) data-mac=(mac) {
                (PreEscaped(html))
            }
        };
        Ok(Some(Rendered {
            root,
            title: inner.title.clone(),
        }))
    }

    /// Ends every connection; browsers come back to whoever listens then.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Ends the connections of a session, in every process: somebody logged out. Their browsers load again.
    pub fn end_session(&self, secret: &str) {
        if let Err(error) = self.hub().publish(&ended_topic(secret), &()) {
            tracing::warn!(%error, "pages were not told that their session has ended");
        }
    }

    /// Where messages between pages go. Handlers of HTTP requests publish here.
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    pub(crate) fn watch(&self) -> &dyn Watch {
        &*self.0.watch
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn texts(&self) -> &Texts {
        &self.0.texts
    }

    pub(crate) fn signer(&self) -> &Signer {
        &self.0.signer
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    pub(crate) fn may_call(&self, path: &str) -> bool {
        self.0.allowed.contains(path)
    }

    pub(crate) fn error(&self, ctx: &Ctx, error: Box<dyn std::error::Error + Send + Sync>) {
        (self.0.on_error)(ctx, error);
    }

    /// The page at `path`.
    pub(crate) fn find(&self, path: &str, query: &str) -> Option<(Url, &'static str, Render)> {
        let found = self.0.routes.at(path).ok()?;
        let decode = |value: &str| percent_decoded(value);
        let params = found
            .params
            .iter()
            .map(|(name, value)| (name.to_owned(), decode(value)))
            .collect();
        let page = &self.0.pages[*found.value];
        let url = Url {
            path: path.to_owned(),
            query: query.to_owned(),
            params,
            pattern: page.pattern,
        };
        Some((url, page.name, Arc::clone(&page.render)))
    }

    /// A place for a new connection among those of its visitor; `None` if there are too many.
    pub(crate) fn admit(&self, secret: &str) -> Option<Admitted> {
        let visitor = visitor_key(secret);
        let limits = self.limits();
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let own = open.by_visitor.get(&visitor).copied().unwrap_or_default();
        if own >= limits.connections_per_visitor || open.all >= limits.connections {
            return None;
        }
        open.by_visitor.insert(visitor, own + 1);
        open.all += 1;
        drop(open);
        Some(Admitted {
            live: self.clone(),
            visitor,
        })
    }
}

/// A connection that counts, until it is dropped.
pub(crate) struct Admitted {
    live: Live,
    visitor: [u8; 16],
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self
            .live
            .0
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        if let Some(own) = open.by_visitor.get_mut(&self.visitor) {
            *own -= 1;
            if *own == 0 {
                open.by_visitor.remove(&self.visitor);
            }
        }
    }
}

/// Where the connections of a session hear that it has ended. Says nothing about the secret.
pub(crate) fn ended_topic(secret: &str) -> String {
    format!("session ended {}", hex::encode(visitor_key(secret)))
}

fn visitor_key(secret: &str) -> [u8; 16] {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(secret.as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

/// The fingerprint of the first items of all streams; empty if there are none.
pub(crate) fn items_hash(items: &[(String, String)]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let all: Vec<&str> = items
        .iter()
        .flat_map(|(id, html)| [id.as_str(), html.as_str()])
        .collect();
    crate::hash::hash(&all.join("\n"))
}

/// `a%20b` → `a b`. What is not encoded rightly stays as it is.
pub(crate) fn percent_decoded(text: &str) -> String {
    match percent_encoding::percent_decode_str(text).decode_utf8() {
        Ok(decoded) => decoded.into_owned(),
        Err(_) => text.to_owned(),
    }
}

impl Url {
    /// Path and query.
    pub(crate) fn text(&self) -> String {
        match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }
}
