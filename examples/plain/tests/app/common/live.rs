//! Live pages, connected as by a browser.

use std::ops::{Deref, DerefMut};

use app::{
    models::ClientInfo,
    pages::{live, visitor},
};
use axum::{
    extract::FromRequestParts,
    http::{Extensions, Request},
};
use stack_live::testing::Page;
use stack_web::cookies::Cookies;

use super::{Client, TestApp};

/// A connected live page, see [`Page`].
pub struct LivePage(Page);

impl LivePage {
    /// Opens the page at `path` with the cookies of `client`, and connects it.
    pub async fn open(app: &TestApp, client: &mut Client, path: &str) -> Self {
        let document = client.open(path).await;
        let document = document.page(200);
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.headers = client.headers();
        let Ok(cookies) = Cookies::from_request_parts(&mut parts, &app.state).await;
        let identified = visitor::identify(&app.state, &ClientInfo::default(), &cookies).await;
        let visitor = identified.expect("a visitor").visitor;
        let visit = live::new_visit(&app.state, visitor, Extensions::new());
        Self(Page::connect(&app.state.live, &visit, path, document).await)
    }
}

impl Deref for LivePage {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.0
    }
}

impl DerefMut for LivePage {
    fn deref_mut(&mut self) -> &mut Page {
        &mut self.0
    }
}
