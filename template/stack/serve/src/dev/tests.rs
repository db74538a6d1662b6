use axum::{
    body::Body,
    http::{Request, header::CONTENT_LENGTH},
    response::{Html, Response},
};
use futures_util::StreamExt as _;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt as _;

use super::*;

/// An application, and the end of its channel that `cargo dev` has.
async fn start() -> (Router, ControlChannel, BufReader<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = format!("{}/secret", listener.local_addr().unwrap());
    let (channel, accepted) = tokio::join!(ControlChannel::connect(&to), listener.accept());
    let (channel, mut dev) = (channel.unwrap(), BufReader::new(accepted.unwrap().0));
    let mut first = String::new();
    dev.read_line(&mut first).await.unwrap();
    assert_eq!(first, "{\"token\":\"secret\"}\n");
    let router = Router::new()
        .route("/", get(async || Html("<head></head>")))
        .route("/text", get(async || "<head></head>"));
    let files: Files = || vec![("app.css".to_owned(), "/static/app.css?v=1".to_owned())];
    (around(router, &channel, files), channel, dev)
}

async fn ask(router: &Router, path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).unwrap();
    router.clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn pages_have_the_script_and_other_answers_do_not() {
    let (router, _link, _dev) = start().await;
    let page = ask(&router, "/").await;
    let length: usize = page.headers()[CONTENT_LENGTH]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let page = axum::body::to_bytes(page.into_body(), 1000).await.unwrap();
    assert_eq!(page.len(), length);
    assert!(
        page.starts_with(b"<head><script src=\"/_dev/client.js\""),
        "{page:?}"
    );
    let text = ask(&router, "/text").await.into_body();
    assert_eq!(
        axum::body::to_bytes(text, 1000).await.unwrap(),
        "<head></head>"
    );
    assert_eq!(ask(&router, "/_dev/client.js").await.status(), 200);
}

#[tokio::test]
async fn what_is_to_be_shown_reaches_pages_until_it_is_time_to_stop() {
    let (router, channel, mut dev) = start().await;
    let mut events = ask(&router, "/_dev/events")
        .await
        .into_body()
        .into_data_stream();
    let mut next = async || {
        let event = events.next().await?.unwrap();
        Some(String::from_utf8(event.to_vec()).unwrap())
    };
    let first = next().await.unwrap();
    assert!(
        first.contains(r#""app.css":"/static/app.css?v=1""#),
        "{first}"
    );
    dev.write_all(b"{\"show\":\"<b>\\n\"}\n").await.unwrap();
    let second = next().await.unwrap();
    assert!(second.contains(r#""show":"<b>\n""#), "{second}");
    dev.write_all(b"{\"stop\":true}\n").await.unwrap();
    channel.stopped().await;
    assert_eq!(next().await, None);
}

#[tokio::test]
async fn the_end_of_cargo_dev_is_the_end_of_the_application() {
    let (_router, channel, dev) = start().await;
    drop(dev);
    channel.stopped().await;
}

#[cfg(debug_assertions)]
#[tokio::test]
async fn pages_hear_of_texts_that_have_changed() {
    let (router, _channel, mut dev) = start().await;
    let mut events = ask(&router, "/_dev/events")
        .await
        .into_body()
        .into_data_stream();
    let before = texts::version();
    dev.write_all(b"{\"texts\":[[\"src/pages/home.rs\",3,8,\"one\",\"two\"]]}\n")
        .await
        .unwrap();
    let wanted = format!("\"texts\":{}", before + 1);
    loop {
        let event = events.next().await.unwrap().unwrap();
        if String::from_utf8(event.to_vec()).unwrap().contains(&wanted) {
            break;
        }
    }
    // A page that is made from now on has them.
    let page = ask(&router, "/").await.into_body();
    let page = axum::body::to_bytes(page, 1000).await.unwrap();
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(
        page.contains(&format!("data-texts=\"{}\"", before + 1)),
        "{page}"
    );
}
