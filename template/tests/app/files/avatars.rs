//! Pictures of users.
{%- if teams %}

use app::{
    models::{ClientInfo, ObjectId, Role, UserId},
    repositories::pictures,
    services::files::Files,
};
{%- else %}

use app::{
    models::{ObjectId, UserId},
    repositories::pictures,
    services::files::Files,
};
{%- endif %}
use image::ImageFormat;

use super::pictures::picture;
use crate::common::{Client, LivePage, TestApp};

/// Chooses a picture on the page of the account.
async fn choose(app: &TestApp, client: &mut Client, content: &[u8]) -> LivePage {
    let mut page = LivePage::open(app, client, "/account").await;
    page.upload("#picture", "me.png", "image/png", content)
        .await;
    page
}

async fn avatar(app: &TestApp, user: UserId) -> Option<ObjectId> {
    let found = pictures::avatar_of(app.database.pool(), user).await;
    found.unwrap()
}

/// How many objects there are, once those are removed that are due.
async fn objects(app: &TestApp) -> i64 {
    app.state.files.delete_due().await.unwrap();
    app.value("SELECT count(*) FROM file_objects").await
}

#[tokio::test]
async fn a_user_has_initials_or_the_small_picture_that_they_chose_until_they_remove_it() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in_as("ada", "Ada Lovelace").await;
    client.open("/notes").await.shows(">AL</span>");
    let content = picture(ImageFormat::Png, 600, 300);
    let mut page = choose(&app, &mut client, &content).await;
    page.expect("#avatar img").await;
    let first = avatar(&app, ada.id).await.unwrap();
    let address = Files::avatar_address(first);
    let notes = client.open("/notes").await;
    notes.shows(&format!("src=\"{address}\""));
    let answer = client.get(&address).await;
    assert_eq!(answer.header("content-type"), "image/jpeg");
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    let small = image::load_from_memory(&answer.body).unwrap();
    assert_eq!((small.width(), small.height()), (256, 128));
    // What was uploaded is not kept.
    assert_eq!(objects(&app).await, 1);

    // Another one takes its place.
    let mut page = choose(&app, &mut client, &picture(ImageFormat::Gif, 9, 9)).await;
    while avatar(&app, ada.id).await == Some(first) {
        tokio::task::yield_now().await;
    }
    assert_eq!(objects(&app).await, 1);
    client.get(&address).await.problem(404, "not_found");

    page.click("#avatar button").await;
    page.expect("#avatar span.avatar").await;
    assert_eq!(avatar(&app, ada.id).await, None);
    assert_eq!(objects(&app).await, 0);
    client.open("/notes").await.shows(">AL</span>");
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_the_one_from_before_stays() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let content = picture(ImageFormat::Png, 20, 20);
    let mut page = choose(&app, &mut client, &content).await;
    page.expect("#avatar img").await;
    let first = avatar(&app, ada.id).await;
    let mut page = choose(&app, &mut client, b"<html>").await;
    page.expect_text("has a content that is not taken").await;
    let mut page = choose(&app, &mut client, &content[..40]).await;
    page.expect_text("The picture is damaged").await;
    assert_eq!(avatar(&app, ada.id).await, first);
}

#[tokio::test]
async fn an_avatar_is_not_for_strangers_and_goes_with_its_user() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let content = picture(ImageFormat::Png, 20, 20);
    let mut page = choose(&app, &mut client, &content).await;
    page.expect("#avatar img").await;
    let address = Files::avatar_address(avatar(&app, ada.id).await.unwrap());
    let (_, mut eve) = app.logged_in("eve").await;
    eve.get(&address).await.problem(404, "not_found");
    let mut nobody = app.client();
    nobody.get(&address).await.problem(401, "unauthenticated");
    client.get("/avatars/1").await.problem(404, "not_found");
{%- if teams %}
    app.execute("DELETE FROM teams").await;
{%- endif %}
    app.execute("DELETE FROM users WHERE email = 'ada@example.com'")
        .await;
    assert_eq!(objects(&app).await, 0);
}
{%- if teams %}

#[tokio::test]
async fn members_of_a_team_see_their_avatars_as_long_as_they_share_it() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (grace, mut other) = app.logged_in("grace").await;
    let content = picture(ImageFormat::Png, 20, 20);
    let mut page = choose(&app, &mut client, &content).await;
    page.expect("#avatar img").await;
    let address = Files::avatar_address(avatar(&app, ada.id).await.unwrap());
    other.get(&address).await.problem(404, "not_found");
    let team = app.team(&ada, "Engine").await;
    let scope = app.join(team, &grace, Role::Member).await;
    let members = other.open(&format!("/teams/{team}")).await;
    members.shows(&format!("src=\"{address}\""));
    assert_eq!(other.get(&address).await.status.as_u16(), 200);

    let (accounts, from) = (&app.state.accounts, ClientInfo::default());
    let left = accounts.remove_member(scope, grace.id, &from).await;
    left.unwrap();
    other.get(&address).await.problem(404, "not_found");
}
{%- endif %}
