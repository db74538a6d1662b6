//! Clients of event streams that are no browser.

use std::net::SocketAddr;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::{PATIENCE, live::Socket, served, until_closed};

/// A visitor's stream, as far as it was read.
pub(super) struct Stream {
    pub(super) connection: TcpStream,
    received: String,
}

impl Stream {
    pub(super) async fn open(address: SocketAddr, headers: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut connection = socket.connect(address).await.unwrap();
        let request = format!(
            "GET /live HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n{headers}\r\n"
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        Self {
            connection,
            received: String::new(),
        }
    }

    /// Reads until `text` was received, and returns what follows it in its line.
    async fn read(&mut self, text: &str) -> String {
        let found = timeout(PATIENCE, async {
            loop {
                if let Some((_, rest)) = self.received.split_once(text)
                    && let Some((line, _)) = rest.split_once('\n')
                {
                    return line.trim().to_owned();
                }
                let mut bytes = [0; 1024];
                let length = self.connection.read(&mut bytes).await.unwrap();
                assert!(length > 0, "the end of {}", self.received);
                self.received
                    .push_str(&String::from_utf8_lossy(&bytes[..length]));
            }
        });
        found.await.expect("it is sent")
    }

    async fn status(&mut self) -> String {
        self.read("HTTP/1.1 ").await[..3].to_owned()
    }

    pub(super) async fn id(&mut self) -> String {
        self.read("event: stream\ndata: ").await
    }
}

pub(super) fn frame(message: &str) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&[0], &length.to_be_bytes()[..], message.as_bytes()].concat()
}

/// The status that answers a POST.
pub(super) async fn post(
    address: SocketAddr,
    stream: &str,
    number: u64,
    headers: &str,
    body: &[u8],
) -> u16 {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /live HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nLive-Stream: {stream}\r\nLive-Post: {number}\r\n\
         Content-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(body).await.ok();
    let answer = until_closed(&mut connection).await;
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

pub(super) fn join(url: &str) -> Vec<u8> {
    frame(&json!(["join", { "url": url }]).to_string())
}

/// The cookie that a browser gets which has none.
pub(super) async fn cookie(address: SocketAddr) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let answer = until_closed(&mut connection).await;
    let (_, cookie) = answer.split_once("set-cookie: ").unwrap();
    let (cookie, _) = cookie.split_once(';').unwrap();
    format!("Cookie: {cookie}\r\n")
}

#[tokio::test]
async fn a_stream_is_nobody_elses_whatever_they_know_of_it() {
    let (_database, address, _server) = served(&[]).await;
    let (ada, eve) = (cookie(address).await, cookie(address).await);
    let mut stream = Stream::open(address, &ada).await;
    let id = stream.id().await;
    assert_eq!(post(address, &id, 0, &eve, &join("/")).await, 409);
    assert_eq!(post(address, &id, 0, "", &join("/")).await, 409);
    let forged = "0".repeat(32);
    assert_eq!(post(address, &forged, 0, &ada, &join("/")).await, 409);
    let other_site = format!("{ada}Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n");
    assert_eq!(post(address, &id, 0, &other_site, &join("/")).await, 403);
    assert_eq!(post(address, &id, 0, &ada, &join("/")).await, 204);
    stream.read("data: {\"v\":1").await;
}

#[tokio::test]
async fn streams_and_sockets_without_cookies_share_the_connections_of_their_address() {
    let vars = [
        ("LIVE_CONNECTIONS_PER_ADDRESS", "3"),
        ("TRUSTED_PROXIES", "1"),
    ];
    let (_database, address, _server) = served(&vars).await;
    let from = |client: &str| format!("X-Forwarded-For: {client}\r\n");
    let (status, socket) = Socket::open(&address.to_string(), &from("192.0.2.1")).await;
    assert_eq!(status, "101");
    let mut held = Vec::new();
    for expected in ["200", "200", "429", "429"] {
        let mut stream = Stream::open(address, &from("192.0.2.1")).await;
        assert_eq!(stream.status().await, expected);
        held.push(stream);
    }
    let mut other = Stream::open(address, &from("192.0.2.2")).await;
    assert_eq!(other.status().await, "200");
    drop((held, socket));
    // The server notices it a moment later.
    while Stream::open(address, &from("192.0.2.1"))
        .await
        .status()
        .await
        != "200"
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn another_site_opens_no_stream() {
    let (_database, address, _server) = served(&[]).await;
    for headers in [
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
    ] {
        let mut stream = Stream::open(address, headers).await;
        assert_eq!(stream.status().await, "403", "{headers}");
    }
    let mut stream = Stream::open(address, "Sec-Fetch-Site: same-origin\r\n").await;
    assert_eq!(stream.status().await, "200");
}

#[tokio::test]
async fn a_flood_of_messages_or_of_posts_ends_the_stream() {
    let (_database, address, _server) = served(&[]).await;
    let cookie = cookie(address).await;
    let ping = frame("[\"ping\"]");
    let mut stream = Stream::open(address, &cookie).await;
    let id = stream.id().await;
    post(address, &id, 0, &cookie, &join("/")).await;
    post(address, &id, 1, &cookie, &ping.repeat(1_000)).await;
    stream.read("event: end\ndata: 4001").await;
    // The same message again and again.
    let mut stream = Stream::open(address, &cookie).await;
    let id = stream.id().await;
    post(address, &id, 0, &cookie, &join("/")).await;
    let mut posts = 0;
    while post(address, &id, 0, &cookie, &join("/")).await == 204 {
        posts += 1;
        assert!(posts < 10_000);
    }
    stream.read("event: end\ndata: 4001").await;
}
