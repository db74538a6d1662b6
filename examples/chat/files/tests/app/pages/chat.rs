//! Messages and presence in every window.

use app::{
    models::{MessageBody, MessageId, RoomId, RoomName, User},
    repositories::chat,
};

use crate::common::{LivePage, TestApp};

async fn room(app: &TestApp) -> RoomId {
    let (id, name) = (RoomId::generate(), RoomName::parse("Tea").unwrap());
    let stored = chat::insert_room(app.database.pool(), id, &name).await;
    stored.map(|()| id).unwrap()
}

async fn say(app: &TestApp, room: RoomId, user: &User, text: &str) {
    let (id, body) = (MessageId::generate(), MessageBody::parse(text).unwrap());
    let stored = chat::insert_message(app.database.pool(), id, room, user.id, &body).await;
    stored.unwrap();
}

#[tokio::test]
async fn a_message_is_shown_to_everybody_in_the_room() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let path = format!("/rooms/{}", room(&app).await);
    let mut one = LivePage::open(&app, &mut ada, &path).await;
    let mut other = LivePage::open(&app, &mut eve, &path).await;
    one.fill("#body", "Is there milk?")
        .await
        .submit("#body")
        .await;
    other.expect_text("Is there milk?").await;
    one.expect_text("Is there milk?").await;
    one.fill("#body", " ").await.submit("#body").await;
    one.expect_text("This must not be empty.").await;
    // It is stored, so it is shown to later visitors, too.
    assert!(eve.open(&path).await.page(200).contains("Is there milk?"));
}

#[tokio::test]
async fn a_room_shows_who_is_in_it_until_they_leave() {
    let app = TestApp::new().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let path = format!("/rooms/{}", room(&app).await);
    let mut one = LivePage::open(&app, &mut ada, &path).await;
    let mut other = LivePage::open(&app, &mut eve, &path).await;
    for page in [&mut one, &mut other] {
        page.expect_text("ada eve").await;
    }
    other.visit("/rooms").await;
    one.expect_no_text("eve").await;
    one.expect_text("ada").await;
}

#[tokio::test]
async fn older_messages_are_loaded_when_the_top_comes_into_view() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    let room = room(&app).await;
    for number in 1..=40 {
        say(&app, room, &user, &format!("Message {number}.")).await;
    }
    let mut page = LivePage::open(&app, &mut ada, &format!("/rooms/{room}")).await;
    page.expect_no_text("Message 1.").await;
    page.fire("#older", "visible")
        .await
        .expect_text("Message 1.")
        .await;
    let text = page.text();
    assert!(text.find("Message 1.") < text.find("Message 40."), "{text}");
}

#[tokio::test]
async fn what_was_said_while_a_window_had_no_connection_is_there_when_it_is_back() {
    let app = TestApp::new().await;
    let (user, mut ada) = app.logged_in("ada").await;
    let room = room(&app).await;
    let mut page = LivePage::open(&app, &mut ada, &format!("/rooms/{room}")).await;
    say(&app, room, &user, "The kettle boils.").await;
    page.reconnect()
        .await
        .expect_text("The kettle boils.")
        .await;
}
