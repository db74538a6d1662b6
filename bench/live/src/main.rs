//! `bench-live reference PORT`: a WebSocket server that does nothing but answer, to compare with.
//!
//! `bench-live load PORT PID CONNECTIONS SECONDS TEXT`: opens the page at `/` that often, each with a visitor's cookie of
//! its own, then clicks the button before TEXT once a second on each of them. Prints one JSON object.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{WebSocketUpgrade, ws::Message as Frame},
    response::Html,
    routing::get,
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Mutex, Semaphore, watch},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["reference", port] => reference(port.parse()?).await,
        ["load", port, pid, connections, seconds, text] => {
            load(port.parse()?, pid.parse()?, connections.parse()?, seconds.parse()?, text).await
        }
        _ => Err("see the head of src/main.rs".into()),
    }
}

/// Keeps a number for each connection and sends it back with every message.
async fn reference(port: u16) -> Result<(), Failure> {
    let page = "<div id=\"live\" data-hash=\"\" data-state=\"\" data-mac=\"\"><button on:click=\"0\">Clicked 0</button></div>";
    let socket = |upgrade: WebSocketUpgrade| async move {
        let upgrade = upgrade.read_buffer_size(4096).write_buffer_size(0);
        upgrade.on_upgrade(|mut socket| async move {
            let mut count = 0_u64;
            while let Some(Ok(frame)) = socket.recv().await {
                let Frame::Text(text) = frame else { continue };
                let message: Value = serde_json::from_str(&text).unwrap_or_default();
                count += 1;
                let answer = json!({ "v": count, "a": message[1].as_u64() }).to_string();
                if socket.send(Frame::Text(answer.into())).await.is_err() {
                    break;
                }
            }
        })
    };
    let router = Router::new().route("/", get(move || async move { Html(page) })).route("/live", get(socket));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}

struct Numbers {
    latencies: Mutex<Vec<u64>>,
    received: AtomicU64,
    events: AtomicU64,
    joined: AtomicUsize,
    after_load: AtomicU64,
    lost: AtomicUsize,
}

