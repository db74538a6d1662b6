//! A collector of traces, in a thread of its own, so that an exporter that blocks cannot block it.

use std::{
    sync::mpsc::{self, Receiver},
    thread,
};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};

/// Receives traces by OTLP over HTTP, until the test ends.
pub struct Collector {
    url: String,
    batches: Receiver<(HeaderMap, Bytes)>,
}

impl Collector {
    /// Listens on a free port.
    pub fn start() -> Self {
        let (sender, batches) = mpsc::channel();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            let take = async move |headers: HeaderMap, body: Bytes| {
                sender.send((headers, body)).ok();
            };
            let routes = Router::new().route("/v1/traces", post(take));
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, routes).await.unwrap();
            });
        });
        Self { url, batches }
    }

    /// The value of `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A received batch of spans, with its headers.
    pub fn batch(&self) -> Option<(HeaderMap, Bytes)> {
        self.batches.try_iter().next()
    }
}
