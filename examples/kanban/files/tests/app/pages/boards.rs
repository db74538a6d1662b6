//! Boards: moving cards, and showing it in every window.

use app::{models::Title, services::boards};
use serde_json::json;

use crate::common::{LivePage, TestApp};

#[tokio::test]
async fn a_new_board_has_three_columns() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let mut page = LivePage::open(&app, &mut ada, "/boards").await;
    page.fill("#title", "Garden").await.submit("#title").await;
    page.expect_text("Arrow keys").await;
    assert_eq!(page.count(".column"), 3);
    assert!(page.title().starts_with("Garden · "), "{}", page.title());
}

#[tokio::test]
async fn a_card_moves_in_every_window_and_keeps_its_place() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    let title = Title::parse("Garden").unwrap();
    let id = boards::create(&app.state.db, user.owner(), &title)
        .await
        .unwrap();
    let path = format!("/boards/{id}");
    let mut page = LivePage::open(&app, &mut ada, &path).await;
    let mut other = LivePage::open(&app, &mut ada, &path).await;
    let input = ".column:first-child input";
    for card in ["Dig", "Sow"] {
        page.fill(input, card).await.submit(input).await;
        // Each window loads its board anew, in its own time.
        page.expect_text(card).await;
        other.expect_text(card).await;
    }
    let last = ".column:first-child .task:last-of-type";
    let sow = page.attribute(last, "data-card").unwrap();
    page.click(&format!("{last} [data-move=ArrowUp]")).await;
    let first = format!(".task:first-of-type[data-card='{sow}']");
    page.expect(&first).await;
    other.expect(&first).await;
    page.press(".column:first-child .task", "ArrowRight").await;
    other.expect(".column:nth-child(2) .task").await;
    assert!(other.text().contains("Sow"));
    // Dragged back to the first column, above the other card.
    page.expect(".column:nth-child(2) .task").await;
    let column = page.attribute(".column:first-child", "data-key").unwrap();
    let place = json!({ "card": sow, "column": column, "to": 0 });
    page.dispatch("card-board", "place", place).await;
    let first = format!(".column:first-child {first}");
    page.expect(&first).await;
    other.expect(&first).await;
    page.press(&first, "ArrowRight").await;
    other.expect(".column:nth-child(2) .task").await;
    // A page that is opened later shows the same from the database.
    let later = LivePage::open(&app, &mut ada, &path).await;
    assert_eq!(later.count(".column:nth-child(2) .task"), 1);
    assert_eq!(later.count(".column:first-child .task"), 1);
}

#[tokio::test]
async fn somebody_elses_board_is_not_found() {
    let app = TestApp::new().await;
    let (user, _) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let title = Title::parse("Secret").unwrap();
    let id = boards::create(&app.state.db, user.owner(), &title)
        .await
        .unwrap();
    eve.open(&format!("/boards/{id}")).await.page(404);
}
