use app::models::NoteId;
use serde_json::json;

use crate::common::TestApp;

#[tokio::test]
async fn a_note_can_be_created_read_updated_and_deleted() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let created = client
        .json("POST", "/api/notes", json!({ "title": "Milk" }))
        .await;
    assert_eq!(created.status.as_u16(), 201);
    let path = created.header("location").to_owned();
    assert_eq!(client.get(&path).await.json(), created.json());

    let edit = json!({ "title": "Milk", "body": "two", "version": 1 });
    let edited = client.json("PUT", &path, edit).await.json();
    assert_eq!(
        (&edited["body"], &edited["version"]),
        (&json!("two"), &json!(2))
    );

    assert_eq!(client.call("DELETE", &path).await.status.as_u16(), 204);
    client.get(&path).await.problem(404, "not_found");
    client.call("DELETE", &path).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_client_that_is_not_logged_in_gets_no_notes() {
    let app = TestApp::new().await;
    let mut client = app.client();
    let answer = client.get("/api/notes").await;
    answer.problem(401, "unauthenticated");
    let note = json!({ "title": "Milk" });
    let answer = client.json("POST", "/api/notes", note).await;
    answer.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_note_of_another_user_is_not_found_and_not_changed() {
    let app = TestApp::new().await;
    let (ada, _) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    let note = app.note(&ada, "Diary", "secret").await;
    let path = format!("/api/notes/{}", note.id);
    eve.get(&path).await.problem(404, "not_found");
    let edit = json!({ "title": "x", "body": "x", "version": 1 });
    eve.json("PUT", &path, edit).await.problem(404, "not_found");
    eve.call("DELETE", &path).await.problem(404, "not_found");
    assert_eq!(eve.get("/api/notes").await.json(), json!({ "notes": [] }));

    assert_eq!(app.newest_note(&ada).await.body, note.body);
}

#[tokio::test]
async fn an_update_of_an_old_version_fails_with_the_stored_note() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let note = app.note(&ada, "Plan", "first").await;
    let path = format!("/api/notes/{}", note.id);
    let edit = |body: &str| json!({ "title": "Plan", "body": body, "version": 1 });
    let answer = client.json("PUT", &path, edit("second")).await;
    assert_eq!(answer.status.as_u16(), 200);
    let answer = client.json("PUT", &path, edit("third")).await;
    let problem = answer.problem(409, "outdated");
    assert_eq!(problem["current"]["body"], "second");
    assert_eq!(problem["current"]["version"], 2);
}

#[tokio::test]
async fn the_pages_of_a_list_show_every_note_once_and_newest_first() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let mut expected = Vec::new();
    for number in 0..7 {
        let note = app.note(&ada, &format!("Note {number}"), "").await;
        expected.insert(0, json!(note.id));
    }
    let mut seen = Vec::new();
    let mut path = "/api/notes?limit=3".to_owned();
    loop {
        let page = client.get(&path).await.json();
        let notes = page["notes"].as_array().unwrap().iter();
        seen.extend(notes.map(|note| note["id"].clone()));
        // A note that is created in the meantime does not shift the pages.
        app.note(&ada, "Later", "").await;
        let Some(next) = page["next"].as_str() else {
            break;
        };
        path = format!("/api/notes?limit=3&after={next}");
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_page_has_at_most_a_hundred_notes() {
    let app = TestApp::new().await;
    let (ada, mut client) = app.logged_in("ada").await;
    for _ in 0..101 {
        app.note(&ada, "Note", "").await;
    }
    let page = client.get("/api/notes?limit=100000").await.json();
    assert_eq!(page["notes"].as_array().unwrap().len(), 100);
    assert!(page["next"].is_string());
    for query in ["limit=0", "after=x"] {
        let answer = client.get(&format!("/api/notes?{query}")).await;
        answer.problem(422, "invalid");
    }
}

#[tokio::test]
async fn a_client_cannot_choose_the_id_the_owner_or_the_version_of_a_note() {
    let app = TestApp::new().await;
    let (grace, mut theirs) = app.logged_in("grace").await;
    let (_, mut client) = app.logged_in("ada").await;
    let id = NoteId::generate();
    let body = json!({ "id": id, "user_id": grace.id, "version": 7, "title": "a", "body": "" });
    let answer = client.json("POST", "/api/notes", body).await;
    assert_eq!(answer.json()["version"], 1);
    let path = format!("/api/notes/{id}");
    client.get(&path).await.problem(404, "not_found");
    assert_eq!(theirs.get("/api/notes").await.json()["notes"], json!([]));
}

#[tokio::test]
async fn an_invalid_body_is_rejected_with_the_reason() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let answer = client.json("POST", "/api/notes", json!({})).await;
    let problem = answer.problem(400, "bad_request");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("missing field `title`"), "{detail}");
    let untitled = json!({ "title": "" });
    let answer = client.json("POST", "/api/notes", untitled).await;
    let problem = answer.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "title");
    let path = format!("/api/notes/{}", NoteId::generate());
    let edit = json!({ "title": "x", "body": "x", "version": "1" });
    let answer = client.json("PUT", &path, edit).await;
    answer.problem(400, "bad_request");
}
