use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use crate::common::{LivePage, TestApp};

#[tokio::test]
async fn the_home_page_links_to_registration_and_log_in() {
    let app = TestApp::new().await;
    let answer = app.client().open("/").await;
    let html = answer.page(200);
    assert!(html.contains("href=\"/register\"") && html.contains("href=\"/login\""));
    assert!(html.contains("src/routes.rs"));
}

#[tokio::test]
async fn the_home_page_greets_a_logged_in_user() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in_as("ada", "Ada <3").await;
    let answer = client.open("/").await;
    let html = answer.page(200);
    assert!(html.contains("Hello, Ada &lt;3."), "{html}");
    assert!(!html.contains("href=\"/register\""));
}

#[tokio::test]
async fn every_path_on_the_home_page_exists() {
    let app = TestApp::new().await;
    let answer = app.client().open("/").await;
    let (_, list) = answer.text().split_once("class=\"places\"").unwrap();
    let (list, _) = list.split_once("</ul>").unwrap();
    let places: Vec<_> = list.split("<li><code>").skip(1).collect();
    assert!(places.len() > 5);
    for place in places {
        let place = place.split_once("</code>").unwrap().0;
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(place);
        assert!(path.exists(), "{place}");
    }
}

#[tokio::test]
async fn the_counter_keeps_its_value_after_a_reconnect() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/").await;
    page.click("button.wide").await;
    page.expect_text("Clicked 1 time").await;
    page.reconnect().await.click("button.wide").await;
    page.expect_text("Clicked 2 times").await;
}

#[tokio::test]
async fn the_clock_shows_the_time_in_the_visitors_zone() {
    let app = TestApp::new().await;
    let mut client = app.client();
    client.add_cookie("tz", "Asia%2FKathmandu");
    let mut page = LivePage::open(&app, &mut client, "/").await;
    page.expect_text("Asia/Kathmandu").await;
    let clock = page.attribute(".clock time", "datetime").unwrap();
    let at = OffsetDateTime::parse(&clock, &Rfc3339).unwrap();
    let there = at.to_offset(UtcOffset::from_hms(5, 45, 0).unwrap()).time();
    let shown = format!("{:02}:{:02}", there.hour(), there.minute());
    page.expect_text(&shown).await;
}

#[tokio::test]
async fn a_link_navigates_without_loading() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/").await;
    page.click("main a[href='/login']").await;
    page.expect("main form[action='/login']").await;
    assert_eq!(page.url(), "/login");
}
