//! Calling the visitor's browser without writing JavaScript.
//!
//! A call is a path of properties and methods, interpreted by a few lines of the client script; nothing is evaluated.
//! The server sends only paths that are on its list: [`ALLOWED`], and what the application adds by
//! [`Builder::allow`](crate::Builder::allow). What comes back is as trustworthy as anything that a browser sends.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::{Ctx, live::percent_decoded};

/// The paths that every application may call.
pub(crate) const ALLOWED: &[&str] = &[
    "$().blur()",
    "$().click()",
    "$().focus()",
    "$().scrollIntoView()",
    "$().select()",
    "Intl.DateTimeFormat().resolvedOptions().timeZone",
    "devicePixelRatio",
    "document.cookie",
    "document.cookie=",
    "document.title=",
    "history.back()",
    "history.forward()",
    "innerHeight",
    "innerWidth",
    "localStorage.clear()",
    "localStorage.getItem()",
    "localStorage.removeItem()",
    "localStorage.setItem()",
    "location.reload()",
    "matchMedia().matches",
    "navigator.clipboard.readText()",
    "navigator.clipboard.writeText()",
    "navigator.language",
    "navigator.languages",
    "navigator.onLine",
    "navigator.userAgent",
    "open()",
    "print()",
    "scrollTo()",
    "sessionStorage.getItem()",
    "sessionStorage.removeItem()",
    "sessionStorage.setItem()",
];

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Calls under way at once.
const MAX_CALLS: usize = 64;

/// Why a call has no answer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BrowserError {
    /// The path is not on the list.
    #[error(
        "`{0}` is not on the list of what may be called in a browser; add it by `Builder::allow`"
    )]
    NotAllowed(String),
    /// While a page is rendered nobody can answer.
    #[error("a browser can be called by handlers and effects only")]
    Rendering,
    /// It failed in the browser.
    #[error("the call failed in the browser: {0}")]
    Failed(String),
    /// The answer has another type.
    #[error("the browser's answer has another type: {0}")]
    Type(String),
    /// It did not answer in time, or is gone.
    #[error("the browser does not answer")]
    NoAnswer,
    /// Too many calls are under way.
    #[error("too many calls are under way")]
    TooMany,
}

/// A path through the browser's objects, built step by step. Nothing happens before [`read`](Self::read) or
/// [`run`](Self::run).
#[derive(Clone)]
pub struct Browser {
    ctx: Ctx,
    steps: Vec<Value>,
    path: String,
}

impl Browser {
    pub(crate) fn new(ctx: Ctx) -> Self {
        Self {
            ctx,
            steps: Vec::new(),
            path: String::new(),
        }
    }

    /// The property `name`.
    #[must_use]
    pub fn get(mut self, name: &str) -> Self {
        self.step(name, "");
        self.steps.push(json!(name));
        self
    }

    /// The method `name`, called with `arguments`: a tuple or an array.
    #[must_use]
    pub fn call(mut self, name: &str, arguments: impl Serialize) -> Self {
        self.step(name, "()");
        let arguments = match serde_json::to_value(arguments) {
            Ok(Value::Array(arguments)) => arguments,
            Ok(Value::Null) | Err(_) => Vec::new(),
            Ok(one) => vec![one],
        };
        self.steps
            .push(std::iter::once(json!(name)).chain(arguments).collect());
        self
    }

    /// The first element that `selector` finds. Only as the first step.
    #[must_use]
    pub fn element(mut self, selector: &str) -> Self {
        self.step("$", "()");
        self.steps.push(json!(["$", selector]));
        self
    }

