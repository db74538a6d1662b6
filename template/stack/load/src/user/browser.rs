//! What a browser keeps for its visitor.

use std::{
    collections::HashMap,
    future::poll_fn,
    sync::{Arc, atomic::Ordering},
    task::Poll,
};

use serde_json::Value;
use url::Url;

use crate::{
    connection::{Failure, LiveConnection},
    cookies::Cookies,
    http::HttpConnection,
    metrics::ThreadMetrics,
};

pub(super) struct Browser {
    metrics: Arc<ThreadMetrics>,
    pub(super) cookies: Cookies,
    /// The connection for requests. New visitors keep it, so that opening connections is not what is measured.
    pub(super) http: Option<HttpConnection>,
    /// Connections of live pages, by their numbers in the recording.
    pub(super) live: HashMap<u64, LiveConnection>,
    /// The live page that responded last, if that was after the last document.
    pub(super) front: Option<u64>,
    /// The last document.
    document: String,
    /// Documents of this iteration by path and query.
    documents: HashMap<String, Arc<str>>,
    /// Where the last response redirected to.
    pub(super) location: Option<String>,
}

/// A message of the server, with the number of its connection.
pub(super) type ServerMessage = (u64, Result<Value, Failure>);

impl Browser {
    pub(super) fn new(site: &Url, metrics: Arc<ThreadMetrics>) -> Self {
        Self {
            metrics,
            cookies: Cookies::new(site),
            http: None,
            live: HashMap::new(),
            front: None,
            document: String::new(),
            documents: HashMap::new(),
            location: None,
        }
    }

    pub(super) fn become_new_visitor(&mut self, site: &Url) {
        self.cookies = Cookies::new(site);
        self.document.clear();
        self.documents.clear();
        self.location = None;
    }

    pub(super) fn forget_documents(&mut self) {
        self.documents.clear();
    }

    /// A document was received. If it is a live page that is joined later, it is found by its address.
    pub(super) fn show(&mut self, target: &str, document: String, is_kept: bool) {
        self.front = None;
        if is_kept {
            self.documents
                .insert(target.to_owned(), Arc::from(document.as_str()));
        }
        self.document = document;
    }

    /// The document at this address, or at least at this path; else the last one.
    pub(super) fn document_at(&self, url: &str) -> &str {
        let path = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
        let at_path = || {
            let mut documents = self.documents.iter();
            documents.find(|(known, _)| path(known) == path(url))
        };
        let found = self.documents.get_key_value(url).or_else(at_path);
        found.map_or(&self.document, |(_, document)| document)
    }

    /// Where this visitor's values are looked up: in its pages, the most recent one first.
    pub(super) fn pages(&self) -> Vec<&str> {
        self.pages_with(self.front)
    }

    /// [`pages`](Self::pages) with this live page as the most recent one.
    pub(super) fn pages_with(&self, front: Option<u64>) -> Vec<&str> {
        let html = |number: &u64| self.live.get(number)?.page.html.as_deref();
        let others = self.live.keys().filter(|number| Some(**number) != front);
        front
            .as_ref()
            .and_then(html)
            .into_iter()
            .chain(self.location.as_deref())
            .chain([self.document.as_str()])
            .chain(others.filter_map(html))
            .collect()
    }

    pub(super) fn connected(&mut self, number: u64, connection: LiveConnection) {
        self.metrics.connected.fetch_add(1, Ordering::Relaxed);
        self.live.insert(number, connection);
    }

    /// Closes a connection, which comes back.
    pub(super) async fn disconnect(&mut self, number: u64) -> Option<LiveConnection> {
        let mut connection = self.live.remove(&number)?;
        self.metrics.connected.fetch_sub(1, Ordering::Relaxed);
        if self.front == Some(number) {
            self.front = None;
            // What it showed last is still what the visitor has seen.
            if let Some(html) = &connection.page.html {
                self.document.clone_from(html);
            }
        }
        connection.close().await;
        Some(connection)
    }

    pub(super) async fn disconnect_all(&mut self) {
        let open: Vec<u64> = self.live.keys().copied().collect();
        for number in open {
            self.disconnect(number).await;
        }
    }

    /// The next message on any connection.
    pub(super) async fn next_message(&mut self) -> ServerMessage {
        poll_fn(|cx| {
            for (number, connection) in &mut self.live {
                if let Poll::Ready(message) = connection.poll_message(cx) {
                    return Poll::Ready((*number, message));
                }
            }
            Poll::Pending
        })
        .await
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let open = i64::try_from(self.live.len()).unwrap_or_default();
        self.metrics.connected.fetch_sub(open, Ordering::Relaxed);
    }
}
