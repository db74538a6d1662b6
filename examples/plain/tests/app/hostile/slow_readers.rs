//! Clients that ask for much and read nothing.

use tokio::{io::AsyncWriteExt, net::TcpSocket, time::timeout};

use super::{PATIENCE, served};
use crate::common::TestApp;

#[tokio::test]
async fn a_client_that_never_reads_is_given_up() {
    let vars = [("WRITE_TIMEOUT_SECONDS", "1"), ("SHUTDOWN_SECONDS", "3600")];
    let (_database, address, (stop, server)) = served(&vars).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut connection = socket.connect(address).await.unwrap();
    // More than the operating system takes for a client, some megabytes.
    let requests = "GET /static/app.css HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1500);
    let (_, mut writer) = connection.split();
    let written = timeout(PATIENCE, writer.write_all(requests.as_bytes())).await;
    // The server may have closed the connection meanwhile.
    drop(written.expect("the connection stays open"));
    // The server ends when its last connection does.
    stop.send(()).unwrap();
    let ended = timeout(PATIENCE, server).await;
    ended.expect("the connection stays open").unwrap().unwrap();
}

#[tokio::test]
async fn a_page_of_the_api_is_limited_in_bytes_and_the_next_one_goes_on_after_it() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let long = "€".repeat(20_000);
    let mut titles = Vec::new();
    for number in 0..10 {
        let title = format!("Note {number}");
        app.note(&ada, &title, &long).await;
        titles.insert(0, title);
    }
    let (mut found, mut path) = (Vec::new(), "/api/notes?limit=100".to_owned());
    for _ in 0..titles.len() {
        let answer = client.get(&path).await;
        assert!(answer.body.len() < 300_000, "{}", answer.body.len());
        let page = answer.json();
        let notes = page["notes"].as_array().unwrap();
        found.extend(notes.iter().map(|note| note["title"].clone()));
        match page["next"].as_str() {
            Some(next) => path = format!("/api/notes?limit=100&after={next}"),
            None => break,
        }
    }
    assert_eq!(found, titles);
}
