//! Starting and stopping, on a real socket.

use app::app::App;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::common::{config, database, migrated_database, serve};

#[tokio::test]
async fn an_open_request_is_finished_after_the_signal_to_stop() {
    let database = database().await;
    let config = config(database.url(), &[("MAIL_URL", "none")]);
    let app = App::build(config).await.unwrap();
    let address = app.address().unwrap();
    let (stop, server) = serve(app);

    let mut connection = begin_request(address).await;
    stop.send(()).unwrap();
    // New connections are rejected …
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    // … and the open request gets its response.
    connection.write_all(&BODY.as_bytes()[1..]).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_application_from_stopping() {
    let database = database().await;
    let vars = [
        ("SHUTDOWN_SECONDS", "1"),
        ("REQUEST_TIMEOUT_SECONDS", "3600"),
    ];
    let app = App::build(config(database.url(), &vars)).await.unwrap();
    let address = app.address().unwrap();
    let (stop, server) = serve(app);
    let _connection = begin_request(address).await;
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn in_development_a_taken_port_is_skipped() {
    let database = database().await;
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut config = config(database.url(), &[]);
    config.port = port;
    let app = App::build(config).await.unwrap();
    let chosen = app.address().unwrap().port();
    assert!(chosen > port, "{chosen}");
}

#[tokio::test]
async fn in_production_a_taken_port_is_an_error_with_the_address() {
    let database = migrated_database().await;
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let mut config = config(database.url(), &[("APP_ENV", "production")]);
    config.port = address.port();
    let error = App::build(config).await.err().unwrap().to_string();
    assert!(
        error.contains(&format!("`{address}`")) && error.contains("`PORT`"),
        "{error}"
    );
}

/// The body of a registration, for requests that are sent in two parts.
pub const BODY: &str =
    r#"{"email":"ada@example.com","display_name":"Ada","password":"analytical"}"#;

/// Sends the head of a registration and the first byte of [`BODY`], and waits until the server has read the head.
pub async fn begin_request(address: std::net::SocketAddr) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/users HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nExpect: 100-continue\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        BODY.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    // The server sends 100 when the handler reads the body: now the request is open.
    let mut asked = [0; 25];
    connection.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection.write_all(&BODY.as_bytes()[..1]).await.unwrap();
    connection
}
