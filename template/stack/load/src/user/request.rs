//! Requests.

use std::sync::Arc;

use hyper::{Request as HttpRequest, header, http::request::Builder};

use super::{
    Abort, User,
    checks::{check_status, redirect_on_site},
};
use crate::{
    form,
    http::{CLOSED, HttpConnection, HttpResponse, RequestBody},
    step::{Body, Request},
};

/// The body of a request, after its type.
type TypedBody = (&'static str, String);

impl User {
    pub(super) async fn request(&mut self, request: &Request) -> Result<(), Abort> {
        let (target, body) = self.fill_in(request)?;
        let http_request = self.http_request(&request.method, &target, body)?;
        let script = Arc::clone(&self.script);
        let keep_body = script.needs_html || script.has_live_pages;
        let response = self.exchange(http_request, keep_body).await?;
        for cookie in &response.cookies {
            self.browser.cookies.store(cookie, &target);
        }
        self.browser.location = None;
        if let Some(body) = response.body {
            let is_kept = self.script.has_live_pages;
            self.browser.show(&target, body, is_kept);
        }
        check_status(request, response.status)?;
        let Some(expected) = &request.redirect else {
            return Ok(());
        };
        let location = response.location.unwrap_or_default();
        let location = redirect_on_site(&location, self.scenario.target.origin.url(), &target)?;
        if !expected.matches(&location) {
            let got = crate::pattern::Pattern::of(&location).path_name();
            let expected = expected.name();
            return Err(format!("expected a redirect to {expected}, got one to {got}").into());
        }
        self.variables.learn(expected, &location);
        self.browser.location = Some(location);
        Ok(())
    }

    /// Path and query of a request, and its body, with this user's values in them.
    fn fill_in(&mut self, request: &Request) -> Result<(String, Option<TypedBody>), Abort> {
        let pages = self.browser.pages();
        let missing = |what: String| Abort::Error(format!("expected {what}, found none"));
        let target = self.variables.text(&request.target, &pages);
        let target = target.map_err(missing)?;
        let body = match &request.body {
            Body::None => None,
            Body::Form(fields) => {
                let mut filled = Vec::with_capacity(fields.len());
                for (name, recorded) in fields {
                    let value = self.variables.field(name, recorded, &target, &pages);
                    filled.push((name.clone(), value.map_err(missing)?));
                }
                Some(("application/x-www-form-urlencoded", form::encode(&filled)))
            }
            Body::Json(json) => Some(("application/json", self.variables.json(json).to_string())),
        };
        Ok((target, body))
    }

    /// A request with the headers of a browser that comes from a page of the site.
    fn http_request(
        &self,
        method: &str,
        target: &str,
        body: Option<TypedBody>,
    ) -> Result<HttpRequest<RequestBody>, Abort> {
        let origin = &self.scenario.target.origin;
        let mut builder = Builder::new()
            .method(method)
            .uri(target)
            .header(header::HOST, origin.authority())
            .header(header::ACCEPT, "text/html,application/json;q=0.9,*/*;q=0.8")
            .header(header::ACCEPT_ENCODING, "gzip")
            .header("sec-fetch-site", "same-origin");
        if let Some(cookies) = self.browser.cookies.header(target) {
            builder = builder.header(header::COOKIE, cookies);
        }
        if method != "GET" && method != "HEAD" {
            builder = builder.header(header::ORIGIN, origin.text());
        }
        let request = match body {
            Some((content_type, body)) => builder
                .header(header::CONTENT_TYPE, content_type)
                .body(body.into()),
            None => builder.body(RequestBody::default()),
        };
        request.map_err(|error| format!("a request that cannot be sent: {error}").into())
    }

    /// Sends a request over the connection that there is, or a new one.
    async fn exchange(
        &mut self,
        request: HttpRequest<RequestBody>,
        keep_body: bool,
    ) -> Result<HttpResponse, Abort> {
        if let Some(mut connection) = self.browser.http.take() {
            match connection.exchange(request.clone(), keep_body).await {
                Ok(response) => return Ok(self.keep(connection, response)),
                // A server may close an idle connection at any time, and a browser tries once more.
                Err(failure) if failure == CLOSED => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        let scenario = &self.scenario;
        let mut connection = HttpConnection::open(&scenario.target, scenario.timeout).await?;
        let response = connection.exchange(request, keep_body).await?;
        Ok(self.keep(connection, response))
    }

    /// Keeps the connection for the next request.
    fn keep(&mut self, connection: HttpConnection, response: HttpResponse) -> HttpResponse {
        if !connection.is_closed() {
            self.browser.http = Some(connection);
        }
        response
    }
}
