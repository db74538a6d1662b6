//! Pages without a browser and without an application around them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod boundaries;
mod comebacks;
mod components;
mod connections;
mod effects;
mod event_streams;
mod events;
mod history;
mod loads;
mod navigation;
mod observer;
mod sessions;
mod state;
mod streams;
mod uploads;

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::http::Uri;

use crate::{Builder, Cx, Live, Visit, testing::Page};

/// A number that a page counts up, for the test to look at.
#[derive(Clone, Default)]
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn up(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

fn builder() -> Builder {
    Live::builder(vec![[7; 32]])
}

/// One page, at `/`.
fn live<F, Fut>(page: F) -> Live
where
    F: Fn(Cx) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = crate::Result> + Send + 'static,
{
    builder().page("/", page).build()
}

fn visit(secret: &str) -> Visit {
    Visit {
        secret: secret.into(),
        ..Visit::default()
    }
}

/// What a GET of `url` answers.
async fn document(live: &Live, visit: &Visit, url: &str) -> String {
    let uri: Uri = url.parse().unwrap();
    let rendered = live.render(visit.clone(), &uri).await.unwrap().unwrap();
    format!(
        "<title>{}</title>{}",
        rendered.title,
        rendered.root.into_string()
    )
}

/// A visitor opens `url`.
async fn open(live: &Live, url: &str) -> Page {
    open_as(live, &visit("ada"), url).await
}

async fn open_as(live: &Live, visit: &Visit, url: &str) -> Page {
    let document = document(live, visit, url).await;
    Page::connect(live, visit, url, &document).await
}