    /// Sets the property `name`.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Serialize) -> Self {
        self.step(name, "=");
        self.steps.push(json!(["=", name, value]));
        self
    }

    fn step(&mut self, name: &str, end: &str) {
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(name);
        self.path.push_str(end);
    }

    /// Calls, and reads the answer.
    ///
    /// # Errors
    /// See [`BrowserError`]. Whatever the browser answers, it is a `T` or an error.
    pub async fn read<T: DeserializeOwned>(self) -> Result<T, BrowserError> {
        let (send, answer) = oneshot::channel();
        let page = self.ctx.page.clone();
        let id = self.send(Some(send))?;
        let answer = tokio::time::timeout(TIMEOUT, answer).await;
        page.lock().calls.remove(&id);
        let value = match answer {
            Ok(Ok(answer)) => answer.map_err(BrowserError::Failed)?,
            _ => return Err(BrowserError::NoAnswer),
        };
        serde_json::from_value(value).map_err(|error| BrowserError::Type(error.to_string()))
    }

    /// Calls without waiting for an answer. A call that is not on the list is logged.
    pub fn run(self) {
        if let Err(error) = self.send(None) {
            tracing::warn!(%error, "a call of the browser was not sent");
        }
    }

    fn send(
        self,
        answer: Option<oneshot::Sender<Result<Value, String>>>,
    ) -> Result<u32, BrowserError> {
        if self.ctx.rendering {
            return Err(BrowserError::Rendering);
        }
        if !self.ctx.page.live.may_call(&self.path) {
            return Err(BrowserError::NotAllowed(self.path));
        }
        let mut inner = self.ctx.page.lock();
        if inner.calls.len() >= MAX_CALLS || inner.outbox.calls.len() >= MAX_CALLS {
            return Err(BrowserError::TooMany);
        }
        let id = inner.next_call;
        inner.next_call = inner.next_call.wrapping_add(1);
        if let Some(answer) = answer {
            inner.calls.insert(id, answer);
        }
        inner.outbox.calls.push((id, self.steps));
        drop(inner);
        self.ctx.page.wake.notify_one();
        Ok(id)
    }

    /// Scrolls until the first element that `selector` finds is in view.
    pub fn scroll_to(self, selector: &str) {
        let how = json!({ "behavior": "smooth", "block": "start" });
        self.element(selector).call("scrollIntoView", [how]).run();
    }

    /// Puts the focus on the first element that `selector` finds.
    pub fn focus(self, selector: &str) {
        self.element(selector).call("focus", ()).run();
    }

    /// Opens `url` in a new tab, which cannot reach back to this page. Browsers allow it shortly after a click only.
    pub fn open_new_tab(self, url: &str) {
        self.call("open", (url, "_blank", "noopener,noreferrer"))
            .run();
    }

    /// Puts `text` on the clipboard. Browsers allow it shortly after a click only.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn copy(self, text: &str) -> Result<(), BrowserError> {
        let call = self
            .get("navigator")
            .get("clipboard")
            .call("writeText", [text]);
        call.read::<Value>().await.map(|_| ())
    }

    /// The name of the visitor's time zone. Every page knows it already, see [`Ctx::time_zone`].
    ///
    /// # Errors
    /// See [`BrowserError`].
    pub async fn time_zone(self) -> Result<String, BrowserError> {
        let format = self.get("Intl").call("DateTimeFormat", ());
        format
            .call("resolvedOptions", ())
            .get("timeZone")
            .read()
            .await
    }

    /// What is stored in the browser under `key`.
    ///
    /// # Errors
    /// See [`BrowserError`].
    pub async fn stored(self, key: &str) -> Result<Option<String>, BrowserError> {
        self.get("localStorage").call("getItem", [key]).read().await
    }

    /// Stores `value` in the browser under `key`.
    pub fn store(self, key: &str, value: &str) {
        self.get("localStorage").call("setItem", (key, value)).run();
    }

    /// Sets a cookie that scripts can read, for `days`. What must not be read by scripts is set by an HTTP handler.
    pub fn set_cookie(self, name: &str, value: &str, days: u32) {
        let (name, value) = (encoded(name), encoded(value));
        let age = u64::from(days) * 24 * 60 * 60;
        let cookie = format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={age}");
        self.get("document").set("cookie", cookie).run();
    }

    /// The cookies that scripts can read, by name.
    ///
    /// # Errors
    /// See [`BrowserError`].
    pub async fn cookies(self) -> Result<Vec<(String, String)>, BrowserError> {
        let all: String = self.get("document").get("cookie").read().await?;
        let pairs = all.split("; ").filter_map(|pair| pair.split_once('='));
        Ok(pairs
            .map(|(name, value)| (percent_decoded(name), percent_decoded(value)))
            .collect())
    }
}

/// A text that may stand in a cookie.
fn encoded(text: &str) -> impl std::fmt::Display {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
}
