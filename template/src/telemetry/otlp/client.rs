//! To the collector and back, in the exporter's own thread.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::http::{Request, Response};
use opentelemetry_http::{Bytes, HttpClient, HttpError};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, RetryPolicy, SpanExporter as Sender, WithExportConfig,
    WithHttpConfig,
};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SpanData, SpanExporter},
};

use crate::config::Otlp;

/// A collector that is down is mentioned this often.
const PAUSE: Duration = Duration::from_secs(60);

/// An exporter that sends to the collector of `otlp`.
pub(super) fn exporter(otlp: &Otlp) -> Result<Patient, ExporterBuildError> {
    let trouble = Trouble::default();
    let headers = otlp.headers.iter();
    let headers = headers.map(|(name, value)| (name.clone(), value.expose().to_owned()));
    let sender = Sender::builder()
        .with_http()
        .with_http_client(Client::new(otlp.timeout, trouble.clone()))
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(&otlp.endpoint)
        .with_timeout(otlp.timeout)
        .with_headers(headers.collect::<HashMap<_, _>>())
        // What waits for another attempt would keep the application from stopping.
        .with_retry_policy(RetryPolicy::disabled())
        .build()?;
    Ok(Patient {
        sender,
        trouble,
        lost: Mutex::default(),
    })
}

/// What the last attempt failed of.
#[derive(Clone, Debug, Default)]
struct Trouble(Arc<Mutex<Option<String>>>);

impl Trouble {
    fn set(&self, what: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = what;
    }

    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Exports, and says now and then how much was lost. OpenTelemetry's own words come with every batch.
#[derive(Debug)]
pub(super) struct Patient {
    sender: Sender,
    trouble: Trouble,
    lost: Mutex<Lost>,
}

#[derive(Debug, Default)]
struct Lost {
    spans: usize,
    said: Option<Instant>,
}

impl SpanExporter for Patient {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let result = self.sender.export(batch).await;
        match &result {
            Ok(()) => *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = Lost::default(),
            Err(error) => {
                let why = self.trouble.take().unwrap_or_else(|| error.to_string());
                self.say(spans, &why);
            }
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.sender.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.sender.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.sender.set_resource(resource);
    }
}

impl Patient {
    fn say(&self, spans: usize, why: &str) {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.spans += spans;
        if lost.said.is_none_or(|said| said.elapsed() >= PAUSE) {
            lost.said = Some(Instant::now());
            let spans = std::mem::take(&mut lost.spans);
            tracing::warn!(
                spans,
                why,
                "the collector does not take traces; they are lost"
            );
        }
    }
}

/// A client that blocks its thread, which nobody waits for.
#[derive(Debug)]
struct Client {
    agent: ureq::Agent,
    trouble: Trouble,
}

impl Client {
    fn new(timeout: Duration, trouble: Trouble) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .build();
        Self {
            agent: config.into(),
            trouble,
        }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts, &*body);
        let (parts, mut body) = self.agent.run(request)?.into_parts();
        let body = body.with_config().limit(1024 * 1024).read_to_vec()?;
        Ok(Response::from_parts(parts, body.into()))
    }
}

impl HttpClient for Client {
    fn send_bytes<'me, 'result>(
        &'me self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'result>>
    where
        'me: 'result,
        Self: 'result,
    {
        Box::pin(async move {
            let answer = self.send(request);
            self.trouble.set(match &answer {
                Ok(answer) if answer.status().is_success() => None,
                Ok(answer) => Some(format!("it answers with {}", answer.status())),
                Err(error) => Some(error.to_string()),
            });
            Ok(answer?)
        })
    }
}
