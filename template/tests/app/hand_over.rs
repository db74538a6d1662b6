//! Processes under `cargo dev`: they take over the same socket from each other, and tell it what their handlers fail with.

use std::{
    io::{
        BufRead, BufReader,
        ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, WouldBlock},
        Read, Write,
    },
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::OwnedFd,
    process::{Child, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;
use stack_db::testing::TestDatabase;

use crate::{
    common::{database, migrated_database},
    process::{program, serving},
};

/// The sockets of `cargo dev`: that of the application, and its control channel.
struct Dev {
    socket: TcpListener,
    links: TcpListener,
    database: String,
}

/// A program that serves requests.
struct Running {
    child: Child,
    link: TcpStream,
}

impl Dev {
    fn new(database: &TestDatabase) -> Self {
        let dev = Self {
            socket: TcpListener::bind("127.0.0.1:0").unwrap(),
            links: TcpListener::bind("127.0.0.1:0").unwrap(),
            database: database.url().to_owned(),
        };
        dev.links.set_nonblocking(true).unwrap();
        dev
    }

    fn start(&self) -> Running {
        let address = self.links.local_addr().unwrap();
        let mut child = program()
            .stdin(OwnedFd::from(self.socket.try_clone().unwrap()))
            .stdout(Stdio::null())
            .env("APP_ENV", "development")
            .env("DATABASE_URL", &self.database)
            .env("SOCKET", "stdin")
            .env("CARGO_DEV", format!("{address}/token"))
            .spawn()
            .unwrap();
        let link = loop {
            match self.links.accept() {
                Ok((link, _)) => break link,
                Err(error) => assert_eq!(error.kind(), WouldBlock),
            }
            assert!(child.try_wait().unwrap().is_none(), "it does not start");
            sleep(Duration::from_millis(1));
        };
        link.set_nonblocking(false).unwrap();
        let mut lines = BufReader::new(link.try_clone().unwrap()).lines();
        for expected in [r#"{"token":"token"}"#, r#"{"ready":true}"#] {
            assert_eq!(lines.next().unwrap().unwrap(), expected);
        }
        Running { child, link }
    }
}

impl Running {
    fn stop(mut self) {
        self.link.write_all(b"{\"stop\":true}\n").unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The number of requests to send. A panic of a thread that shares it sets it to 0, so that all threads end.
struct RequestLimit<'a>(&'a AtomicUsize);

impl Drop for RequestLimit<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(0, Ordering::Relaxed);
        }
    }
}

