//! As much of a server as one page needs.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::Board;

/// Bytes of a request; an order is far smaller.
const MOST: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

const INDEX: &str = include_str!("index.html");
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = concat!(
    include_str!("../report/report.css"),
    include_str!("page.css")
);

struct Request {
    method: String,
    path: String,
    host: String,
    origin: Option<String>,
    body: Vec<u8>,
}

pub(super) async fn run(listener: TcpListener, board: Board) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(answer(stream, board.clone()))),
            // Out of files, for a moment.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn answer(mut stream: TcpStream, board: Board) {
    let Ok(Some(request)) = timeout(PATIENCE, read(&mut stream)).await else {
        return;
    };
    if request.path == "/events" && request.method == "GET" && is_here(&request.host) {
        events(&mut stream, &board).await;
        return;
    }
    let (status, kind, body) = route(&request, &board);
    // A browser may be gone at any time.
    send(&mut stream, status, kind, &body).await.ok();
}

fn route(request: &Request, board: &Board) -> (&'static str, &'static str, String) {
    let text = |status, text: &str| (status, "text/plain", text.to_owned());
    if !is_here(&request.host) {
        return text("403 Forbidden", "this page is for this machine");
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/") => ("200 OK", "text/html", INDEX.to_owned()),
        ("GET", "/page.js") => ("200 OK", "text/javascript", SCRIPT.to_owned()),
        ("GET", "/page.css") => ("200 OK", "text/css", STYLE.to_owned()),
        ("GET", "/report") => match board.past().report.clone() {
            Some(report) => ("200 OK", "text/html", report),
            None => text("404 Not Found", "there is no report yet"),
        },
        ("POST", path) => {
            if request.origin.as_deref() != Some(format!("http://{}", request.host).as_str()) {
                return text("403 Forbidden", "this order came from another page");
            }
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            if board.order(path, &body) {
                text("200 OK", "")
            } else {
                text("400 Bad Request", "this order cannot be read")
            }
        }
        _ => text("404 Not Found", "there is nothing here"),
    }
}

/// Whether a browser was told to come to this machine, and not by the name of another site.
fn is_here(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        if let Some(request) = parse(&bytes)? {
            return Some(request);
        }
        if bytes.len() > MOST || stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// None if it is no request, None inside if there is not all of it yet.
#[expect(clippy::option_option, reason = "two ways to have no request")]
fn parse(bytes: &[u8]) -> Option<Option<Request>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let size = match parsed.parse(bytes).ok()? {
        httparse::Status::Complete(size) => size,
        httparse::Status::Partial => return Some(None),
    };
    let header = |name: &str| {
        let found = parsed
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok().map(str::to_owned)
    };
    let length: usize = header("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or_default();
    let body = &bytes[size..];
    if body.len() < length.min(MOST) {
        return Some(None);
    }
    let path = parsed.path?.split('?').next()?.to_owned();
    Some(Some(Request {
        method: parsed.method?.to_owned(),
        path,
        host: header("host").unwrap_or_default(),
        origin: header("origin"),
        body: body.to_vec(),
    }))
}

async fn send(stream: &mut TcpStream, status: &str, kind: &str, body: &str) -> std::io::Result<()> {
    // The report has its style in it.
    let policy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Security-Policy: {policy}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// Everything so far, then each second.
async fn events(stream: &mut TcpStream, board: &Board) {
    let mut news = board.0.news.subscribe();
    news.mark_unchanged();
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
    if stream.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    let mut event = board.event(true);
    loop {
        let sent = timeout(
            PATIENCE,
            stream.write_all(format!("data: {event}\n\n").as_bytes()),
        )
        .await;
        if !matches!(sent, Ok(Ok(()))) || news.changed().await.is_err() {
            return;
        }
        event = news.borrow_and_update().clone();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Plan;

    fn request(
        method: &str,
        path: &str,
        host: &str,
        origin: Option<&str>,
        body: &Value,
    ) -> Request {
        Request {
            method: method.into(),
            path: path.into(),
            host: host.into(),
            origin: origin.map(str::to_owned),
            body: body.to_string().into_bytes(),
        }
    }

    #[test]
    fn only_its_own_page_gives_orders() {
        let board = Board::new(&Plan::new("f", "http://localhost"));
        let order = json!({ "users": 7, "ramp": 2.5 });
        let status = |host, origin| route(&request("POST", "/aim", host, origin, &order), &board).0;
        for origin in [
            None,
            Some("http://evil.example"),
            Some("null"),
            Some("http://127.0.0.1:1"),
        ] {
            assert_eq!(
                status("127.0.0.1:8089", origin),
                "403 Forbidden",
                "{origin:?}"
            );
        }
        // A name that leads to this machine, but is another site's.
        assert_eq!(
            status("evil.example:8089", Some("http://evil.example:8089")),
            "403 Forbidden"
        );
        assert_eq!(board.aim().borrow().users, 10);
        assert_eq!(
            status("127.0.0.1:8089", Some("http://127.0.0.1:8089")),
            "200 OK"
        );
        assert_eq!(
            *board.aim().borrow(),
            crate::crowd::Aim {
                users: 7,
                ramp: 2.5
            }
        );
    }

    #[test]
    fn an_order_that_makes_no_sense_is_refused() {
        let board = Board::new(&Plan::new("f", "http://localhost"));
        for body in [
            json!({}),
            json!({ "users": -1, "ramp": 1 }),
            json!({ "users": 1, "ramp": 0 }),
            json!([]),
        ] {
            let order = request(
                "POST",
                "/aim",
                "localhost:8089",
                Some("http://localhost:8089"),
                &body,
            );
            assert_eq!(route(&order, &board).0, "400 Bad Request", "{body}");
        }
    }

    #[test]
    fn a_request_is_read_once_all_of_it_is_there() {
        let whole = b"POST /aim?x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";
        for end in 0..whole.len() {
            assert!(matches!(parse(&whole[..end]), Some(None)), "{end}");
        }
        let read = parse(whole).flatten().unwrap();
        assert_eq!(
            (read.path.as_str(), read.body.as_slice()),
            ("/aim", b"{}".as_slice())
        );
        assert!(parse(b"\0\0").is_none());
    }
}
