//! Static assets.

use axum::{body::Body, http::Request};

use crate::common::TestApp;

#[tokio::test]
async fn the_assets_of_a_page_exist_and_are_cached_for_a_year() {
    let app = TestApp::new().await;
    let page = app.client().open("/").await;
    let links: Vec<_> = page.text().split("\"/static/").skip(1).collect();
    assert!(links.len() >= 2);
    for link in links {
        let path = format!("/static/{}", link.split_once('"').unwrap().0);
        let file = app.client().get(&path).await;
        assert_eq!(file.status.as_u16(), 200, "{path}");
        assert_eq!(
            file.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
    }
}

#[tokio::test]
async fn under_any_other_url_a_file_is_revalidated() {
    let app = TestApp::new().await;
    for path in ["/static/app.css", "/static/app.css?v=0"] {
        let file = app.client().get(path).await;
        assert_eq!(file.header("cache-control"), "no-cache");
        assert_eq!(file.header("content-type"), "text/css; charset=utf-8");
        let request = Request::get(path).header("if-none-match", file.header("etag"));
        let again = app
            .client()
            .send(request.body(Body::empty()).unwrap())
            .await;
        assert_eq!(again.status.as_u16(), 304);
        assert!(again.body.is_empty());
    }
}

#[tokio::test]
async fn a_file_is_compressed_for_clients_that_accept_it() {
    let app = TestApp::new().await;
    let plain = app.client().get("/static/app.css").await;
    assert_eq!(plain.header("content-encoding"), "");
    let request = Request::get("/static/app.css").header("accept-encoding", "gzip");
    let gzip = app
        .client()
        .send(request.body(Body::empty()).unwrap())
        .await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    assert_eq!(gzip.header("vary"), "accept-encoding");
    assert!(gzip.body.len() < plain.body.len() / 2);
}

#[tokio::test]
async fn no_path_escapes_the_folder() {
    let app = TestApp::new().await;
    for path in [
        "/static/..%2FCargo.toml",
        "/static/%2e%2e/Cargo.toml",
        "/static/",
        "/static/x.css",
    ] {
        app.client().get(path).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn what_every_page_loads_of_the_script_of_live_pages_is_small() {
    let app = TestApp::new().await;
    let request = Request::get("/static/live.js").header("accept-encoding", "gzip");
    let script = app
        .client()
        .send(request.body(Body::empty()).unwrap())
        .await;
    let bytes = script.body.len();
    // With the warnings that only builds for development have.
    assert!(bytes <= 20_500, "{bytes} bytes");
}