#[tokio::test]
async fn of_a_thousand_requests_none_fails_while_programs_take_over_from_each_other() {
    let database = database().await;
    let dev = Dev::new(&database);
    let address = dev.socket.local_addr().unwrap();
    let (sent, limit) = (AtomicUsize::new(0), AtomicUsize::new(usize::MAX));
    let left = || {
        let (sent, limit) = (sent.load(Ordering::Relaxed), limit.load(Ordering::Relaxed));
        limit.saturating_sub(sent)
    };
    std::thread::scope(|scope| {
        for keep_alive in [false, true, false, true] {
            let (sent, limit, left) = (&sent, &limit, &left);
            scope.spawn(move || {
                let _limit = RequestLimit(limit);
                let mut client = Client {
                    address,
                    connection: None,
                    keep_alive,
                };
                while left() > 0 {
                    assert_eq!(client.request(), "HTTP/1.1 200 OK\r\n");
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let all = RequestLimit(&limit);
        let mut running = dev.start();
        for _ in 0..3 {
            let before = sent.load(Ordering::Relaxed);
            while sent.load(Ordering::Relaxed) < before + 100 && left() > 0 {
                sleep(Duration::from_millis(1));
            }
            std::mem::replace(&mut running, dev.start()).stop();
        }
        all.0.fetch_min(1000, Ordering::Relaxed);
        // The last program serves until the clients are done.
        running
    })
    .stop();
}

/// Asks for a path, and returns the connection; the response is to be read.
fn ask(address: SocketAddr, path: &str) -> BufReader<TcpStream> {
    let mut connection = TcpStream::connect(address).unwrap();
    let limit = Duration::from_secs(120);
    connection.set_read_timeout(Some(limit)).unwrap();
    let head = "Host: a\r\nAccept: text/html\r\nConnection: close\r\n\r\n";
    write!(connection, "GET {path} HTTP/1.1\r\n{head}").unwrap();
    BufReader::new(connection)
}

fn text(address: SocketAddr, path: &str) -> String {
    let mut text = String::new();
    ask(address, path).read_to_string(&mut text).unwrap();
    text
}

/// A user who is not there, whom nobody can be asked for any more.
const USER: &str = "/api/users/019ad1c2-0000-7000-8000-000000000000";

/// Makes the handler of [`USER`] fail.
async fn take_users_away(database: &TestDatabase) {
    sqlx::raw_sql("ALTER TABLE users RENAME TO people")
        .execute(database.pool())
        .await
        .unwrap();
}

#[tokio::test]
async fn what_a_handler_fails_with_is_told_to_open_pages_with_its_place_and_statement() {
    let database = database().await;
    let dev = Dev::new(&database);
    let address = dev.socket.local_addr().unwrap();
    let running = dev.start();
    let mut events = ask(address, "/_dev/events").lines();
    let mut next = || -> Value {
        let line = events.find_map(|line| line.unwrap().strip_prefix("data: ").map(str::to_owned));
        serde_json::from_str(&line.unwrap()).unwrap()
    };
    assert!(next()["fault"].is_null());
    take_users_away(&database).await;
    let answer = text(address, USER);
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    let fault = next()["fault"].take();
    assert_eq!(fault["title"], format!("GET {USER}: internal error"));
    let said = fault["text"].as_str().unwrap();
    assert!(said.contains("\"users\" does not exist"), "{said}");
    assert!(fault["sql"].as_str().unwrap().contains("users"), "{fault}");
    let file = fault["place"]["file"].as_str().unwrap();
    assert_eq!(file, "src/http/users.rs");
    let line = &fault["place"]["line"];
    let lines = fault["lines"].as_array().unwrap();
    assert!(lines.iter().any(|shown| shown[0] == *line), "{fault}");
    running.stop();
}

#[tokio::test]
async fn in_production_nobody_is_told_what_a_handler_fails_with() {
    let database = migrated_database().await;
    let links = TcpListener::bind("127.0.0.1:0").unwrap();
    let link = format!("{}/token", links.local_addr().unwrap());
    let mut program = program();
    let (mut child, _log, address) = serving(program.env("CARGO_DEV", link), database.url());
    take_users_away(&database).await;
    let answer = text(address, USER);
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(!answer.contains("does not exist"), "{answer}");
    assert!(!text(address, "/").contains("/_dev/"));
    for path in ["/_dev/events", "/_dev/client.js"] {
        assert!(text(address, path).starts_with("HTTP/1.1 404"), "{path}");
    }
    links.set_nonblocking(true).unwrap();
    assert_eq!(links.accept().unwrap_err().kind(), WouldBlock);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// How long a new connection accepts a request at least: a program that shuts down keeps it open slightly longer.
const MIN_IDLE: Duration = Duration::from_millis(500);

/// A client that opens a connection for each request, or keeps one alive.
struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
    keep_alive: bool,
}

impl Client {
    /// Sends a request, and returns the status line of the response.
    fn request(&mut self) -> String {
        let opened = Instant::now();
        let kept = self.connection.take();
        let may_be_closed = kept.is_some();
        let mut connection = kept.unwrap_or_else(|| self.open());
        let asked = connection
            .get_mut()
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
        let begun = asked.and_then(|()| Ok(connection.fill_buf()?.len()));
        let closed = match &begun {
            Ok(read) => *read == 0,
            Err(error) => [BrokenPipe, ConnectionAborted, ConnectionReset].contains(&error.kind()),
        };
        // The server may close an idle connection; then every client retries. A new connection is idle, too, if this thread
        // was not scheduled for that long.
        if closed && (may_be_closed || opened.elapsed() >= MIN_IDLE) {
            return self.request();
        }
        assert!(begun.unwrap() > 0, "closed without an answer");
        let mut first = String::new();
        connection.read_line(&mut first).unwrap();
        let (mut length, mut last) = (0, false);
        loop {
            let mut line = String::new();
            connection.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("connection", "close")) => last = true,
                Some(_) => {}
                None => break,
            }
        }
        connection.read_exact(&mut vec![0; length]).unwrap();
        self.connection = (self.keep_alive && !last).then_some(connection);
        first
    }

    fn open(&self) -> BufReader<TcpStream> {
        let connection = TcpStream::connect(self.address).unwrap();
        // A failure is better than a test that never ends.
        let limit = Duration::from_secs(120);
        connection.set_read_timeout(Some(limit)).unwrap();
        BufReader::new(connection)
    }
}
