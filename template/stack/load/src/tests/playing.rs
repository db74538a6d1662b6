//! Users against small servers.

use std::{future::pending, net::SocketAddr, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket},
};

use super::*;
use crate::{
    Plan,
    play::{self, Target},
};

/// A server that responds to each request with what `respond` makes of its head and body. It closes a connection when the
/// response says so, and does not read after it has switched to another protocol.
pub(super) async fn server<R: Into<Vec<u8>>>(
    respond: impl Fn(&str) -> R + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let respond = Arc::new(respond);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let respond = Arc::clone(&respond);
            tokio::spawn(async move {
                let mut bytes = Vec::new();
                while stream.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    let length = header(head, "content-length").unwrap_or("0");
                    if body.len() < length.parse().unwrap() {
                        continue;
                    }
                    bytes.clear();
                    let response: Vec<u8> = respond(&text).into();
                    if stream.write_all(&response).await.is_err() {
                        return;
                    }
                    if response.starts_with(b"HTTP/1.1 101") {
                        pending::<()>().await;
                    }
                    let says = String::from_utf8_lossy(&response);
                    if says.contains("Connection: close") {
                        return;
                    }
                }
            });
        }
    });
    address
}

pub(super) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

pub(super) fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The server at this address, without TLS.
pub(super) async fn target(address: SocketAddr) -> Target {
    let plan = Plan::new("", format!("http://{address}"));
    play::resolve(&plan).await.unwrap()
}

/// Good responses, and each kind of error, of two users who play two iterations.
pub(super) async fn played(address: SocketAddr, lines: &[Value]) -> (u64, Vec<String>) {
    played_within(address, lines, Duration::from_secs(20)).await
}

/// [`played`] with this time-out.
pub(super) async fn played_within(
    address: SocketAddr,
    lines: &[Value],
    timeout: Duration,
) -> (u64, Vec<String>) {
    let mut plan = Plan::new("", format!("http://{address}"));
    plan.timeout = timeout;
    played_as(plan, lines).await
}

/// [`played`] as the plan says.
pub(super) async fn played_as(mut plan: Plan, lines: &[Value]) -> (u64, Vec<String>) {
    plan.users = 2;
    plan.think = Some((Duration::ZERO, Duration::ZERO));
    let script = script(lines);
    let target = play::resolve(&plan).await.unwrap();
    let results = play::play_iterations(&plan, script, &target, 2)
        .await
        .unwrap();
    let errors = results.counts.errors.keys();
    let mut kinds: Vec<String> = errors.map(|(_, kind)| kind.clone()).collect();
    kinds.dedup();
    (results.counts.latencies().count(), kinds)
}

#[tokio::test]
async fn responses_of_the_recorded_kind_are_counted() {
    let address = server(|_| ok("hello")).await;
    let lines = [http(1, "GET", "/a", 200), http(2, "GET", "/b", 304)];
    assert_eq!(played(address, &lines).await, (8, vec![]));
}

#[tokio::test]
async fn a_response_of_another_kind_is_an_error_that_names_both() {
    let address = server(|_| "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".to_owned()).await;
    let (good, kinds) = played(address, &[http(1, "GET", "/", 200)]).await;
    assert_eq!(
        (good, kinds),
        (0, vec!["expected success, got 503".to_owned()])
    );
}

#[tokio::test]
async fn a_redirect_elsewhere_is_an_error_and_is_not_followed() {
    let address = server(|text| match text.starts_with("GET /a ") {
        true => {
            "HTTP/1.1 303 See\r\nLocation: /login?next=/a\r\nContent-Length: 0\r\n\r\n".to_owned()
        }
        false => "HTTP/1.1 303 See\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n"
            .to_owned(),
    })
    .await;
    let (_, kinds) = played(
        address,
        &[http(1, "GET", "/a", 303), http(2, "GET", "/b", 200)],
    )
    .await;
    assert_eq!(kinds, ["expected a redirect to /b, got one to /login"]);
    let (_, kinds) = played(
        address,
        &[http(1, "GET", "/c", 303), http(2, "GET", "/b", 200)],
    )
    .await;
    assert_eq!(kinds, ["a redirect to another site"]);
}

#[tokio::test]
async fn a_server_that_does_not_respond_is_an_error_of_its_kind() {
    // Without listening, so that no other test can do it there either.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let (good, kinds) = played(address, &[http(1, "GET", "/", 200)]).await;
    assert_eq!((good, kinds), (0, vec!["connection refused".to_owned()]));
    let address = server(|_| "nonsense\r\n\r\n".to_owned()).await;
    let (_, kinds) = played(address, &[http(1, "GET", "/", 200)]).await;
    assert_eq!(kinds, ["response that is not HTTP"]);
}

