//! What browsers are told while there is no application that could answer: why there is none.

use std::sync::Arc;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::show::Show;
use super::socket::Socket;

/// Answers in the place of the application, while it is open.
pub(super) struct Door {
    /// None where the socket is not ours.
    listener: Option<std::net::TcpListener>,
    open: Option<JoinHandle<()>>,
}

impl Door {
    pub(super) fn of(socket: &Socket) -> Self {
        Self {
            listener: socket.handle().ok(),
            open: None,
        }
    }

    /// Tells everybody who comes what the matter is.
    pub(super) fn open(&mut self, show: &Show) {
        self.shut();
        let Some(Ok(listener)) = self.listener.as_ref().map(|known| known.try_clone()) else {
            return;
        };
        let listener = listener
            .set_nonblocking(true)
            .and_then(|()| TcpListener::from_std(listener));
        let Ok(listener) = listener else {
            return;
        };
        let show = Arc::new(show.clone());
        self.open = Some(tokio::spawn(async move {
            // All of them end with this task.
            let mut visitors = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                visitors.spawn(answer(stream, Arc::clone(&show)));
                while visitors.try_join_next().is_some() {}
            }
        }));
    }

    /// From now on whoever comes waits for the application.
    pub(super) fn shut(&mut self) {
        if let Some(open) = self.open.take() {
            open.abort();
        }
    }
}

async fn answer(stream: TcpStream, show: Arc<Show>) {
    let mut stream = BufReader::new(stream);
    let mut first = String::new();
    if stream.read_line(&mut first).await.is_err() {
        return;
    }
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
        line.clear();
    }
    let pages = first.split(' ').nth(1) == Some("/_dev/events");
    let text = if pages { events(&show) } else { page(&show) };
    stream.write_all(text.as_bytes()).await.ok();
    if pages {
        // Until the application is there again.
        std::future::pending::<()>().await;
    }
}

/// For pages that are open already, see `stack/serve/src/dev/client.js`.
fn events(show: &Show) -> String {
    let data = json!({ "run": 0, "files": {}, "show": show.to_json() });
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\r\n\
         retry: 150\ndata: {data}\n\n"
    )
}

fn page(show: &Show) -> String {
    let mut body = String::from(
        "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"1\">\
         <title>cargo dev</title>",
    );
    if let Some(problem) = &show.problem {
        body += &format!("<h1>{}</h1>", escaped(&problem.title));
        for text in &problem.texts {
            body += &format!("<pre>{}</pre>", escaped(text));
        }
    }
    format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/html; charset=utf-8\r\n\
         content-security-policy: default-src 'none'\r\ncache-control: no-store\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
