use std::sync::{Arc, atomic::AtomicUsize};

use axum::routing::get;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::{Notify, oneshot},
    task::JoinHandle,
};

use super::*;

async fn start(router: Router) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(serve(listener, router, Timeouts::default(), async {
        stopped.await.ok();
    }));
    (address, stop, server)
}

#[tokio::test]
async fn who_is_answered_after_the_signal_hears_that_it_was_the_last_time() {
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (began, going) = (begun.clone(), go.clone());
    let slow = get(async move || {
        began.notify_one();
        going.notified().await;
        "done"
    });
    let (address, stop, server) = start(Router::new().route("/", slow)).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    begun.notified().await;
    stop.send(()).unwrap();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    go.notify_one();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(answer.ends_with("done"), "{answer}");
    server.await.unwrap();
}

#[tokio::test]
async fn connections_on_which_nothing_goes_on_do_not_keep_it_from_ending() {
    let (address, stop, server) = start(Router::new().route("/", get(async || "done"))).await;
    let _unused = TcpStream::connect(address).await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let mut answer = vec![0; 1024];
    assert!(idle.read(&mut answer).await.unwrap() > 0);
    stop.send(()).unwrap();
    server.await.unwrap();
}

#[tokio::test]
async fn a_client_that_sends_many_requests_at_once_waits_for_others_between_them() {
    const REQUESTS: usize = 64;
    let answered = Arc::new(AtomicUsize::new(0));
    let count = answered.clone();
    let handler = get(async move || count.fetch_add(1, Ordering::Relaxed).to_string());
    let (address, _stop, _server) = start(Router::new().route("/", handler)).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    let requests = "GET / HTTP/1.1\r\nhost: a\r\n\r\n".repeat(REQUESTS);
    client.write_all(requests.as_bytes()).await.unwrap();
    // On this one thread, this loop is what others want.
    let (mut before, mut most) = (0, 0);
    while before < REQUESTS {
        yield_now().await;
        let now = answered.load(Ordering::Relaxed);
        most = most.max(now - before);
        before = now;
    }
    assert_eq!(most, 1);
}