#[tokio::test]
async fn each_user_sends_the_token_of_their_own_page_with_their_own_cookie() {
    let address = server(|text| {
        let cookie = header(text, "cookie").and_then(|cookie| cookie.strip_prefix("v="));
        match cookie {
            None => {
                // As good as random: the port of the client is not known here, so the length of what came.
                let token = format!("{:p}", text.as_ptr());
                let page = format!("<form action=\"/a\"><input type=\"hidden\" name=\"csrf_token\" value=\"{token}\"></form>");
                ok(&page).replacen("\r\n", &format!("\r\nSet-Cookie: v={token}\r\n"), 1)
            }
            Some(token) if text.contains(&format!("csrf_token={token}")) => ok("right"),
            Some(_) => "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".to_owned(),
        }
    })
    .await;
    let body = "csrf_token=%5Bredacted%5D&password=%5Bredacted%5D";
    let lines = [http(1, "GET", "/form", 200), form(2, "/a", 200, body)];
    assert_eq!(played(address, &lines).await, (8, vec![]));
    let (_, kinds) = played(address, &[form(2, "/a", 200, "csrf_token=%5Bredacted%5D")]).await;
    assert_eq!(
        kinds,
        ["expected a field `csrf_token` on the page, found none"]
    );
}

#[tokio::test]
async fn a_page_that_is_not_live_any_more_is_an_error() {
    let address = server(|_| ok("<p>plain</p>")).await;
    let lines = [
        http(1, "GET", "/a", 200),
        live(2, "in", json!(["join", { "url": "/a" }])),
    ];
    let (_, kinds) = played(address, &lines).await;
    assert_eq!(kinds, ["expected a live page at /a, found none"]);
}

#[tokio::test]
async fn chunked_and_unmeasured_bodies_are_read_to_their_end() {
    let address = server(|text| match text.starts_with("GET /chunked ") {
        true => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
            .to_owned(),
        false => "HTTP/1.1 204 None\r\n\r\n".to_owned(),
    })
    .await;
    let lines = [
        http(1, "GET", "/chunked", 200),
        http(2, "GET", "/nothing", 204),
        http(3, "GET", "/chunked", 200),
    ];
    assert_eq!(played(address, &lines).await, (12, vec![]));
}

#[tokio::test]
async fn a_request_says_that_it_comes_from_a_page_of_the_site() {
    let address = server(|text| {
        let (host, origin) = (header(text, "host"), header(text, "origin"));
        let is_same = origin.map(|it| it.trim_start_matches("http://")) == host;
        if is_same && header(text, "sec-fetch-site") == Some("same-origin") {
            ok("")
        } else {
            "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".to_owned()
        }
    })
    .await;
    let lines = [form(1, "/a", 200, "x=1"), form(2, "/b", 200, "")];
    assert_eq!(played(address, &lines).await, (8, vec![]));
}

#[tokio::test]
async fn a_connection_that_the_server_closes_is_opened_again() {
    let address =
        server(|_| "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
    let lines = [http(1, "GET", "/a", 200), http(2, "GET", "/b", 200)];
    assert_eq!(played(address, &lines).await, (8, vec![]));
}

#[tokio::test]
async fn a_head_or_a_page_without_end_is_an_error() {
    let address = server(|text| match text.starts_with("GET /head ") {
        true => format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(200_000)),
        false => ok(&"x".repeat(17 * 1024 * 1024)),
    })
    .await;
    let (_, kinds) = played(address, &[http(1, "GET", "/head", 200)]).await;
    assert_eq!(kinds, ["response that is not HTTP"]);
    // Only a script that looks something up keeps pages.
    let lines = [http(1, "GET", "/page", 200), form(2, "/page", 200, "x=1")];
    let (_, kinds) = played(address, &lines).await;
    assert_eq!(kinds, ["page that is too large"]);
}

#[tokio::test]
async fn the_think_time_holds_before_the_first_step_and_where_the_recording_has_no_pause() {
    let address = server(|_| ok("")).await;
    let mut plan = Plan::new("", format!("http://{address}"));
    // Longer than the test may take: whoever thinks has not sent anything when the run ends.
    plan.think = Some((Duration::from_secs(3600), Duration::from_secs(3600)));
    let lines = [http(1, "GET", "/a", 200), http(2, "GET", "/b", 200)];
    let target = play::resolve(&plan).await.unwrap();
    let profile = tokio::sync::watch::channel(plan.load_profile()).1;
    let mut samples = 0;
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let mut stop = Some(stop);
    let on_sample = |results: &crate::metrics::Results| {
        samples += 1;
        // All of them are there, and have had the time of a sample.
        let users = results.timeline.last().map_or(0, |sample| sample.users);
        if users == 10
            && let Some(stop) = stop.take()
        {
            stop.send(()).unwrap();
        }
    };
    let stop = async { stopped.await.unwrap() };
    plan.ramp = 1000.0;
    let results = play::play(&plan, script(&lines), &target, profile, stop, on_sample)
        .await
        .unwrap();
    assert_eq!(
        (
            results.counts.latencies().count(),
            results.counts.error_count()
        ),
        (0, 0)
    );
    assert!(samples > 0);
}
