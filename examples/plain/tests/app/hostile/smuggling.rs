//! Requests whose end a proxy in front could see at another place, so that one request hides in another.

use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{served, until_closed};

/// The status of each response to a log-in with `lines` in its head and `rest` after it.
async fn statuses(address: std::net::SocketAddr, lines: &str, rest: &str) -> Vec<String> {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = "POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json";
    let request = format!("{head}\r\n{lines}\r\n\r\n{rest}");
    connection.write_all(request.as_bytes()).await.unwrap();
    let answers = until_closed(&mut connection).await;
    let lines = answers.split("HTTP/1.1 ").skip(1);
    lines.map(|line| line[..3].to_owned()).collect()
}

#[tokio::test]
async fn no_request_hides_in_another() {
    let (_database, address, _stop) = served(&[]).await;
    let hidden = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for lines in [
        "Content-Length: 5\r\nContent-Length: 50",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: 0x5",
        "Content-Length : 5",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\r\n chunked",
        "Content-Length: 5\r\nTransfer-Encoding: identity",
    ] {
        assert_eq!(statuses(address, lines, hidden).await, ["400"], "{lines}");
    }
}

#[tokio::test]
async fn a_length_beside_chunks_is_ignored() {
    let (_database, address, _stop) = served(&[("REQUEST_TIMEOUT_SECONDS", "3600")]).await;
    for lines in [
        "Content-Length: 100\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 100",
    ] {
        let lines = format!("{lines}\r\nConnection: close");
        // An empty body is no JSON; a hundred bytes would be waited for.
        let answers = statuses(address, &lines, "0\r\n\r\n").await;
        assert_eq!(answers, ["400"], "{lines}");
    }
}
