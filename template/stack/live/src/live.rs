//! All live pages of an application: their routes, and what they share.

mod budget;
mod builder;
mod limits;
mod memory;
mod permit;
mod rest;
mod resumable;
mod session;

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};

use axum::http::Uri;
use maud::{Markup, PreEscaped, html};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tokio::sync::{oneshot, watch};

pub use builder::Builder;
pub use limits::{Limits, PAGE_COST, Rate};
pub use rest::Rest;
pub use session::Session;

use crate::{
    Ctx, Flash, PageError,
    broadcast::Hub,
    event_stream::OpenStreams,
    interner::Interner,
    observer::Observer,
    page::{Page, Render, Url},
    saved::{self, Signer, StateBinding},
    session::Claim,
};
pub(crate) use budget::{Budget, wait_until};
use memory::PageMemory;
pub(crate) use memory::{OpenPage, PageKey, Remembered};
use permit::Usage;
pub use permit::network;
pub(crate) use permit::{ConnectionPermit, UploadWindow};
pub(crate) use session::SessionEnd;

/// The visitor and what the application passes to the page. Made by the application for each request.
#[derive(Clone, Default)]
pub struct Visit {
    /// What pages get by [`Ctx::extension`].
    pub extensions: axum::http::Extensions,
    /// Known to this visitor's browser and nobody else's, such as the value of the session cookie: states are bound
    /// to it.
    pub secret: String,
    /// The visitor's address on the network, if it is known: connections from it are limited, see [`Limits`].
    pub address: Option<IpAddr>,
    /// The cookie `tz`, if there is one.
    pub zone: Option<String>,
    /// The message that the page before has left.
    pub flash: Option<Flash>,
    /// The session that the visitor is logged in with, which can end.
    pub session: Option<Session>,
}

/// See [`Builder::on_error`].
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
    observer: Arc<dyn Observer>,
    allowed: HashSet<String>,
    on_error: OnError,
    stopping: watch::Sender<bool>,
    usage: Mutex<Usage>,
    memory: PageMemory,
    /// Pages with uploads, by the ids that their browsers have chosen.
    offers: Mutex<HashMap<PageKey, oneshot::Sender<Claim>>>,
    interner: Interner,
    streams: OpenStreams,
}

#[derive(Clone)]
struct Route {
    pattern: &'static str,
    name: &'static str,
    render: Render,
}

/// A page as HTML.
pub struct Rendered {
    /// The root element with the page in it: goes into the body of a document that links the script.
    pub root: Markup,
    /// The title that the page has set.
    pub title: String,
    /// What it has set for the head: goes into the head of the document.
    pub head: Markup,
    /// What of the page comes later.
    pub rest: Rest,
}

impl Live {
    /// The patterns of all pages, for the router of the application.
    pub fn patterns(&self) -> impl Iterator<Item = &'static str> {
        self.0.pages.iter().map(|page| page.pattern)
    }

    /// Renders the page at `uri` for a GET.
    ///
    /// # Errors
    /// Those of the page. The result is `None` if there is no page at this path.
    pub async fn render(&self, visit: Visit, uri: &Uri) -> Result<Option<Rendered>, PageError> {
        self.render_root(visit, uri, None).await
    }

    /// Renders the page at `uri` in answer to a form that was submitted to any address. The script makes `uri` the address
    /// that the browser shows: a connection and a reload are about the same page.
    ///
    /// # Errors
    /// As [`render`](Self::render)
    pub async fn render_answer(
        &self,
        visit: Visit,
        uri: &Uri,
    ) -> Result<Option<Rendered>, PageError> {
        self.render_root(visit, uri, Some(uri)).await
    }

    async fn render_root(
        &self,
        visit: Visit,
        uri: &Uri,
        shown: Option<&Uri>,
    ) -> Result<Option<Rendered>, PageError> {
        let Some((url, name, render)) = self.find(uri.path(), uri.query().unwrap_or_default())
        else {
            return Ok(None);
        };
        let path = url.path.clone();
        let secret = visit.secret.clone();
        // The script has set the cookie: by the connection parts that take long come without holding the others up.
        let has_script = visit.zone.is_some();
        let page = Page::new(self.clone(), visit, url, None, None);
        page.lock().leaves_out_later = has_script;
        page.mount(name, render).await?;
        let binding = StateBinding {
            visitor: &secret,
            path: &path,
        };
        let (saved, title, head, jobs) = {
            let mut inner = page.lock();
            let saved = inner.save(saved::expiry(self.limits().state_lifetime));
            let jobs = std::mem::take(&mut inner.jobs);
            let head = html! {
                meta name="live-head" content="start";
                (PreEscaped(&inner.head))
                meta name="live-head" content="end";
            };
            (saved, inner.title.clone(), head, jobs)
        };
        let state = serde_json::to_string(&saved).unwrap_or_default();
        let mac = self.signer().sign(binding, &state);
        let (html, hash, items, rest) = if jobs.is_empty() {
            let mut inner = page.lock();
            let base = inner.html(false);
            let hash = crate::hash::hash(&base);
            // Without streams it is the same HTML.
            let html = match inner.has_first_items() {
                true => inner.html(true),
                false => base,
            };
            let items = items_hash(&inner.take_first_items());
            (PreEscaped(html), hash, items, Rest::default())
        } else {
            let (before, rest) = Rest::of(page, jobs);
            // Of what is not known yet there is no fingerprint: the connection brings the whole once more.
            (before, String::new(), String::new(), rest)
        };
        let root = html! {
            div #live data-hash=(hash) data-items=(items) data-state=(state) data-mac=(mac) data-url=[shown]
                data-most=(self.limits().message_bytes) {
                (html)
            }
        };
        Ok(Some(Rendered {
            root,
            title,
            head,
            rest,
        }))
    }

    /// Ends every connection; browsers connect again, to the process that listens then.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Waits until every connection has ended. After [`stop`](Self::stop) that is so when the handlers of events are done,
    /// or after [`Limits::finish_timeout`].
    pub async fn ended(&self) {
        while self.has_connections() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Where messages between pages go. Handlers of HTTP requests publish here.
    pub fn hub(&self) -> &Hub {
        &self.0.hub
    }

    pub(crate) fn observer(&self) -> &dyn Observer {
        &*self.0.observer
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn interner(&self) -> &Interner {
        &self.0.interner
    }

    pub(crate) fn streams(&self) -> &OpenStreams {
        &self.0.streams
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

    /// The page at `path`. There is none at an address that no request for it could have.
    pub(crate) fn find(&self, path: &str, query: &str) -> Option<(Url, &'static str, Render)> {
        const MAX_BYTES: usize = 64 * 1024;
        if path.len() + query.len() > MAX_BYTES {
            return None;
        }
        let found = self.0.routes.at(path).ok()?;
        let params = found
            .params
            .iter()
            .map(|(name, value)| (name.to_owned(), percent_decoded(value)))
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
}

fn visitor_key(secret: &str) -> [u8; 16] {
    half(Sha256::new().chain_update(secret))
}

/// Half of a digest, which nobody can choose either.
fn half(digest: Sha256) -> [u8; 16] {
    let digest = digest.finalize();
    digest[..16].try_into().expect("a digest has 32 bytes")
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

/// `a%20b` → `a b`. What is not valid percent-encoding stays as it is.
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
