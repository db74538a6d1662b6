//! The live pages of the notes.

use crate::common::{LivePage, TestApp};

#[tokio::test]
async fn a_note_is_created_without_loading_and_shown_in_the_list() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let mut page = LivePage::open(&app, &mut ada, "/notes/new").await;
    page.fill("#title", "Milk")
        .await
        .fill("#body", "two litres")
        .await;
    page.click("button[type=submit]:not(.quiet)")
        .await
        .expect_text("Your changes were saved.")
        .await;
    page.expect_text("two litres").await;
    assert_eq!(page.url(), "/notes");
    assert!(page.title().starts_with("Notes · "), "{}", page.title());
}

#[tokio::test]
async fn a_field_is_validated_when_the_user_leaves_it_and_others_are_not() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let mut page = LivePage::open(&app, &mut ada, "/notes/new").await;
    page.fill("#body", "text first").await;
    assert_eq!(page.count(".field-error"), 0);
    page.fill("#title", " ")
        .await
        .expect_text("This must not be empty.")
        .await;
    page.fill("#title", "Milk")
        .await
        .expect_no_text("This must not be empty.")
        .await;
}

#[tokio::test]
async fn the_list_is_filtered_while_the_user_types() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    for title in ["Milk & eggs", "100% wool", "Under_score"] {
        app.note(&user, title, "").await;
    }
    let mut page = LivePage::open(&app, &mut ada, "/notes").await;
    page.fill("#q", "MILK")
        .await
        .expect_text("Milk & eggs")
        .await
        .expect_no_text("wool")
        .await;
    assert_eq!(page.url(), "/notes?q=MILK");
    page.fill("#q", "%")
        .await
        .expect_text("wool")
        .await
        .expect_no_text("Milk")
        .await;
    page.fill("#q", "r_s")
        .await
        .expect_text("Under_score")
        .await
        .expect_no_text("wool")
        .await;
    page.fill("#q", "nothing")
        .await
        .expect_text("Nothing found")
        .await;
    // The URL has the search, so it also works without JavaScript.
    ada.open("/notes?q=wool").await.shows("100% wool");
}

#[tokio::test]
async fn the_list_grows_when_its_end_comes_into_view() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    for number in 1..=25 {
        app.note(&user, &format!("Note {number}."), "").await;
    }
    let mut page = LivePage::open(&app, &mut ada, "/notes").await;
    assert_eq!(page.count(".note"), 20);
    page.fire("a[rel=next]", "visible").await;
    assert_eq!(page.count(".note"), 25);
    assert_eq!(page.count("a[rel=next]"), 0);
}

#[tokio::test]
async fn a_change_in_one_window_is_shown_in_another() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let mut list = LivePage::open(&app, &mut ada, "/notes").await;
    let mut foreign = LivePage::open(&app, &mut eve, "/notes").await;
    let mut writing = LivePage::open(&app, &mut ada, "/notes/new").await;
    writing
        .fill("#title", "From the other window")
        .await
        .submit("#title")
        .await;
    list.expect_text("From the other window").await;
    // Through the API, too.
    let body = serde_json::json!({ "title": "By a program" });
    ada.json("POST", "/api/notes", body).await;
    list.expect_text("By a program").await;
    let note = app.newest_note(&user).await;
    ada.call("DELETE", &format!("/api/notes/{}", note.id)).await;
    list.expect_no_text("By a program").await;
    foreign.visit("/notes").await;
    assert!(!foreign.text().contains("window"));
}

#[tokio::test]
async fn of_two_concurrent_edits_the_second_sees_the_first_before_it_saves() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    let note = app.note(&user, "Plan", "").await;
    let path = format!("/notes/{}", note.id);
    let mut first = LivePage::open(&app, &mut ada, &path).await;
    let mut second = LivePage::open(&app, &mut ada, &path).await;
    first
        .fill("#body", "first text")
        .await
        .submit("#body")
        .await
        .expect_text("Your changes were saved.")
        .await;
    second
        .expect_text("This note was changed in the meantime.")
        .await
        .expect_text("first text")
        .await;
    second
        .fill("#body", "second text")
        .await
        .submit("#body")
        .await
        .expect_text("Your changes were saved.")
        .await;
    let stored = app.newest_note(&user).await;
    assert_eq!(stored.body.as_str(), "second text");
}

#[tokio::test]
async fn a_deleted_note_is_removed_from_the_list() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    let note = app.note(&user, "Old", "").await;
    let mut page = LivePage::open(&app, &mut ada, &format!("/notes/{}", note.id)).await;
    page.submit("details.danger button")
        .await
        .expect_text("The entry was deleted.")
        .await;
    assert_eq!(page.count(".note"), 0);
}

#[tokio::test]
async fn a_note_of_another_user_cannot_be_reached_over_the_connection() {
    let app = TestApp::new().await;
    let (user, _) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let note = app.note(&user, "Diary", "secret").await;
    let path = format!("/notes/{}", note.id);
    let mut page = LivePage::open(&app, &mut eve, "/notes").await;
    page.visit(&path).await;
    // A GET of its URL is not found, too.
    assert_eq!(page.left_for(), Some(&*path));
    assert!(!page.html().contains("secret"));
}

#[tokio::test]
async fn a_visitor_who_is_not_logged_in_is_redirected_to_log_in() {
    let app = TestApp::new().await;
    let mut page = LivePage::open(&app, &mut app.client(), "/").await;
    page.visit("/notes").await;
    assert_eq!(page.url(), "/login?next=/notes");
}
