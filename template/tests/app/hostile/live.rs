//! Clients of live pages that are no browser.

use app::app::App;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::common::{config, database, log, serve};

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;

/// A WebSocket without any manners.
pub(super) struct Socket(TcpStream);

impl Socket {
    /// Connects to `/live` with these headers besides, and returns the status of the response.
    pub(super) async fn open(address: &str, headers: &str) -> (String, Self) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET /live HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let status = head.split(' ').nth(1).unwrap().to_owned();
        (status, Self(stream))
    }

    /// With a page that has joined.
    async fn joined(address: &str) -> Self {
        Self::joined_to(address, "/").await
    }

    /// With the page at `url`, which has joined.
    pub(super) async fn joined_to(address: &str, url: &str) -> Self {
        let (status, mut socket) = Self::open(address, "").await;
        assert_eq!(status, "101");
        let join = json!(["join", { "url": url }]).to_string();
        socket.send(TEXT, join.as_bytes()).await;
        assert_eq!(socket.receive().await.0, TEXT);
        socket
    }

    /// The head of a frame whose payload has `length` bytes. The mask is zero, which changes nothing.
    async fn send_head(&mut self, opcode: u8, length: usize) {
        let mut head = vec![0x80 | opcode, 0x80 | 127];
        head.extend(u64::try_from(length).unwrap().to_be_bytes());
        head.extend([0; 4]);
        if length < 126 {
            head = vec![
                0x80 | opcode,
                0x80 | u8::try_from(length).unwrap(),
                0,
                0,
                0,
                0,
            ];
        }
        // Fails when the server has closed the connection, which is for the test to find out.
        self.0.write_all(&head).await.ok();
    }

    async fn send(&mut self, opcode: u8, payload: &[u8]) {
        self.send_head(opcode, payload.len()).await;
        self.0.write_all(payload).await.ok();
    }

    /// The next frame: its kind and what it holds.
    async fn receive(&mut self) -> (u8, Vec<u8>) {
        let [kind, length] = self.0.read_u16().await.unwrap().to_be_bytes();
        let length = match length {
            126 => u64::from(self.0.read_u16().await.unwrap()),
            127 => self.0.read_u64().await.unwrap(),
            short => u64::from(short),
        };
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.0.read_exact(&mut payload).await.unwrap();
        (kind & 15, payload)
    }

    /// The code that the server closes with, after whatever it sends before.
    async fn close_code(&mut self) -> u16 {
        loop {
            let (kind, payload) = self.receive().await;
            if kind == CLOSE {
                return u16::from_be_bytes([payload[0], payload[1]]);
            }
        }
    }
}

#[tokio::test]
async fn pings_are_counted_and_their_flood_is_cut_off_and_logged() {
    let database = database().await;
    let app = App::build(config(database.url(), &[])).await.unwrap();
    let address = app.address().unwrap().to_string();
    let (_stop, _server) = serve(app);
    let mut socket = Socket::joined(&address).await;
    for _ in 0..1_000 {
        socket.send(PING, b"").await;
    }
    assert_eq!(socket.close_code().await, 4001);
    let log = log::text();
    let mut lines = log.lines().filter(|line| line.contains("TooManyEvents"));
    assert!(lines.any(|line| line.contains(" security: ") && line.contains("127.0.0.1")));
}

#[tokio::test]
async fn a_page_with_a_forged_state_begins_anew_and_that_is_logged() {
    let database = database().await;
    let app = App::build(config(database.url(), &[])).await.unwrap();
    let address = app.address().unwrap().to_string();
    let (_stop, _server) = serve(app);
    let (_, mut socket) = Socket::open(&address, "").await;
    let state = r#"{"x":9999999999,"c":{}}"#;
    let forged = json!({ "url": "/", "state": state, "mac": "AAAAAAAAAAAAAAAAAAAAAA" });
    let join = json!(["join", forged]).to_string();
    socket.send(TEXT, join.as_bytes()).await;
    assert_eq!(socket.receive().await.0, TEXT);
    let log = log::text();
    let mut lines = log
        .lines()
        .filter(|line| line.contains("its signature does not fit"));
    assert!(lines.any(|line| line.contains(" security: ") && line.contains("127.0.0.1")));
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_when_it_is_announced() {
    let database = database().await;
    let app = App::build(config(database.url(), &[])).await.unwrap();
    let address = app.address().unwrap().to_string();
    let (_stop, _server) = serve(app);
    for kind in [TEXT, BINARY] {
        let mut socket = Socket::joined(&address).await;
        // Nothing of it has to be received.
        socket.send_head(kind, 64 * 1024 + 1).await;
        assert_eq!(socket.close_code().await, 4002);
        let mut socket = Socket::joined(&address).await;
        socket.send(kind, &vec![b' '; 1_000_000]).await;
        assert_eq!(socket.close_code().await, 4002);
    }
}

#[tokio::test]
async fn clients_without_cookies_share_the_connections_of_their_address() {
    let database = database().await;
    let vars = [
        ("LIVE_CONNECTIONS_PER_ADDRESS", "3"),
        ("TRUSTED_PROXIES", "1"),
    ];
    let app = App::build(config(database.url(), &vars)).await.unwrap();
    let address = app.address().unwrap().to_string();
    let (_stop, _server) = serve(app);
    let from = |client: &str| format!("X-Forwarded-For: {client}\r\n");
    let mut held = Vec::new();
    for expected in ["101", "101", "101", "429"] {
        let (status, socket) = Socket::open(&address, &from("192.0.2.1")).await;
        assert_eq!(status, expected);
        held.push(socket);
    }
    let (status, _other) = Socket::open(&address, &from("192.0.2.2")).await;
    assert_eq!(status, "101");
    drop(held);
    // The server notices it a moment later.
    while Socket::open(&address, &from("192.0.2.1")).await.0 != "101" {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_page_of_another_site_cannot_connect() {
    let database = database().await;
    let app = App::build(config(database.url(), &[])).await.unwrap();
    let address = app.address().unwrap().to_string();
    let (_stop, _server) = serve(app);
    for (origin, expected) in [
        (format!("http://{address}"), "101"),
        ("https://evil.example".to_owned(), "403"),
        (format!("https://{address}.evil.example"), "403"),
        (format!("https://{address}@evil.example"), "403"),
        ("null".to_owned(), "403"),
        (String::new(), "403"),
    ] {
        let (status, _) = Socket::open(&address, &format!("Origin: {origin}\r\n")).await;
        assert_eq!(status, expected, "{origin}");
    }
}