async fn load(port: u16, pid: u32, connections: usize, seconds: u64, text: &str) -> Result<(), Failure> {
    // What the process takes by itself, with a few requests answered.
    for _ in 0..20 {
        document(port).await?;
    }
    let before = memory(pid)?;
    let numbers = Arc::new(Numbers {
        latencies: Mutex::default(),
        received: AtomicU64::new(0),
        events: AtomicU64::new(0),
        joined: AtomicUsize::new(0),
        after_load: AtomicU64::new(0),
        lost: AtomicUsize::new(0),
    });
    let (start, begin) = watch::channel(0_u64);
    let gate = Arc::new(Semaphore::new(32));
    let mut visitors = Vec::new();
    for number in 0..connections {
        let (numbers, begin, gate) = (numbers.clone(), begin.clone(), gate.clone());
        let text = text.to_owned();
        visitors.push(tokio::spawn(async move {
            if let Err(error) = visitor(port, number, connections, &text, &numbers, begin, gate).await {
                if numbers.lost.fetch_add(1, Ordering::Relaxed) == 0 {
                    eprintln!("the first visitor who was lost: {error}");
                }
            }
        }));
    }
    while numbers.joined.load(Ordering::Relaxed) + numbers.lost.load(Ordering::Relaxed) < connections {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // What was needed for a moment only is given back, if it is.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let idle = memory(pid)?;
    numbers.received.store(0, Ordering::Relaxed);
    start.send(seconds)?;
    for visitor in visitors {
        visitor.await?;
    }
    let busy = memory(pid)?;
    let mut latencies = std::mem::take(&mut *numbers.latencies.lock().await);
    latencies.sort_unstable();
    let at = |share: f64| latencies.get((latencies.len() as f64 * share) as usize).map_or(0.0, |us| *us as f64 / 1000.0);
    let events = numbers.events.load(Ordering::Relaxed).max(1);
    let joined = numbers.joined.load(Ordering::Relaxed).max(1);
    println!(
        "{}",
        json!({
            "connections": joined,
            "lost": numbers.lost.load(Ordering::Relaxed),
            "kB_per_idle_connection": (idle.saturating_sub(before)) as f64 / joined as f64,
            "kB_per_busy_connection": (busy.saturating_sub(before)) as f64 / joined as f64,
            "bytes_after_load": numbers.after_load.load(Ordering::Relaxed) as f64 / joined as f64,
            "events": events,
            "bytes_per_round_trip": numbers.received.load(Ordering::Relaxed) as f64 / events as f64,
            "p50_ms": at(0.5), "p99_ms": at(0.99), "p999_ms": at(0.999),
        })
    );
    Ok(())
}

async fn visitor(
    port: u16,
    number: usize,
    of: usize,
    text: &str,
    numbers: &Numbers,
    mut begin: watch::Receiver<u64>,
    gate: Arc<Semaphore>,
) -> Result<(), Failure> {
    let place = gate.acquire_owned().await?;
    let (cookie, html) = document(port).await?;
    let attribute = |name: &str| -> String {
        let found = html.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
        found.map_or(String::new(), |(value, _)| value.replace("&quot;", "\"").replace("&amp;", "&"))
    };
    let before = &html[..html.find(text).ok_or("the button is not on the page")?];
    let handler = before.rsplit_once("on:click=\"").and_then(|(_, rest)| rest.split_once('"'));
    let handler = handler.ok_or("the button has no handler")?.0.to_owned();

    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let mut request = format!("ws://127.0.0.1:{port}/live").into_client_request()?;
    request.headers_mut().insert("cookie", cookie.parse()?);
    let config = WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0);
    let (mut socket, _) = client_async_with_config(request, stream, Some(config)).await?;
    let join = json!(["join", {
        "url": "/", "hash": attribute("data-hash"), "items": attribute("data-items"),
        "state": attribute("data-state"), "mac": attribute("data-mac"), "tz": null, "again": false,
    }]);
    let mut sent = join.to_string().len() as u64;
    socket.send(Message::text(join.to_string())).await?;
    let mut version = 0;
    while version == 0 {
        let (bytes, message) = receive(&mut socket).await?;
        sent += bytes;
        version = message["v"].as_u64().unwrap_or_default();
    }
    numbers.after_load.fetch_add(sent, Ordering::Relaxed);
    numbers.joined.fetch_add(1, Ordering::Relaxed);
    drop(place);

    let seconds = *begin.wait_for(|seconds| *seconds > 0).await?;
    // Everybody at another moment of the second.
    tokio::time::sleep(Duration::from_micros(number as u64 * 1_000_000 / of as u64)).await;
    let mut own = Vec::new();
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    for seq in 1..=seconds {
        ticks.tick().await;
        let click = json!(["ev", seq, version, handler, "click", {}]).to_string();
        let at = Instant::now();
        let length = click.len() as u64;
        socket.send(Message::text(click)).await?;
        loop {
            let (bytes, message) = receive(&mut socket).await?;
            version = message["v"].as_u64().unwrap_or(version);
            if message["a"].as_u64() == Some(seq) {
                own.push(u64::try_from(at.elapsed().as_micros())?);
                numbers.received.fetch_add(bytes + length, Ordering::Relaxed);
                numbers.events.fetch_add(1, Ordering::Relaxed);
                break;
            }
        }
    }
    numbers.latencies.lock().await.extend(own);
    Ok(())
}

async fn receive(socket: &mut WebSocketStream<TcpStream>) -> Result<(u64, Value), Failure> {
    loop {
        match socket.next().await.ok_or("the connection ended")?? {
            Message::Text(text) => return Ok((text.len() as u64, serde_json::from_str(&text)?)),
            Message::Close(frame) => return Err(format!("closed: {frame:?}").into()),
            _ => {}
        }
    }
}

/// The page at `/`: the cookie that it sets, and its HTML.
async fn document(port: u16) -> Result<(String, String), Failure> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let request = "GET / HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/html\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split_once(';'));
    let cookie = cookie.map_or(String::new(), |(pair, _)| pair.to_owned());
    Ok((cookie, body.to_owned()))
}

/// Resident memory of a process, in kB.
fn memory(pid: u32) -> Result<u64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no VmRSS")?.parse()?)
}
