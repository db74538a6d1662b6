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
async fn a_form_shows_the_error_of_each_field_or_its_result() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/").await;
    page.fill("#day", "2026-02-30").await.submit("#what").await;
    page.expect_text("This must not be empty.").await;
    page.expect_text("This must be a day, such as 2026-01-31.")
        .await;
    assert_eq!(
        page.attribute("#day", "value").as_deref(),
        Some("2026-02-30")
    );
    page.fill("#what", "The <moon>").await;
    page.fill("#day", "1969-07-20").await.submit("#what").await;
    page.expect_text("The <moon> is over").await;
    assert_eq!(page.count("[aria-invalid]"), 0);
}

#[tokio::test]
async fn the_form_works_without_javascript() {
    let app = TestApp::new().await;
    let mut client = app.client();
    let answer = client.open("/?what=The+moon&day=1969-07-20").await;
    assert!(answer.page(200).contains("The moon is over"));
    let answer = client.open("/?what=&day=1969-07-20").await;
    assert!(answer.page(200).contains("id=\"what-error\""));
}

#[tokio::test]
async fn the_page_calls_the_browser() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/").await;
    page.fill("#name", " Ada ").await.submit("#name").await;
    page.expect_text("Hello, Ada!").await;
    for nth in 1..=3 {
        let button = format!(".row button[type=button]:nth-child({nth})");
        page.click(&button).await;
    }
    page.expect_text("Copied: cargo dev pave").await;
    let calls = serde_json::to_string(page.calls()).unwrap();
    for call in [
        r#"["getItem","name"]"#,
        r#"["setItem","name","Ada"]"#,
        r#"["writeText","cargo dev pave"]"#,
        r##"["$","#places"]"##,
        r#"["open","/login","_blank","noopener,noreferrer"]"#,
    ] {
        assert!(calls.contains(call), "{call} is not in {calls}");
    }
}

#[tokio::test]
async fn a_link_navigates_without_loading() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/").await;
    page.click("main a[href='/login']").await;
    page.expect("main form[action='/login']").await;
    assert_eq!(page.url(), "/login");
}
