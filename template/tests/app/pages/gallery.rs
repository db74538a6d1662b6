use serde_json::json;

use crate::common::{LivePage, TestApp};

async fn gallery(app: &TestApp) -> LivePage {
    LivePage::open(app, &mut app.client(), "/components").await
}

#[tokio::test]
async fn every_component_is_rendered_without_javascript() {
    let app = TestApp::new().await;
    let answer = app.client().open("/components").await;
    let html = answer.page(200);
    for part in [
        "<table>",
        "<details",
        "<dialog",
        "<progress",
        "<select",
        "<textarea",
        "type=\"date\"",
        "type=\"number\"",
        "type=\"checkbox\"",
        "class=\"toasts\"",
        "class=\"pages\"",
        "Message 1",
        "role=\"tab\"",
        "role=\"menu\"",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_rejected_form_shows_all_errors_and_keeps_the_input() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    page.fill("#email", "ada").await.fill("#guests", "13").await;
    page.submit("#email").await;
    for error in [
        "#email-error",
        "#guests-error",
        "#day-error",
        "#rules-error",
    ] {
        page.expect(error).await;
    }
    assert_eq!(page.attribute("#guests", "value").as_deref(), Some("13"));
    page.fill("#email", "ada@example.com").await;
    page.fill("#guests", "2").await;
    page.fill("#day", "2026-12-24").await;
    page.check("#rules", true).await.submit("#email").await;
    page.expect_text("Your table is booked.").await;
    assert_eq!(page.count("[aria-invalid]"), 0);
}

#[tokio::test]
async fn the_page_calls_the_browser() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    page.fill("#name", " Ada ").await.submit("#name").await;
    page.expect_text("Hello, Ada!").await;
    for nth in 1..=3 {
        let button = format!("[aria-labelledby=browser] .row button[type=button]:nth-child({nth})");
        page.click(&button).await;
    }
    page.expect_text("Copied: cargo dev pave").await;
    let calls = serde_json::to_string(page.calls()).unwrap();
    for call in [
        r#"["getItem","name"]"#,
        r#"["setItem","name","Ada"]"#,
        r#"["writeText","cargo dev pave"]"#,
        r##"["$","#dates"]"##,
        r#"["open","/login","_blank","noopener,noreferrer"]"#,
    ] {
        assert!(calls.contains(call), "{call} is not in {calls}");
    }
}

#[tokio::test]
async fn rows_of_a_form_come_and_go_and_are_sent_in_their_order() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    page.click("[aria-labelledby=rows] .row:last-child button:not([type=submit])")
        .await;
    page.fill("[name='rows[1][what]']", "Milk").await;
    page.fill("[name='rows[3][what]']", "Bread").await;
    page.check("[name='rows[3][urgent]']", true).await;
    page.click("[aria-labelledby=rows] [data-key='2'] button")
        .await;
    page.submit("[aria-labelledby=rows] form").await;
    page.expect_text("Ordered: Milk, Bread (at once)").await;
}

#[tokio::test]
async fn characters_are_counted_and_not_bytes() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    page.fill("#wishes", "für 😀").await;
    page.expect_text("5 characters").await;
}

#[tokio::test]
async fn a_table_is_sorted_by_a_click_and_reversed_by_the_next() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    let first = |page: &LivePage| page.attribute("tbody tr", "data-key").unwrap();
    assert_eq!(first(&page), "Earth");
    page.click("th:nth-child(2) button").await;
    assert_eq!(first(&page), "Mercury");
    page.click("th:nth-child(2) button").await;
    assert_eq!(first(&page), "Saturn");
    page.expect("th:nth-child(2)[aria-sort=descending]").await;
    // The order is in the URL, too: the next page has the same.
    page.click("nav.pages a[rel=next]").await;
    page.expect("th:nth-child(2)[aria-sort=descending]").await;
    assert_eq!(first(&page), "Mars");
}

#[tokio::test]
async fn the_page_of_a_table_is_in_the_url_and_is_clamped_to_a_valid_one() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    page.click("nav.pages a[rel=next]").await;
    page.expect("tr[data-key=Venus]").await;
    assert!(page.url().starts_with("/components?page=2"));
    page.click("nav.pages a[rel=prev]").await;
    page.expect("tr[data-key=Earth]").await;
    for (asked, there) in [("0", "Earth"), ("99", "Venus"), ("x", "Earth")] {
        page.visit(&format!("/components?page={asked}")).await;
        page.expect(&format!("tr[data-key={there}]")).await;
    }
}

