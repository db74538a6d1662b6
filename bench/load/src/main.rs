//! `bench-load PORT`: one thread that answers `GET /plain` with a few bytes, and keeps a number for each connection of the
//! live page at `/`.

use axum::{
    Router,
    extract::{WebSocketUpgrade, ws::Message},
    response::Html,
    routing::get,
    serve::ListenerExt,
};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const PAGE: &str = "<!DOCTYPE html><div id=\"live\" data-hash=\"\" data-items=\"\" data-state=\"\" data-mac=\"\"><button on:click=\"1\">Clicked</button></div>";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let port: u16 = std::env::args().nth(1).ok_or("which port?")?.parse()?;
    let socket = |upgrade: WebSocketUpgrade| async move {
        let upgrade = upgrade.read_buffer_size(4096).write_buffer_size(0);
        upgrade.on_upgrade(|mut socket| async move {
            let mut count = 0_u64;
            while let Some(Ok(frame)) = socket.recv().await {
                let Message::Text(text) = frame else { continue };
                let message: Value = serde_json::from_str(&text).unwrap_or_default();
                count += 1;
                let answer = json!({ "v": count, "a": message[1].as_u64(), "p": [0, 0, ""] }).to_string();
                if socket.send(Message::Text(answer.into())).await.is_err() {
                    break;
                }
            }
        })
    };
    let router = Router::new()
        .route("/plain", get(|| async { "Hello, World!" }))
        .route("/", get(|| async { Html(PAGE) }))
        .route("/live", get(socket));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    Ok(axum::serve(listener, router).await?)
}
