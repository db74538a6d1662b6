//! What clients cost in memory, measured at the program as a process of its own.

use std::{net::SocketAddr, thread::available_parallelism, time::Duration};

use futures_util::future::join_all;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy, sink},
    net::TcpStream,
    time::{sleep, timeout},
};

use super::{
    PATIENCE,
    event_streams::{Stream, cookie, frame, join, post},
};
use crate::{
    common::migrated_database,
    process::{program, serving, terminate},
};

const MIB: u64 = 1024 * 1024;

/// A line of `/proc/…/status` in bytes: `VmRSS`, or `VmHWM`, the most there ever was.
fn memory(process: u32, line: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|text| text.strip_prefix(line));
    let number = line.unwrap().split_whitespace().nth(1).unwrap();
    number.parse::<u64>().unwrap() * 1024
}

/// Tries to log in to `count` accounts that do not exist, which costs as much as if they did.
async fn log_ins(server: SocketAddr, client: usize, count: usize) {
    let mut connection = TcpStream::connect(server).await.unwrap();
    for attempt in 0..count {
        let email = format!("nobody-{client}-{attempt}@example.com");
        let body = json!({ "email": email, "password": "password1" }).to_string();
        let request = format!(
            "POST /api/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 4096];
        let length = connection.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]);
        // On few processors some find the queue full.
        let known = ["HTTP/1.1 401", "HTTP/1.1 503"];
        assert!(
            known.iter().any(|known| answer.starts_with(known)),
            "{answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "reads `/proc`, which only Linux has"
)]
async fn log_ins_take_the_memory_of_one_hash_for_each_processor_and_give_it_back() {
    let database = migrated_database().await;
    let (mut child, _log, server) = serving(program().env("LIMIT_FACTOR", "0"), database.url());
    let before = memory(child.id(), "VmRSS");

    log_ins(server, 0, 40).await;
    join_all((1..=40).map(|client| log_ins(server, client, 4))).await;
    let most = memory(child.id(), "VmHWM");
    let processors = available_parallelism().unwrap().get() as u64;
    assert!(
        most <= before + 20 * MIB * processors + 40 * MIB,
        "{} MiB before, {} MiB at most",
        before / MIB,
        most / MIB
    );

    let mut after = memory(child.id(), "VmRSS");
    for _ in 0..600 {
        if after <= before + 30 * MIB {
            break;
        }
        sleep(Duration::from_millis(100)).await;
        after = memory(child.id(), "VmRSS");
    }
    assert!(
        after <= before + 30 * MIB,
        "{} MiB before, {} MiB long after",
        before / MIB,
        after / MIB
    );
    terminate(&child);
    child.wait().unwrap();
}

/// Opens an event stream that is not read, and asks for one large page after another until no more is taken. Returns the
/// connection of the stream.
async fn ask_and_never_read(server: SocketAddr) -> TcpStream {
    let cookie = cookie(server).await;
    let mut stream = Stream::open(server, &cookie).await;
    let id = stream.id().await;
    let mut message = join("/login");
    let mut number = 0;
    while post(server, &id, number, &cookie, &message).await == 204 {
        number += 1;
        assert!(number < 1_000, "more than the operating system can hold");
        let letter = if number % 2 == 0 { "a" } else { "b" };
        let page = format!("/login?next=/{}", letter.repeat(20_000));
        message = frame(&json!(["nav", number, page, "push"]).to_string());
        // As fast as a connection may for long.
        sleep(Duration::from_millis(120)).await;
    }
    assert!(number > 10, "what was asked for is little");
    stream.connection
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "reads `/proc`, which only Linux has"
)]
async fn event_streams_that_are_never_read_cost_little_and_are_given_up() {
    const STREAMS: u64 = 10;
    let database = migrated_database().await;
    let mut program = program();
    program.env("WRITE_TIMEOUT_SECONDS", "2");
    let (mut child, _log, server) = serving(&mut program, database.url());
    let before = memory(child.id(), "VmRSS");
    let connections = join_all((0..STREAMS).map(|_| ask_and_never_read(server))).await;
    let most = memory(child.id(), "VmHWM");
    assert!(
        most <= before + STREAMS * MIB + 20 * MIB,
        "{} MiB before, {} MiB at most",
        before / MIB,
        most / MIB
    );
    for mut connection in connections {
        // What the operating system has taken, and then the end, which may be a reset.
        let end = timeout(PATIENCE, copy(&mut connection, &mut sink())).await;
        drop(end.expect("the connection stays open"));
    }
    terminate(&child);
    child.wait().unwrap();
}
