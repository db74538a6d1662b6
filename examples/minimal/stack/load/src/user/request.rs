//! Requests.

use std::sync::Arc;

use super::{Break, User};
use crate::{
    form,
    http::{Answer, Connection},
    step::{Body, Request},
};

/// The body of a request, after its type.
type Sent = (&'static str, String);

impl User {
    pub(super) async fn request(&mut self, request: &Request) -> Result<(), Break> {
        let (target, body) = self.filled(request)?;
        self.write(&request.method, &target, body.as_ref());
        let head = request.method == "HEAD";
        let keeps = !head && (self.scene.script.reads_pages || self.scene.script.has_live_pages);
        let answer = self.exchange(head, keeps).await?;
        for cookie in &answer.cookies {
            self.jar.take(cookie);
        }
        self.location = None;
        if let Some(body) = &answer.body {
            self.front = None;
            if self.scene.script.has_live_pages {
                // A page that is joined later is found by its address.
                self.documents
                    .insert(target.clone(), Arc::from(body.as_str()));
            }
            self.document.clone_from(body);
        }
        super::answer::check(request, answer.status)?;
        if let Some(wanted) = &request.leads_to {
            let to = answer.location.as_deref().unwrap_or_default();
            let to = super::answer::on_this_site(to, &self.scene.authority)?;
            let to = to.split('#').next().unwrap_or_default();
            if !wanted.fits(to) {
                let to = crate::shape::Shape::of(to.split('?').next().unwrap_or_default()).name();
                return Err(
                    format!("expected a redirect to {}, got one to {to}", wanted.name()).into(),
                );
            }
            self.values.learn(wanted, to);
            self.location = Some(to.to_owned());
        }
        Ok(())
    }

    /// What is sent: path and query, and a body with its type.
    fn filled(&mut self, request: &Request) -> Result<(String, Option<Sent>), Break> {
        let sources = Self::sources(
            &self.tabs,
            self.front,
            self.location.as_deref(),
            &self.document,
        );
        let missing = |what: String| Break::Error(format!("expected {what}, found none"));
        let target = self
            .values
            .text(&request.target, &sources)
            .map_err(missing)?;
        let body = match &request.body {
            Body::None => None,
            Body::Form(fields) => {
                let mut filled = Vec::with_capacity(fields.len());
                for (name, value) in fields {
                    let value = self
                        .values
                        .field(name, value, &target, &sources)
                        .map_err(missing)?;
                    filled.push((name.clone(), value));
                }
                Some(("application/x-www-form-urlencoded", form::encoded(&filled)))
            }
            Body::Json(json) => Some(("application/json", self.values.json(json).to_string())),
        };
        Ok((target, body))
    }

    /// Writes a request into the buffer.
    pub(super) fn write(&mut self, method: &str, target: &str, body: Option<&Sent>) {
        let buffer = &mut self.buffer;
        buffer.clear();
        let mut put = |parts: &[&str]| {
            parts
                .iter()
                .for_each(|part| buffer.extend_from_slice(part.as_bytes()));
        };
        put(&[
            method,
            " ",
            target,
            " HTTP/1.1\r\nHost: ",
            &self.scene.authority,
            "\r\n",
        ]);
        if target == "/live" && method == "GET" {
            put(&["Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"]);
            // Against caches, of which there are none here.
            put(&["Sec-WebSocket-Key: bG9hZCB0ZXN0IG9mIG91ciE=\r\n"]);
        } else {
            put(&[
                "Accept: text/html,application/json;q=0.9,*/*;q=0.8\r\nAccept-Encoding: gzip\r\n",
            ]);
        }
        if method != "GET" && method != "HEAD" {
            put(&["Origin: http://", &self.scene.authority, "\r\n"]);
        }
        self.jar.write(buffer);
        match body {
            Some((kind, body)) => {
                let length = body.len().to_string();
                for part in [
                    "Content-Type: ",
                    kind,
                    "\r\nContent-Length: ",
                    &length,
                    "\r\n\r\n",
                    body,
                ] {
                    buffer.extend_from_slice(part.as_bytes());
                }
            }
            None if method == "GET" || method == "HEAD" => buffer.extend_from_slice(b"\r\n"),
            None => buffer.extend_from_slice(b"Content-Length: 0\r\n\r\n"),
        }
    }

    /// Sends what is in the buffer, over the connection that there is or a new one.
    async fn exchange(&mut self, head: bool, keeps: bool) -> Result<Answer, Break> {
        let patience = self.scene.timeout;
        for _ in 0..2 {
            let mut connection = match self.http.take() {
                Some(connection) => connection,
                None => Connection::open(self.scene.address, patience).await?,
            };
            match connection.exchange(&self.buffer, head, keeps).await {
                Ok(answer) => {
                    self.http = answer.keep.then_some(connection);
                    return Ok(answer);
                }
                // The server may close one that was idle at any time, and a browser tries once more.
                Err(failure) if connection.used() && failure == "connection closed" => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        Err("connection closed".into())
    }
}