#[tokio::test]
async fn a_dialog_is_closed_by_its_button_by_the_browser_and_by_its_content() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    let open = "section[aria-labelledby=dialog] > .row button";
    page.click(open).await.expect("dialog[data-open]").await;
    page.click("dialog .cross").await;
    assert_eq!(page.count("dialog[data-open]"), 0);
    page.click(open).await.fire("dialog", "close").await;
    assert_eq!(page.count("dialog[data-open]"), 0);
    page.click(open).await.click("dialog .danger").await;
    page.expect_text("It was deleted.").await;
    assert_eq!(page.count("dialog[data-open]"), 0);
}

#[tokio::test]
async fn the_last_three_toasts_are_shown_and_each_can_be_dismissed() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    for _ in 0..3 {
        page.click("[data-id=good]").await;
    }
    page.click("[data-id=bad]").await;
    assert_eq!((page.count(".toast"), page.count(".toast.bad")), (3, 1));
    page.click(".toast.bad .cross").await;
    assert_eq!((page.count(".toast"), page.count(".toast.bad")), (2, 0));
}

#[tokio::test]
async fn a_section_stays_open_when_the_connection_breaks() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    assert_eq!(page.count("details[open]"), 1);
    page.click("details:not([open]) summary").await;
    page.reconnect().await;
    assert_eq!(page.count("details[open]"), 2);
}

#[tokio::test]
async fn a_stream_grows_changes_and_shrinks() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    let button = |nth: u8| format!("section[aria-labelledby=stream] button:nth-child({nth})");
    page.click(&button(1)).await.expect_text("Message 3").await;
    page.click(&button(2)).await;
    page.expect_text("Message 3 was changed").await;
    page.click(&button(3))
        .await
        .expect_no_text("Message 3")
        .await;
    // Removing from an empty list has no effect.
    page.click(&button(3)).await.click(&button(3)).await;
    assert_eq!(page.count(".messages li"), 0);
    page.expect(&format!("{}[disabled]", button(3))).await;
    page.click(&button(3)).await.click(&button(1)).await;
    page.expect_text("Message 1").await;
}

#[tokio::test]
async fn an_element_says_where_an_item_should_be_and_the_server_puts_it_there() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    let first = |page: &LivePage| page.attribute("sortable-list li", "data-key").unwrap();
    assert_eq!(first(&page), "0");
    let sorted = json!({ "key": "0", "to": 2 });
    page.dispatch("sortable-list", "sort", sorted).await;
    assert_eq!(first(&page), "1");
    page.expect_text("Water the plants is number 3 of 4.").await;
    // Of a browser anything can come.
    for detail in [
        json!(null),
        json!("x"),
        json!({ "key": "9", "to": 0 }),
        json!({ "key": "0", "to": -1 }),
    ] {
        page.dispatch("sortable-list", "sort", detail).await;
        assert_eq!(first(&page), "1");
    }
    page.dispatch("sortable-list", "sort", json!({ "key": "0", "to": 99 }))
        .await;
    page.expect_text("Water the plants is number 4 of 4.").await;
}

#[tokio::test]
async fn a_live_page_names_the_modules_of_elements_and_of_the_script_by_their_content() {
    let app = TestApp::new().await;
    let page = app.client().open("/components").await;
    let html = page.page(200);
    let (_, rest) = html
        .split_once("<meta name=\"elements\" content=\"")
        .unwrap();
    let modules = rest.split_once("\">").unwrap().0.replace("&quot;", "\"");
    let modules: serde_json::Value = serde_json::from_str(&modules).unwrap();
    // One of an element, and those that the client script loads for itself.
    for name in [
        "sortable-list",
        "calls",
        "commands",
        "streams",
        "transport",
        "uploads",
    ] {
        let module = app.client().get(modules[name].as_str().unwrap()).await;
        assert_eq!(
            module.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert!(module.header("content-type").starts_with("text/javascript"));
    }
}

#[tokio::test]
async fn a_report_is_written_while_everything_else_goes_on() {
    let app = TestApp::new().await;
    let mut page = gallery(&app).await;
    page.expect_text("There is no report yet.").await;
    page.click("[aria-labelledby=loading] button").await;
    page.expect_text("Report 1 is being written.").await;
    page.expect_text("Report 1: all is well.").await;
}
