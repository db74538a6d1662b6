//! One process after another on the same socket, as under `cargo dev`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::OwnedFd,
    process::{Child, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use crate::{common::database, process::program};

/// What `cargo dev` has: the socket of the application, and one that it reports to.
struct Dev {
    socket: TcpListener,
    links: TcpListener,
    database: String,
}

/// A program that answers requests.
struct Running {
    child: Child,
    link: TcpStream,
}

impl Dev {
    fn start(&self) -> Running {
        let address = self.links.local_addr().unwrap();
        let child = program()
            .stdin(OwnedFd::from(self.socket.try_clone().unwrap()))
            .stdout(Stdio::null())
            .env("APP_ENV", "development")
            .env("DATABASE_URL", &self.database)
            .env("SOCKET", "stdin")
            .env("CARGO_DEV", format!("{address}/token"))
            .spawn()
            .unwrap();
        let link = self.links.accept().unwrap().0;
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

#[tokio::test]
async fn of_a_thousand_requests_none_fails_while_programs_take_over_from_each_other() {
    let database = database().await;
    let dev = Dev {
        socket: TcpListener::bind("127.0.0.1:0").unwrap(),
        links: TcpListener::bind("127.0.0.1:0").unwrap(),
        database: database.url().to_owned(),
    };
    let address = dev.socket.local_addr().unwrap();
    let (sent, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for keeps in [false, true, false, true] {
            let (sent, done) = (&sent, &done);
            scope.spawn(move || {
                let mut client = Client {
                    address,
                    connection: None,
                    keeps,
                };
                while !done.load(Ordering::Relaxed) || sent.load(Ordering::Relaxed) < 1000 {
                    assert_eq!(client.ask(), "HTTP/1.1 200 OK\r\n");
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let mut running = dev.start();
        for _ in 0..3 {
            let before = sent.load(Ordering::Relaxed);
            while sent.load(Ordering::Relaxed) < before + 100 {
                std::thread::yield_now();
            }
            std::mem::replace(&mut running, dev.start()).stop();
        }
        done.store(true, Ordering::Relaxed);
        while sent.load(Ordering::Relaxed) < 1000 {
            std::thread::yield_now();
        }
        running
    })
    .stop();
}

/// A client that opens a connection for each request, or keeps it as long as it may.
struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
    keeps: bool,
}

impl Client {
    /// Asks, and returns the first line of the answer.
    fn ask(&mut self) -> String {
        let kept = self.connection.is_some();
        let mut connection = self
            .connection
            .take()
            .unwrap_or_else(|| BufReader::new(TcpStream::connect(self.address).unwrap()));
        let asked = connection
            .get_mut()
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
        let mut first = String::new();
        let read = asked.and_then(|()| connection.read_line(&mut first));
        // A kept connection may have been closed while nobody used it, and then every client asks again.
        if kept && !matches!(read, Ok(1..)) {
            return self.ask();
        }
        read.unwrap();
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
        self.connection = (self.keeps && !last).then_some(connection);
        first
    }
}
