//! The dashboard: the slow query does not delay the page, and the statistics follow the notes.

use app::services::notes;

use crate::common::{LivePage, TestApp};

#[tokio::test]
async fn a_slow_report_is_shown_as_loading_and_then_arrives() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    app.note(&user, "Looms weave", "flowers, flowers").await;
    let path = "/dashboard?tab=words";
    assert!(ada.open(path).await.page(200).contains("Counting words"));
    let mut page = LivePage::open(&app, &mut ada, path).await;
    page.expect_text("flowers")
        .await
        .expect_no_text("Counting words")
        .await;
}

#[tokio::test]
async fn numbers_follow_a_note_that_is_written_elsewhere() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    let mut page = LivePage::open(&app, &mut ada, "/dashboard").await;
    page.expect_text("0 notes").await;
    app.note(&user, "Milk", "").await;
    notes::changed(app.state.live.hub(), user.owner());
    page.expect_text("1 notes").await;
}

#[tokio::test]
async fn the_chart_has_a_bar_a_day_and_its_numbers_stand_in_a_dialog() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    app.note(&user, "Milk", "").await;
    let mut page = LivePage::open(&app, &mut ada, "/dashboard").await;
    assert_eq!(page.count(".chart rect"), 14);
    assert_eq!(page.count("dialog table"), 0);
    page.click("#days ~ .row button").await;
    assert_eq!(page.count("dialog tbody tr"), 14);
}

#[tokio::test]
async fn a_tab_is_in_the_address() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let mut page = LivePage::open(&app, &mut ada, "/dashboard").await;
    page.click("[data-tab=words]").await;
    assert_eq!(page.url(), "/dashboard?tab=words");
    assert_eq!(page.count(".chart"), 0);
}
