//! The first HTML of a page with parts that are loaded later, for a browser without a script: it comes in two pieces.

use std::{convert::Infallible, sync::Arc};

use axum::body::Body;
use futures_util::{
    FutureExt, StreamExt,
    future::{BoxFuture, join_all, ready},
    stream::once,
};
use maud::{Markup, PreEscaped};

use crate::{
    PageError, html,
    page::{NewJob, Page},
};

/// What of a page comes when it has been loaded.
#[derive(Default)]
pub struct Rest(Option<Pending>);

struct Pending {
    /// Where in the document it belongs.
    place: String,
    html: BoxFuture<'static, String>,
}

impl Rest {
    /// The HTML up to the first part that is still loading, and the rest.
    pub(super) fn of(page: Arc<Page>, jobs: Vec<NewJob>) -> (Markup, Self) {
        let place = html::place(&page.mark, 'r', 0);
        let (before, all) = {
            let inner = page.lock();
            (inner.html_before_later(), inner.html(true))
        };
        let root = PreEscaped(format!("{before}{place}"));
        let rest = async move {
            load(&page, jobs).await;
            let complete = page.lock().html(true);
            // What was sent cannot be changed any more. Where the whole does not go on from it, the page stays as it was.
            let rest = complete.strip_prefix(&before);
            rest.or(all.strip_prefix(&before))
                .unwrap_or_default()
                .to_owned()
        };
        let html = rest.boxed();
        (root, Self(Some(Pending { place, html })))
    }

    /// The document with the page in it as the body of a response. What is known of it is sent at once.
    pub fn body(self, document: Markup) -> Body {
        let document = document.into_string();
        let Some(Pending { place, html }) = self.0 else {
            return Body::from(document);
        };
        let (before, after) = document.split_once(&place).unwrap_or((&document, ""));
        let (before, after) = (before.to_owned(), after.to_owned());
        let rest = html.map(move |html| Ok::<_, Infallible>(html + &after));
        Body::from_stream(once(ready(Ok(before))).chain(once(rest)))
    }
}

/// Runs the jobs of a page, and those that follow from them.
async fn load(page: &Arc<Page>, mut jobs: Vec<NewJob>) {
    while !jobs.is_empty() {
        for outcome in join_all(jobs.into_iter().map(|new| new.future)).await {
            if let Ok(Err(error)) = outcome {
                report(page, &error);
            }
        }
        if let Err(error) = page.in_time(page.render_dirty()).await {
            return report(page, &error);
        }
        jobs = std::mem::take(&mut page.lock().jobs);
    }
}

fn report(page: &Page, error: &PageError) {
    let path = page.lock().url.path.clone();
    tracing::error!(?error, path, "a part of a live page was not loaded");
}
