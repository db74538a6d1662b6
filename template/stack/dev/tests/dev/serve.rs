//! `cargo dev serve` with a program of sixty lines in the place of the application.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::workbench::Project;

/// How often something is tried that comes true sooner or later, with a [`PAUSE`] after each time.
const TIMES: usize = 6000;
const PAUSE: Duration = Duration::from_millis(20);

/// Answers every request with its version and what it was told to show.
const PROGRAM: &str = r##"
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex};

fn main() {
    let to = std::env::var("CARGO_DEV").unwrap();
    let (address, token) = to.split_once('/').unwrap();
    let mut link = TcpStream::connect(address).unwrap();
    let hello = r#"{"token":"TOKEN"}"#.replace("TOKEN", token);
    writeln!(link, "{hello}").unwrap();
    assert!("VERSION" != "bad", "it cannot start");
    let told = Arc::new(Mutex::new(Some(String::new())));
    let (lines, tell) = (BufReader::new(link.try_clone().unwrap()).lines(), told.clone());
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok).take_while(|line| !line.contains("\"stop\"")) {
            *tell.lock().unwrap() = Some(line);
        }
        *tell.lock().unwrap() = None;
    });
    let socket = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let listener = TcpListener::from(socket);
    listener.set_nonblocking(true).unwrap();
    writeln!(link, "{}", r#"{"ready":true}"#).unwrap();
    loop {
        let Some(shown) = told.lock().unwrap().clone() else { return };
        let mut client = match listener.accept() {
            Ok((client, _)) => client,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::thread::sleep(std::time::Duration::from_millis(1));
                continue;
            }
            Err(error) => panic!("{error}"),
        };
        client.set_nonblocking(false).unwrap();
        assert!(client.read(&mut [0; 1000]).unwrap() > 0);
        write!(client, "HTTP/1.1 200 OK\r\n\r\nVERSION {shown}").unwrap();
    }
}
"##;

/// A `cargo dev serve` in a project, which ends with the test.
struct Serve {
    project: Project,
    command: Child,
    address: String,
}

impl Serve {
    fn start() -> Self {
        let project = Project::new();
        project.write(
            "Cargo.toml",
            "[package]\nname = \"trial\"\ndefault-run = \"trial\"\nedition = \"2024\"\n[workspace]\n",
        );
        project.write(".gitignore", "/target\n");
        write(&project, "one");
        let mut command = Command::new(env!("CARGO_BIN_EXE_stack_dev"))
            .current_dir(&project.root)
            .env("CARGO_TARGET_DIR", project.root.join("target"))
            .env("PORT", "0")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(command.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Some(line.strip_prefix("serving on http://")?.to_owned()));
        // What it says further on must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        let address = address.unwrap();
        Self {
            project,
            command,
            address,
        }
    }

    /// Asks until the answer has these words in it. No request may fail.
    fn until(&self, words: &str) {
        let mut answer = String::new();
        for _ in 0..TIMES {
            answer = self.ask();
            if answer.contains(words) {
                return;
            }
            sleep(PAUSE);
        }
        panic!("no answer has `{words}` in it; the last one: {answer}");
    }

    fn is(&self, words: &str) {
        let answer = self.ask();
        assert!(answer.contains(words), "{answer}");
    }

    fn ask(&self) -> String {
        let mut server = TcpStream::connect(&self.address).unwrap();
        // Rather a failure than a test without an end.
        let limit = Duration::from_secs(120);
        server.set_read_timeout(Some(limit)).unwrap();
        server.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = String::new();
        server.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        self.command.kill().ok();
        self.command.wait().ok();
    }
}

fn write(project: &Project, version: &str) {
    project.write("src/main.rs", &PROGRAM.replace("VERSION", version));
}

#[test]
fn a_change_takes_over_and_a_mistake_is_shown_while_the_program_from_before_goes_on() {
    let mut serve = Serve::start();
    serve.until("one ");
    write(&serve.project, "two");
    serve.until("two ");
    serve.project.write("src/main.rs", "fn main() { mistake }");
    serve.until("cannot find value `mistake` in this scope");
    serve.is("two ");
    write(&serve.project, "bad");
    serve.until("it cannot start");
    serve.is("two ");
    serve.project.write("schema/020_more.sql", "");
    serve.until("`cargo dev pave` creates the database again");
    write(&serve.project, "three");
    serve.until("three {\"show\":{\"notices\":[\"");
    // However `cargo dev` ends, nobody is left behind who would keep the socket.
    serve.command.kill().unwrap();
    let closed = (0..TIMES).any(|_| {
        sleep(PAUSE);
        TcpStream::connect(&serve.address).is_err()
    });
    assert!(closed, "somebody still listens on {}", serve.address);
}
