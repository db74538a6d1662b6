//! Users against servers that break off, do not read, or send without end: none holds a user, and none goes unnoticed.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{
    playing::{header, ok, played, played_within, server, target},
    *,
};
use crate::connection::{LiveConnection, Page, UploadProgress};

const LIVE_PAGE: &str = "<div id=\"live\" data-hash=\"\" data-state=\"{}\"></div>";

/// A server whose connection to a live page is not read any more once the page has joined.
pub(super) async fn deaf_server() -> SocketAddr {
    server(|text| match header(text, "sec-websocket-key") {
        None => ok(LIVE_PAGE).into_bytes(),
        Some(key) => {
            let mut bytes = switched(key);
            // A frame with a text of seven bytes: the page has joined.
            bytes.extend(b"\x81\x07{\"v\":1}");
            bytes
        }
    })
    .await
}

/// The response that makes a connection with this key a WebSocket.
fn switched(key: &str) -> Vec<u8> {
    let accept = derive_accept_key(key.as_bytes());
    format!(
        "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn a_server_that_stops_reading_does_not_hold_its_users() {
    let address = deaf_server().await;
    // More than the system keeps for a server that does not read.
    let long = "x".repeat(12 * 1024 * 1024);
    let lines = [
        http(1, "GET", "/a", 200),
        live(2, "in", json!(["join", { "url": "/a" }])),
        live(
            3,
            "in",
            json!(["ev", 1, 1, "save", "click", { "key": long }]),
        ),
    ];
    let (_, kinds) = played_within(address, &lines, Duration::from_millis(500)).await;
    assert_eq!(kinds, ["no response within 500ms"]);
}

#[tokio::test]
async fn a_ping_that_a_server_does_not_read_is_an_error_and_closing_does_not_wait() {
    let address = deaf_server().await;
    let timeout = Duration::from_millis(100);
    let target = target(address).await;
    let opened = LiveConnection::open(&target, timeout, None, Page::default()).await;
    let mut connection = opened.unwrap();
    while connection.send_chunk(1, 0, 1024 * 1024).await.is_ok() {}
    let late = Err("no response within 100ms".to_owned());
    assert_eq!(connection.ping().await, late);
    connection.close().await;
}

#[tokio::test]
async fn a_response_that_breaks_off_is_an_error_and_its_request_is_not_sent_again() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let address = server(move |text| {
        if text.starts_with("GET /a ") {
            return ok("whole");
        }
        count.fetch_add(1, Ordering::Relaxed);
        ok("a part").replacen(
            "Content-Length: 6",
            "Connection: close\r\nContent-Length: 60",
            1,
        )
    })
    .await;
    let broken = form(2, "/b", 200, "x=1");
    let lines = [http(1, "GET", "/a", 200), broken.clone()];
    let (good, kinds) = played(address, &lines).await;
    assert_eq!(
        (good, kinds),
        (4, vec!["response that broke off".to_owned()])
    );
    assert_eq!(sent.swap(0, Ordering::Relaxed), 4);
    // With a live page in the script pages are kept, not discarded.
    let join = live(3, "in", json!(["join", { "url": "/b" }]));
    let lines = [http(1, "GET", "/a", 200), broken, join];
    let (good, kinds) = played(address, &lines).await;
    assert_eq!(
        (good, kinds),
        (4, vec!["response that broke off".to_owned()])
    );
    assert_eq!(sent.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn cookies_are_kept_up_to_a_number_and_a_length() {
    let sent = AtomicUsize::new(0);
    let address = server(move |text| {
        let cookies = header(text, "cookie").unwrap_or_default();
        let count = cookies.split("; ").count();
        if count > 100 || cookies.contains("long=") {
            return "HTTP/1.1 431 Much\r\nContent-Length: 0\r\n\r\n".to_owned();
        }
        let mut head = format!("\r\nSet-Cookie: long={}\r\n", "x".repeat(5000));
        for number in 0..60 {
            let unique = sent.fetch_add(1, Ordering::Relaxed);
            head.push_str(&format!("Set-Cookie: c{number}-{unique}=1\r\n"));
        }
        ok("").replacen("\r\n", &head, 1)
    })
    .await;
    let lines = [
        http(1, "GET", "/a", 200),
        http(2, "GET", "/b", 200),
        http(3, "GET", "/c", 200),
    ];
    assert_eq!(played(address, &lines).await, (12, vec![]));
}

#[tokio::test]
async fn a_live_message_without_end_is_an_error() {
    let address = server(|text| match header(text, "sec-websocket-key") {
        None => ok(LIVE_PAGE).into_bytes(),
        Some(key) => {
            // One message in two frames, each of which is allowed.
            let part = "x".repeat(9 * 1024 * 1024);
            let first = ["{\"v\":1,\"x\":\"", &part].concat();
            let last = [&part, "\"}"].concat();
            let mut bytes = switched(key);
            for (kind, text) in [(b'\x01', first), (b'\x80', last)] {
                bytes.extend([kind, 127]);
                bytes.extend((text.len() as u64).to_be_bytes());
                bytes.extend(text.as_bytes());
            }
            bytes
        }
    })
    .await;
    let lines = [
        http(1, "GET", "/a", 200),
        live(2, "in", json!(["join", { "url": "/a" }])),
    ];
    let (_, kinds) = played(address, &lines).await;
    assert_eq!(kinds, ["live message that is too large"]);
}

#[tokio::test]
async fn numbers_that_a_server_makes_up_are_ignored() {
    let address = deaf_server().await;
    let timeout = Duration::from_secs(20);
    let target = target(address).await;
    let opened = LiveConnection::open(&target, timeout, None, Page::default()).await;
    let mut connection = opened.unwrap();
    let made_up = json!({ "w": [1, 2], "ua": [[7, 5]], "ue": [[8, "no"]], "ud": [9] });
    connection.receive(&made_up).unwrap();
    for upload in [7, 8, 9] {
        assert_eq!(connection.upload(upload), UploadProgress::default());
    }
    let seq = connection.next_seq();
    connection.receive(&json!({ "a": seq })).unwrap();
    assert!(connection.is_answered(seq));
}

// Other systems refuse what a full queue has no room for.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_that_accepts_no_connection_is_an_error_after_the_timeout() {
    use crate::{Plan, play};

    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut plan = Plan::new("", format!("http://{address}"));
    plan.timeout = Duration::from_millis(200);
    let mut queue = Vec::new();
    while let Ok(waiting) = crate::http::connect_tcp(address, plan.timeout).await {
        queue.push(waiting);
    }
    let target = play::resolve(&plan).await.unwrap();
    let error = play::check_connection(&plan, &target).await.unwrap_err();
    let expected = format!("cannot connect to `http://{address}`: no connection in time");
    assert!(error.to_string().starts_with(&expected), "{error}");
}
