//! Live pages, as a browser with the script has them.

use std::ops::{Deref, DerefMut};

use app::pages::{live, visitor};
use axum::{
    extract::FromRequestParts,
    http::{Extensions, Request},
};
use stack_live::testing::Page;
use stack_web::cookies::Cookies;

use super::{Client, TestApp};

/// A live page that is connected. What one can do on it is told by [`Page`].
pub struct LivePage(Page);

impl LivePage {
    /// Opens the page at `path` and connects it, with the cookies of `client`: the page of somebody who is logged in
    /// if `client` is.
    pub async fn open(app: &TestApp, client: &mut Client, path: &str) -> Self {
        let document = client.open(path).await;
        let document = document.page(200);
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.headers = client.headers();
        let Ok(cookies) = Cookies::from_request_parts(&mut parts, &app.state).await;
        let found = visitor::find(&app.state, &cookies).await;
        let visitor = found.expect("a visitor").visitor;
        let visit = live::visit(&app.state, visitor, Extensions::new());
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
