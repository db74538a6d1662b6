use crate::common::{LivePage, TestApp};

#[tokio::test]
async fn the_first_page_shows_a_stranger_the_way_in() {
    let app = TestApp::new().await;
    let answer = app.client().open("/").await;
    let html = answer.page(200);
    assert!(html.contains("href=\"/register\"") && html.contains("href=\"/login\""));
    assert!(html.contains("src/routes.rs"));
}

#[tokio::test]
async fn the_first_page_greets_who_is_logged_in() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in_as("ada", "Ada <3").await;
    let answer = client.open("/").await;
    let html = answer.page(200);
    assert!(html.contains("Hello, Ada &lt;3."), "{html}");
    assert!(!html.contains("href=\"/register\""));
}

#[tokio::test]
async fn every_place_that_the_first_page_names_exists() {
    let app = TestApp::new().await;
    let answer = app.client().open("/").await;
    let (_, list) = answer.text().split_once("class=\"places\"").unwrap();
    let places: Vec<_> = list.split("<li><code>").skip(1).collect();
    assert!(places.len() > 5);
    for place in places {
        let place = place.split_once("</code>").unwrap().0;
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(place);
        assert!(path.exists(), "{place}");
    }
}

#[tokio::test]
async fn the_counter_counts() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/").await;
    page.click("main button").await.expect_text("Clicked 1").await;
}
