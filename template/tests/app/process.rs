//! The program as a process.

use std::{
    io::{BufRead, BufReader, Lines},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, Stdio},
    thread::sleep,
    time::Duration,
};
#[cfg(unix)]
use std::{
    io::{Read, Write},
    net::TcpStream,
};

use tokio::net::TcpSocket;

use crate::common::{ENCRYPTION_KEYS, migrated_database};
#[cfg(unix)]
use crate::lifecycle::{BODY, begin_request};

/// The program, with an environment that does not depend on that of the tests.
pub fn program() -> Command {
    let mut command = Command::new(env!(concat!("CARGO_BIN_EXE_", env!("APP_NAME"))));
    command
        .env_clear()
        .env("ENCRYPTION_KEYS", ENCRYPTION_KEYS)
        .env("MAIL_URL", "none")
{%- if files %}
        .env("FILES_URL", "memory:")
{%- endif %}
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The program with a database, in production.
pub fn in_production(database: &str) -> Command {
    let mut command = program();
    command
        .env("APP_ENV", "production")
        .env("DATABASE_URL", database);
    command
}

/// The exit code of a program, and what it has printed.
pub struct Run {
    pub code: Option<i32>,
    pub output: String,
    pub error: String,
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code(),
        output: String::from_utf8(output.stdout).unwrap(),
        error: String::from_utf8(output.stderr).unwrap(),
    }
}

/// An address that nobody listens on; while the socket is open, nobody else can.
pub fn nobody() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

#[test]
fn invalid_settings_are_all_reported_and_the_program_does_not_start() {
    let mut command = in_production("");
    command.env("PORT", "http").env("SESSION_DAYS", "0");
    let Run { code, error, .. } = run(&mut command);
    assert_eq!(code, Some(1));
    for name in ["PORT", "SESSION_DAYS", "DATABASE_URL"] {
        assert!(error.contains(&format!("error: `{name}` ")), "{error}");
    }
    assert!(
        error.ends_with("hint: `.env.example` describes every variable\n"),
        "{error}"
    );
}

#[test]
fn a_database_that_cannot_be_used_is_an_error_with_a_hint() {
    let url = "postgres://app:hunter2@127.0.0.1:port/shop";
    let Run { code, error, .. } = run(&mut in_production(url));
    assert_eq!(code, Some(1));
    assert!(
        error.starts_with("error: ") && error.contains("hint: "),
        "{error}"
    );
    assert!(!error.contains("hunter2"), "{error}");
}

/// The rest of the log after the line with the program's address.
pub type Log = Lines<BufReader<ChildStdout>>;

/// Starts a program on a free port, and waits until the log says which.
pub fn serving(program: &mut Command, database: &str) -> (Child, Log, SocketAddr) {
    let mut child = program
        .env("APP_ENV", "production")
        .env("DATABASE_URL", database)
        .env("PORT", "0")
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
    let listening = log
        .by_ref()
        .map(Result::unwrap)
        .find(|line| line.contains("listening on"))
        .unwrap();
    let address = listening
        .split_once("http://")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    let address = address.parse().unwrap();
    (child, log, address)
}

#[tokio::test]
async fn the_command_health_reports_whether_the_application_is_healthy() {
    let database = migrated_database().await;
    let (mut child, _log, address) = serving(&mut program(), database.url());
    let health = |address: SocketAddr, arguments: &[&str]| {
        let mut command = in_production(database.url());
        command.env("PORT", address.port().to_string());
        let run = run(command.arg("health").args(arguments));
        (run.code, run.output + &run.error)
    };
    // The command times out after seconds, which can happen on a busy machine.
    let healthy = |arguments: &[&str], good: &str| {
        let mut last = health(address, arguments);
        for _ in 0..60 {
            if last.0 == Some(0) {
                break;
            }
            sleep(Duration::from_secs(1));
            last = health(address, arguments);
        }
        assert_eq!(last, (Some(0), good.to_owned()));
    };
    healthy(&[], "ok\n");
    healthy(&["--ready"], "ready\n");
    child.kill().unwrap();
    child.wait().unwrap();
    let (_nobody, address) = nobody();
    let (code, said) = health(address, &[]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains(&format!("error: the application at `http://{address}")),
        "{said}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_lets_a_request_finish_and_the_log_has_a_line_for_it() {
    let database = migrated_database().await;
    let (mut child, mut log, address) = serving(&mut program(), database.url());
    let mut connection = begin_request(address).await.into_std().unwrap();
    connection.set_nonblocking(false).unwrap();
    terminate(&child);
    assert!(log.next().unwrap().unwrap().contains("shutting down"));
    while TcpStream::connect(address).is_ok() {
        sleep(Duration::from_millis(10));
    }
    connection.write_all(&BODY.as_bytes()[1..]).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(child.wait().unwrap().success());

    let mut rest = log.map(Result::unwrap);
    let line = rest.find(|line| line.contains(r#""status":"#)).unwrap();
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let request = &line["spans"][0];
    assert_eq!(request["method"], "POST");
    assert_eq!(request["path"], "/api/users");
    assert_eq!(line["status"], 201);
    assert!(line["ms"].is_number());
    let id = request["request_id"].as_str().unwrap();
    assert!(
        answer.contains(&format!("x-request-id: {id}\r\n")),
        "{answer}"
    );
}

#[cfg(unix)]
pub fn terminate(child: &Child) {
    let status = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
}
