//! Connections, from the first to the last.
//!
//! This is `axum::serve` with another end: that one closes idle connections at the signal, and a client that is just
//! sending a request on one of them is cut off. Here it is answered first.

use std::{
    convert::Infallible,
    future::poll_fn,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, HeaderValue, Request, StatusCode, Version, header, uri::Authority},
    response::{IntoResponse as _, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::yield_now,
    time::{sleep, timeout},
};
use tower::ServiceExt as _;

use crate::Timeouts;

/// How long connections on which nothing goes on are kept open after the signal to stop. A client may just be
/// sending a request on one of them: it is answered, and told that it was the last.
const DRAIN_TIME: Duration = Duration::from_millis(250);

/// How long a connection on which nothing was asked yet is kept open after that. Browsers open some in case they need
/// them, and programs send their first request at once.
const UNUSED_TIME: Duration = Duration::from_millis(500);

/// How long to wait when the system has no more connections to give.
const SHORTAGE: Duration = Duration::from_millis(500);

/// How many bytes the head of a request may have, and how many of a response wait to be written. Hyper's own 400 KiB would
/// be most of what a connection can cost.
const BUFFER: usize = 64 * 1024;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    /// Every answer says that it is the last one on its connection.
    Draining,
    /// Only requests that have begun go on.
    Closing,
}

/// Serves until `stop` is ready. Then no connection is accepted any more, and the future is ready when the last
/// one is closed: as soon as its request is answered, or a moment later if there is none. A connection whose client takes
/// longer than the `timeouts` is closed at any time.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    timeouts: Timeouts,
    stop: impl Future<Output = ()>,
) {
    let phase = watch::Sender::new(Phase::Serving);
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut stop => break,
        };
        let phase = phase.subscribe();
        tokio::spawn(connection(stream, peer, router.clone(), timeouts, phase));
    }
    drop(listener);
    for next in [Phase::Draining, Phase::Closing] {
        phase.send_replace(next);
        if timeout(DRAIN_TIME, phase.closed()).await.is_ok() {
            return;
        }
    }
    phase.closed().await;
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};

    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // The client has thought better of it.
            Err(error)
                if matches!(
                    error.kind(),
                    ConnectionAborted | ConnectionRefused | ConnectionReset
                ) => {}
            // No more files may be opened: until others are closed.
            Err(error) => {
                tracing::error!("cannot accept a connection: {error}");
                sleep(SHORTAGE).await;
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    timeouts: Timeouts,
    mut phase: watch::Receiver<Phase>,
) {
    // Answers leave at once, instead of waiting for more to send.
    stream.set_nodelay(true).ok();
    let begun = watch::Sender::new(false);
    let turn = Turn::default();
    let now = phase.clone();
    let service = service_fn(|request: Request<Incoming>| {
        begun.send_replace(true);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let (router, now, turn) = (router.clone(), now.clone(), &turn);
        async move {
            turn.take().await;
            let mut answer = match has_valid_host(request.version(), request.headers()) {
                true => router.oneshot(request).await?,
                false => without_host(),
            };
            let draining = *now.borrow() != Phase::Serving;
            if draining && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let (stream, timer) = timeouts.apply(stream);
    let served = http1::Builder::new()
        .timer(timer)
        .header_read_timeout(timeouts.idle)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut served = pin!(served);
    tokio::select! {
        // What has failed is the client's connection: there is nobody to tell.
        _ = turn.begin_with_each_poll(served.as_mut()) => return,
        _ = phase.wait_for(|phase| *phase == Phase::Closing) => {}
    }
    served.as_mut().graceful_shutdown();
    tokio::select! {
        _ = turn.begin_with_each_poll(served) => {}
        () = unused(begun.subscribe()) => {}
    }
}

/// One request of a connection at a time: a client that sends many at once, and does not wait for the responses, waits for
/// what other clients want between any two of them.
#[derive(Default)]
struct Turn(AtomicBool);

impl Turn {
    /// Polls a connection; each poll is a turn.
    async fn begin_with_each_poll<C: Future>(&self, mut connection: Pin<&mut C>) -> C::Output {
        poll_fn(|context| {
            self.0.store(true, Ordering::Relaxed);
            connection.as_mut().poll(context)
        })
        .await
    }

    /// Takes this turn, or waits for the next one if a request before has taken it.
    async fn take(&self) {
        if !self.0.swap(false, Ordering::Relaxed) {
            yield_now().await;
            self.0.store(false, Ordering::Relaxed);
        }
    }
}

/// Whether a request says once, and in a form that has one meaning, for which host it is (RFC 9112, section 3.2): what
/// stands in front could otherwise take it for another one's.
fn has_valid_host(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            let host = Authority::try_from(host.as_bytes());
            // A comma joins what were two headers once.
            host.is_ok_and(|host| !host.as_str().contains(['@', ',']))
        }
        (None, _) => version < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

fn without_host() -> Response {
    let close = [(header::CONNECTION, "close")];
    let text = "a request needs one header `Host`";
    (StatusCode::BAD_REQUEST, close, text).into_response()
}

/// Ready when it is clear that nothing will be asked on a connection; never if something was.
async fn unused(mut begun: watch::Receiver<bool>) {
    let asked = timeout(UNUSED_TIME, begun.wait_for(|begun| *begun))
        .await
        .is_ok();
    if asked {
        std::future::pending::<()>().await;
    }
}
