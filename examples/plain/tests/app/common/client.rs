//! An HTTP client that calls the router in memory and stores cookies.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

/// An HTTP client. It stores cookies and sends them back, as a browser does.
#[derive(Clone)]
pub struct Client {
    router: Router,
    cookies: BTreeMap<String, String>,
    secure: bool,
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Client {
    pub(super) fn new(router: Router, secure: bool) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
            secure,
        }
    }

    /// A client of another router.
    pub fn for_router(router: Router) -> Self {
        Self::new(router, false)
    }

    /// The same browser at another router.
    pub fn at(&self, router: Router) -> Self {
        Self {
            router,
            ..self.clone()
        }
    }

    /// Sends `request` with the cookies, and stores the cookies of the response.
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        request.headers_mut().extend(self.headers());
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("never fails");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().expect("a cookie is text"));
        }
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// The headers of every request: the cookies.
    pub fn headers(&self) -> HeaderMap {
        let pairs = self.cookies.iter().map(|(k, v)| format!("{k}={v}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let cookies = (!cookies.is_empty()).then(|| {
            let value = cookies.parse().expect("cookies that fit a header");
            (header::COOKIE, value)
        });
        cookies.into_iter().collect()
    }

    fn keep(&mut self, cookie: &str) {
        assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
        assert_eq!(cookie.contains("; Secure"), self.secure, "{cookie}");
        let (pair, attributes) = cookie.split_once(';').expect("attributes");
        let (name, value) = pair.split_once('=').expect("a name and a value");
        if attributes.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// The value of the cookie whose name ends with `name`.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(known, _)| known.ends_with(name))
            .map(|(_, value)| &**value)
    }

    /// Changes the value of the cookie whose name ends with `name`.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        let cookie = self
            .cookies
            .iter_mut()
            .find(|(known, _)| known.ends_with(name));
        *cookie.expect("a cookie of this name").1 = value.to_owned();
    }

    /// Sets a cookie, as a script of a page does.
    pub fn add_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Requests a page, as a browser.
    pub async fn open(&mut self, path: &str) -> Answer {
        let request = Request::get(path).header(header::ACCEPT, "text/html,*/*;q=0.8");
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// Opens the page at `path`, fills in its form, and submits it to `action`, as a browser without JavaScript.
    pub async fn submit(&mut self, path: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.open(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
        assert!(
            page.text().contains(&format!("action=\"{action}\"")),
            "{}",
            page.text()
        );
        self.post_form(action, fields).await
    }

    /// Submits fields, as a form of this site does.
    pub async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).expect("fields");
        let request = Request::post(path)
            .header(header::ACCEPT, "text/html,*/*;q=0.8")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(body.into()).expect("a request"))
            .await
    }

    /// Sends a request without a body, as an API client.
    pub async fn call(&mut self, method: &str, path: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty());
        self.send(request.expect("a request")).await
    }

    /// Sends a GET, as an API client.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.call("GET", path).await
    }

    /// Logs in by the API.
    pub async fn log_in(&mut self, email: &str, password: &str) -> Answer {
        let credentials = json!({ "email": email, "password": password });
        self.json("POST", "/api/session", credentials).await
    }

    /// Sends JSON, as an API client.
    pub async fn json(&mut self, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string().into());
        self.send(request.expect("a request")).await
    }
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// The value of a header, empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    /// Asserts that this is `problem+json` with this status and code, and returns it.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        problem
    }

    /// Asserts that this is an HTML page with this status, and returns it.
    pub fn page(&self, status: u16) -> &str {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8");
        self.text()
    }

    /// Asserts that this is a page with `html` in it.
    pub fn shows(&self, html: &str) {
        let page = self.page(200);
        assert!(page.contains(html), "`{html}` is not in {page}");
    }

    /// Asserts that this is a page without `html` in it.
    pub fn lacks(&self, html: &str) {
        let page = self.page(200);
        assert!(!page.contains(html), "`{html}` is in {page}");
    }

    /// Asserts that this redirects to `path`.
    pub fn leads_to(&self, path: &str) {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text());
        assert_eq!(self.header("location"), path);
    }
}
