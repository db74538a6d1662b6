//! A log that nobody reads.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread::sleep,
    time::Duration,
};

use super::PATIENCE;
use crate::{
    common::migrated_database,
    process::{program, serving, terminate},
};

/// Sends requests, each of which is a line of the log, and asserts that each is answered: more lines than a pipe holds and
/// than wait for a reader.
fn flood(address: SocketAddr) {
    const REQUESTS: usize = 8000;
    const AT_ONCE: usize = 50;
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = "HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
    for _ in 0..REQUESTS / AT_ONCE {
        let some = request.repeat(AT_ONCE);
        connection.write_all(some.as_bytes()).unwrap();
        let (mut answers, mut buffer) = (String::new(), [0; 64 * 1024]);
        while answers.matches("\r\n\r\n").count() < AT_ONCE {
            let read = connection.read(&mut buffer).expect("an answer");
            assert_ne!(read, 0, "closed after {answers}");
            answers.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
        assert_eq!(answers.matches("HTTP/1.1 404").count(), AT_ONCE);
    }
}

#[tokio::test]
async fn a_log_that_is_not_read_stops_no_request_and_says_afterwards_how_many_lines_are_missing() {
    let database = migrated_database().await;
    let mut program = program();
    program.env("LOG_FORMAT", "pretty").env("NO_COLOR", "1");
    let (mut child, log, address) = serving(&mut program, database.url());
    flood(address);
    let missing = log
        .map(Result::unwrap)
        .find(|line| line.contains("dropped lines of the log"));
    assert!(missing.unwrap().contains("lines="));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn a_log_that_is_not_read_does_not_keep_the_process_from_ending() {
    let database = migrated_database().await;
    let (mut child, _log, address) = serving(&mut program(), database.url());
    flood(address);
    terminate(&child);
    let mut waited = Duration::ZERO;
    while child.try_wait().unwrap().is_none() {
        assert!(waited < PATIENCE, "it does not end");
        waited += Duration::from_millis(50);
        sleep(Duration::from_millis(50));
    }
}
