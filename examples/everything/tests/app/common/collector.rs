//! A collector of traces, in a thread of its own: what sends to it may block the one that looks into it.

use std::{
    collections::BTreeMap,
    sync::mpsc::{self, Receiver},
    thread,
};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message;

/// Takes traces by OTLP over HTTP, until the test ends.
pub struct Collector {
    url: String,
    batches: Receiver<(HeaderMap, Bytes)>,
}

/// A span as it arrived, and what was said of the process that sent it.
#[derive(Debug)]
pub struct Received {
    pub span: Span,
    pub resource: BTreeMap<String, String>,
}

impl Collector {
    /// Listens on a port of its own.
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

    /// For `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The headers of the first batch.
    pub fn headers(&self) -> HeaderMap {
        self.batches.recv().unwrap().0
    }

    /// Everything that has arrived.
    pub fn spans(&self) -> Vec<Received> {
        let batches = self.batches.try_iter();
        let requests = batches.map(|(_, body)| ExportTraceServiceRequest::decode(body).unwrap());
        let of_resources = requests.flat_map(|request| request.resource_spans);
        of_resources
            .flat_map(|of_resource| {
                let resource = of_resource.resource.unwrap_or_default().attributes;
                let resource = texts(&resource);
                let spans = of_resource.scope_spans.into_iter();
                spans
                    .flat_map(|scope| scope.spans)
                    .map(move |span| Received {
                        span,
                        resource: resource.clone(),
                    })
            })
            .collect()
    }
}

impl Received {
    /// The id of its trace, as the log writes it.
    pub fn trace_id(&self) -> String {
        hex(&self.span.trace_id)
    }

    /// What is said of it.
    pub fn attributes(&self) -> BTreeMap<String, String> {
        texts(&self.span.attributes)
    }
}

/// `[1, 171]` → `01ab`.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn texts(pairs: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |pair: &KeyValue| match pair.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        _ => None,
    };
    pairs
        .iter()
        .filter_map(|pair| Some((pair.key.clone(), text(pair)?)))
        .collect()
}
