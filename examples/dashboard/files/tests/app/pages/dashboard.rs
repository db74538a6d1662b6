//! The dashboard: the slow query does not delay the page, and the statistics follow the notes.

use app::services::notes;

use crate::common::{LivePage, TestApp};

#[tokio::test]
async fn a_slow_report_arrives_later_and_without_a_script_at_the_end_of_the_html() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    app.note(&user, "Looms weave", "flowers, flowers").await;
    assert!(ada.open("/dashboard").await.page(200).contains("flowers"));
    let mut page = LivePage::open(&app, &mut ada, "/dashboard").await;
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
async fn the_chart_and_its_table_have_a_row_a_day_and_follow_the_notes() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    let mut page = LivePage::open(&app, &mut ada, "/dashboard").await;
    assert_eq!(bars(&page).iter().map(|(_, notes)| notes).sum::<u64>(), 0);
    app.note(&user, "Milk", "").await;
    notes::changed(app.state.live.hub(), user.owner());
    page.expect("bar-chart[data-bars*=',1]']").await;
    let bars = bars(&page);
    assert_eq!(bars.len(), 14);
    assert_eq!(bars.last().map(|(_, notes)| *notes), Some(1));
    assert_eq!(page.count("bar-chart tbody tr"), 14);
}

/// What the chart is to draw.
fn bars(page: &LivePage) -> Vec<(String, u64)> {
    let bars = page.attribute("bar-chart", "data-bars").unwrap();
    serde_json::from_str(&bars).unwrap()
}

#[tokio::test]
async fn both_reports_are_on_the_page_so_that_a_tab_needs_no_server() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let page = LivePage::open(&app, &mut ada, "/dashboard").await;
    assert_eq!(page.count("#reports-panel-0 bar-chart"), 1);
    assert_eq!(page.count("#reports-panel-1[hidden]"), 1);
}
