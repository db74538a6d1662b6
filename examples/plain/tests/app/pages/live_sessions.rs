//! Live pages whose session ends.

use stack_live::CloseReason;

use crate::common::{LivePage, TestApp};

#[tokio::test]
async fn logging_out_ends_the_pages_of_that_session_and_nobody_elses() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let mut page = LivePage::open(&app, &mut ada, "/notes").await;
    let mut other = LivePage::open(&app, &mut eve, "/notes").await;
    ada.call("DELETE", "/api/session").await;
    assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
    other.visit("/notes/new").await;
    assert_eq!(other.url(), "/notes/new");
}

#[tokio::test]
async fn a_page_does_not_go_on_with_a_session_that_expired_or_was_deleted() {
    let ends = [
        "UPDATE sessions SET expires_at = now()",
        "DELETE FROM sessions",
        "DELETE FROM users",
    ];
    for end in ends {
        let app = TestApp::new().await;
        let (_, mut ada) = app.logged_in("ada").await;
        let mut page = LivePage::open(&app, &mut ada, "/notes").await;
        app.execute(end).await;
        page.reconnect().await;
        assert_eq!(page.wait_for_close().await, CloseReason::SessionEnded);
    }
}
