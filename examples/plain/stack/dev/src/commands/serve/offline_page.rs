//! The page that browsers get while no application runs: why there is none. It has the script of every page, which shows the
//! same overlay, and goes back to what was asked for when the application is there.

use std::sync::Arc;

use console::strip_ansi_codes;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::overlay::Overlay;
use super::socket::Socket;

/// The script of every page.
const SCRIPT: &str = include_str!("../../../../serve/src/dev/client.js");

/// Answers in the place of the application.
pub(super) struct OfflinePage {
    /// None where the socket is not ours.
    listener: Option<std::net::TcpListener>,
    task: Option<JoinHandle<()>>,
}

impl OfflinePage {
    pub(super) fn new(socket: &Socket) -> Self {
        Self {
            listener: socket.handle().ok(),
            task: None,
        }
    }

    /// Answers every request with the problem, until [`stop`](Self::stop).
    pub(super) fn serve(&mut self, overlay: &Overlay) {
        self.stop();
        let Some(Ok(listener)) = self.listener.as_ref().map(|known| known.try_clone()) else {
            return;
        };
        let listener = listener
            .set_nonblocking(true)
            .and_then(|()| TcpListener::from_std(listener));
        let Ok(listener) = listener else {
            return;
        };
        let overlay = Arc::new(overlay.clone());
        self.task = Some(tokio::spawn(async move {
            // All of them end with this task.
            let mut visitors = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                visitors.spawn(answer(stream, Arc::clone(&overlay)));
                while visitors.try_join_next().is_some() {}
            }
        }));
    }

    /// From now on requests wait for the application.
    pub(super) fn stop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

async fn answer(stream: TcpStream, overlay: Arc<Overlay>) {
    let mut stream = BufReader::new(stream);
    let mut first = String::new();
    if stream.read_line(&mut first).await.is_err() {
        return;
    }
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
        line.clear();
    }
    let mut words = first.split(' ');
    let (method, path) = (words.next(), words.next());
    let text = match path {
        Some("/_dev/events") => events(&overlay),
        Some("/_dev/client.js") => response("200 OK", "text/javascript; charset=utf-8", SCRIPT),
        _ => response(
            "503 Service Unavailable",
            "text/html; charset=utf-8",
            &page(&overlay, method == Some("GET")),
        ),
    };
    stream.write_all(text.as_bytes()).await.ok();
    if path == Some("/_dev/events") {
        // Until the application is there again.
        std::future::pending::<()>().await;
    }
}

/// For pages that are open already, see `stack/serve/src/dev/client.js`.
fn events(overlay: &Overlay) -> String {
    let data = json!({ "run": 0, "files": {}, "show": overlay.to_json() });
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\r\n\
         retry: 150\ndata: {data}\n\n"
    )
}

fn response(status: &str, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n\
         content-security-policy: default-src 'none'; script-src 'self'; connect-src 'self'\r\n\
         cache-control: no-store\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// In the place of a page that was asked for by GET; in the place of a response to a form, which must not be sent twice, the
/// script goes back to the page with the form.
fn page(overlay: &Overlay, is_get: bool) -> String {
    let back = if is_get { "" } else { " data-back" };
    let mut body = format!(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>cargo dev</title>\
         <script src=\"/_dev/client.js\" data-run=\"0\"{back}></script><noscript>"
    );
    if let Some(problem) = &overlay.problem {
        body += &format!("<h1>{}</h1>", escaped(&problem.title));
        for text in &problem.texts {
            body += &format!("<pre>{}</pre>", escaped(&strip_ansi_codes(text)));
        }
    }
    body + "</noscript>"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
