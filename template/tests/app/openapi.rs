//! The API for others: its document, the page of it, tokens, limits, pages of other sites, and requests that are repeated.

mod cors;
mod document;
mod limits;
mod repeats;
mod tokens;

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::Value;

use crate::common::{Answer, Client, TestApp};

/// The page of the tokens.
const PAGE: &str = "/account/tokens";

/// Makes a token with these scopes, as its user does, and returns its secret.
async fn token(client: &mut Client, scopes: &[&str]) -> String {
    let fields = [("name", "Backup"), ("days", "30")];
    let scopes = scopes.iter().map(|scope| (*scope, "true"));
    let fields: Vec<_> = fields.into_iter().chain(scopes).collect();
    let answer = client.submit(PAGE, PAGE, &fields).await;
    let page = answer.page(200);
    let secret = page
        .split("<code>")
        .nth(1)
        .and_then(|rest| rest.split("</code>").next());
    secret.expect("a secret").to_owned()
}

/// A request of a program with a token.
fn request(token: &str, method: &str, path: &str, body: Option<Value>) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    request.body(body.into()).unwrap()
}

/// Sends it, without cookies.
async fn send(app: &TestApp, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
    app.client().send(request(token, method, path, body)).await
}
