//! Connections without a request, and heads of requests that are never complete or ambiguous.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use super::{served, until_closed};
use crate::lifecycle::{BODY, begin_request};

/// Time-outs of which only the named one can pass during a test.
const SHORT_HEAD: [(&str, &str); 2] = [
    ("HEAD_TIMEOUT_SECONDS", "1"),
    ("IDLE_TIMEOUT_SECONDS", "3600"),
];
const SHORT_IDLE: [(&str, &str); 2] = [
    ("HEAD_TIMEOUT_SECONDS", "3600"),
    ("IDLE_TIMEOUT_SECONDS", "1"),
];

#[tokio::test]
async fn a_connection_on_which_nothing_is_sent_is_closed() {
    let (_database, address, _stop) = served(&SHORT_IDLE).await;
    let mut silent = TcpStream::connect(address).await.unwrap();
    assert_eq!(until_closed(&mut silent).await, "");
}

#[tokio::test]
async fn a_connection_that_is_kept_after_a_response_is_closed() {
    let (_database, address, _stop) = served(&SHORT_IDLE).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    let request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    idle.write_all(request).await.unwrap();
    let answer = until_closed(&mut idle).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn a_head_that_stops_in_the_middle_is_given_up() {
    let (_database, address, _stop) = served(&SHORT_HEAD).await;
    let mut halted = TcpStream::connect(address).await.unwrap();
    let half = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Half: ";
    halted.write_all(half).await.unwrap();
    assert_eq!(until_closed(&mut halted).await, "");
}

#[tokio::test]
async fn a_head_that_drips_is_given_up_also_on_a_connection_that_was_used() {
    let (_database, address, _stop) = served(&SHORT_HEAD).await;
    let mut dripping = TcpStream::connect(address).await.unwrap();
    let request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    dripping.write_all(request).await.unwrap();
    dripping.read_u8().await.unwrap();
    let (mut reader, mut writer) = dripping.into_split();
    let head = async {
        writer.write_all(b"GET / HTTP/1.1\r\nX-Drip: ").await?;
        for _ in 0..1200 {
            writer.write_all(b"x").await?;
            sleep(Duration::from_millis(100)).await;
        }
        Ok::<_, std::io::Error>(())
    };
    let mut answers = Vec::new();
    tokio::select! {
        dripped = head => assert!(dripped.is_err(), "two minutes of one head"),
        _ = reader.read_to_end(&mut answers) => {}
    }
}

#[tokio::test]
async fn a_request_whose_body_and_answer_take_longer_than_heads_may_is_answered() {
    let vars = [("HEAD_TIMEOUT_SECONDS", "1"), ("IDLE_TIMEOUT_SECONDS", "1")];
    let (_database, address, _stop) = served(&vars).await;
    let mut slow = begin_request(address).await;
    sleep(Duration::from_millis(1500)).await;
    slow.write_all(&BODY.as_bytes()[1..]).await.unwrap();
    let answer = until_closed(&mut slow).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

#[tokio::test]
async fn a_request_for_no_host_or_for_two_is_refused() {
    let (_database, address, _stop) = served(&[]).await;
    for (head, status) in [
        ("GET /healthz HTTP/1.1\r\nHost: a:80\r\n", "200"),
        ("GET /healthz HTTP/1.1\r\nHost: [::1]:80\r\n", "200"),
        ("GET /healthz HTTP/1.0\r\n", "200"),
        ("GET /healthz HTTP/1.1\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a/b\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a@b\r\n", "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a,b\r\n", "400"),
        ("GET http://b/healthz HTTP/1.1\r\n", "400"),
    ] {
        let mut connection = TcpStream::connect(address).await.unwrap();
        let request = format!("{head}Connection: close\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let answer = until_closed(&mut connection).await;
        assert_eq!(answer.split(' ').nth(1), Some(status), "{head}: {answer}");
    }
}
