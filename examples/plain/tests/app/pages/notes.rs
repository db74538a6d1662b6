use app::repositories::notes;

use crate::common::TestApp;

#[tokio::test]
async fn a_note_can_be_created_updated_and_deleted_without_javascript() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let draft = [("title", "Milk"), ("body", "one\r\ntwo")];
    client
        .submit("/notes/new", "/notes", &draft)
        .await
        .leads_to("/notes");
    let list = client.open("/notes").await;
    list.shows("Your changes were saved.");
    list.shows("Milk");

    let note = app.newest_note(&ada).await;
    assert_eq!(note.body.as_str(), "one\ntwo");
    let path = format!("/notes/{}", note.id);
    let edit = [("title", "Oat milk"), ("body", ""), ("version", "1")];
    client.submit(&path, &path, &edit).await.leads_to("/notes");
    client.open("/notes").await.shows("Oat milk");

    client
        .submit(&path, &format!("{path}/delete"), &[])
        .await
        .leads_to("/notes");
    let list = client.open("/notes").await;
    list.shows("The entry was deleted.");
    list.shows("Nothing here yet");
}

#[tokio::test]
async fn a_rejected_note_keeps_the_input() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let draft = [("title", ""), ("body", "</textarea><b>")];
    let answer = client.submit("/notes/new", "/notes", &draft).await;
    let html = answer.page(422);
    assert!(
        html.contains("This must not be empty.") && html.contains("&lt;/textarea&gt;&lt;b&gt;")
    );
    // Else the connection would be about the list, and replace the form by it.
    assert!(html.contains("data-url=\"/notes/new\""));
}

#[tokio::test]
async fn of_two_concurrent_edits_the_second_sees_the_first_and_may_then_overwrite_it() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let note = app.note(&ada, "Plan", "").await;
    let path = format!("/notes/{}", note.id);
    let edit = |body: &'static str, version: &'static str| {
        [("title", "Plan"), ("body", body), ("version", version)]
    };
    client
        .submit(&path, &path, &edit("first text", "1"))
        .await
        .leads_to("/notes");
    let answer = client.submit(&path, &path, &edit("second text", "1")).await;
    let html = answer.page(409);
    assert!(html.contains("first text") && html.contains("second text"));
    assert!(html.contains("name=\"version\" value=\"2\""));
    client
        .submit(&path, &path, &edit("second text", "2"))
        .await
        .leads_to("/notes");
}

#[tokio::test]
async fn a_note_of_another_user_is_not_found_by_a_browser() {
    let app = TestApp::new().await;
    let (ada, _) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let note = app.note(&ada, "Diary", "secret").await;
    let path = format!("/notes/{}", note.id);
    assert!(!eve.open(&path).await.page(404).contains("secret"));
    let fields = [("title", "x"), ("body", "x"), ("version", "1")];
    eve.post_form(&path, &fields).await.page(404);
    eve.post_form(&format!("{path}/delete"), &fields)
        .await
        .page(404);
}

#[tokio::test]
async fn the_list_links_to_older_notes() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    for number in 1..=21 {
        app.note(&ada, &format!("Note {number}."), "").await;
    }
    let first = client.open("/notes").await;
    assert!(first.page(200).contains("Note 21.") && !first.text().contains("Note 1."));
    let (_, next) = first.text().split_once("rel=\"next\" href=\"").unwrap();
    let next = next.split_once('"').unwrap().0.replace("&amp;", "&");
    let second = client.open(&next).await;
    assert!(second.page(200).contains("Note 1.") && !second.text().contains("rel=\"next\""));
}

#[tokio::test]
async fn the_list_of_notes_matches_its_snapshot() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    app.note(&ada, "Milk & eggs", "From the <market>,\nnot too early.")
        .await;
    app.note(&ada, "Only a title", "").await;
    let answer = client.open("/notes").await;
    // Only `main`: the header has the project's name.
    let (_, main) = answer.page(200).split_once("<main id=\"main\">").unwrap();
    let main = main.split_once("</main>").unwrap().0;
    let mut main = main.replace("><", ">\n<");
    for note in notes::list(app.database.pool(), ada.owner(), None, 2)
        .await
        .unwrap()
    {
        main = main.replace(&note.id.to_string(), "[id]");
    }
    let today = main
        .split("<time datetime=\"")
        .skip(1)
        .map(|time| time.split_once("</time>").unwrap().0);
    let dates: Vec<_> = today.map(ToOwned::to_owned).collect();
    for date in dates {
        main = main.replace(&date, "[date]\">[day]");
    }
    insta::assert_snapshot!(main);
}
