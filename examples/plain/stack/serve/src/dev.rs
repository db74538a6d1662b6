//! What `cargo dev` adds to an application that it has started: a page that is open shows why the last build has
//! failed and what a handler has failed with, takes over a style sheet or a text that has changed, and comes back when there
//! is another program.
//!
//! `cargo dev` says by a [`ControlChannel`] what is to be shown, and when to stop. Every page gets a script from
//! `/_dev/`, which listens to it. Without `cargo dev` there is none of this.

mod control_channel;
mod page;
mod texts;

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::State,
    http::header,
    middleware,
    response::{
        IntoResponse, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use futures_util::{Stream, stream};
use serde_json::json;

pub use control_channel::ControlChannel;

/// The addresses of files that pages link to, by their names, as they are now.
pub type Files = fn() -> Vec<(String, String)>;

/// How long a browser waits until it comes back, when the program was exchanged.
const RETRY: Duration = Duration::from_millis(150);

const SCRIPT: &str = include_str!("dev/client.js");

/// Puts the script into every page of `router`, and adds what it asks for.
pub fn around(router: Router, channel: &ControlChannel, files: Files) -> Router {
    let events = get(events).with_state((channel.clone(), files));
    router
        .layer(middleware::from_fn_with_state(
            channel.clone(),
            page::with_script,
        ))
        .route("/_dev/events", events)
        .route("/_dev/client.js", get(script))
}

async fn script() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, SCRIPT)
}

/// What is to be shown, now and whenever it changes.
async fn events(
    State((channel, files)): State<(ControlChannel, Files)>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let states = stream::unfold(channel.states(), move |mut states| async move {
        let (show, fault) = states.next().await?;
        let files: serde_json::Map<_, _> = files()
            .into_iter()
            .map(|(name, url)| (name, url.into()))
            .collect();
        let data = json!({
            "run": page::run(),
            "texts": texts::version(),
            "files": files,
            "show": show,
            "fault": fault,
        });
        let event = Event::default().retry(RETRY).data(data.to_string());
        Some((Ok(event), states))
    });
    Sse::new(states).keep_alive(KeepAlive::default())
}
