//! Search, with a vector database of its own for each test.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use app::{
    models::{Note, User},
    repositories::embeddings,
    services::{
        embedder::{Embedder, Embedding, HashingEmbedder},
        search,
    },
};
use serde_json::json;
use sqlx::PgPool;

use crate::common::TestApp;

/// An embedder that can be down, and counts what it did.
#[derive(Default)]
struct Fragile {
    down: AtomicBool,
    embedded: AtomicU32,
}

impl Embedder for Fragile {
    fn model(&self) -> &str {
        "fragile"
    }

    fn least_score(&self) -> f64 {
        HashingEmbedder.least_score()
    }

    fn embed<'a>(&'a self, text: &'a str) -> Embedding<'a> {
        if self.down.load(Ordering::SeqCst) {
            return Box::pin(async { Err("the model is down".into()) });
        }
        self.embedded.fetch_add(1, Ordering::SeqCst);
        HashingEmbedder.embed(text)
    }
}

/// The titles of what is found.
async fn titles(app: &TestApp, owner: &User, query: &str) -> Vec<String> {
    let hits = search::find(&app.state, owner.id, query, 10)
        .await
        .expect("found");
    hits.into_iter()
        .map(|hit| hit.note.title.as_str().to_owned())
        .collect()
}

/// How many embeddings there are.
async fn count(vectors: &PgPool) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM note_embeddings");
    count.fetch_one(vectors).await.expect("a number")
}

#[tokio::test]
async fn the_nearest_note_comes_first_and_nobody_elses_comes_at_all() {
    let app = TestApp::with_vectors().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let (eve, _) = app.logged_in("eve").await;
    app.note(&ada, "Running shoes", "the blue ones").await;
    app.note(&ada, "Shopping", "milk, bread and shoes").await;
    app.note(&ada, "Tax return", "until July").await;
    app.note(&eve, "Running shoes", "the red ones").await;

    let found = client.get("/api/notes/search?q=running+shoes").await.json();
    let hits = found["hits"].as_array().unwrap();
    assert_eq!(hits.len(), 2, "{found}");
    assert_eq!(hits[0]["note"]["body"], "the blue ones");
    assert_eq!(hits[1]["note"]["title"], "Shopping");
    assert!(hits[0]["score"].as_f64() > hits[1]["score"].as_f64());

    let one = client.get("/api/notes/search?q=shoes&limit=1").await.json();
    assert_eq!(one["hits"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_query_that_says_nothing_or_too_much_is_refused() {
    let app = TestApp::with_vectors().await;
    let (_, mut client) = app.logged_in("ada").await;
    let long = format!("/api/notes/search?q={}", "x".repeat(501));
    for path in ["/api/notes/search", "/api/notes/search?q=+", &long] {
        let problem = client.get(path).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "q");
    }
    client
        .get("/api/notes/search?q=x&limit=0")
        .await
        .problem(422, "invalid");
    app.client()
        .get("/api/notes/search?q=x")
        .await
        .problem(401, "log_in_first");
}

#[tokio::test]
async fn an_edit_and_a_deletion_change_what_is_found() {
    let app = TestApp::with_vectors().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let created = client
        .json("POST", "/api/notes", json!({ "title": "Pancakes" }))
        .await;
    let path = created.header("location").to_owned();
    assert_eq!(titles(&app, &ada, "pancakes").await, ["Pancakes"]);

    let edit = json!({ "title": "Waffles", "body": "", "version": 1 });
    client.json("PUT", &path, edit).await;
    assert_eq!(titles(&app, &ada, "waffles").await, ["Waffles"]);
    assert!(titles(&app, &ada, "pancakes").await.is_empty());

    client.call("DELETE", &path).await;
    assert!(titles(&app, &ada, "waffles").await.is_empty());
    assert_eq!(count(app.vectors().pool()).await, 0);
}

#[tokio::test]
async fn what_is_written_is_embedded_without_anybody_searching() {
    let app = TestApp::with_vectors().await;
    let (_, mut client) = app.logged_in("ada").await;
    let created = client
        .json("POST", "/api/notes", json!({ "title": "Pancakes" }))
        .await;
    until(app.vectors().pool(), 1).await;
    client.call("DELETE", created.header("location")).await;
    until(app.vectors().pool(), 0).await;
    let fields = [("title", "Waffles"), ("body", "")];
    client
        .submit("/notes/new", "/notes", &fields)
        .await
        .leads_to("/notes");
    until(app.vectors().pool(), 1).await;
}

/// Waits until there are so many embeddings.
async fn until(vectors: &PgPool, wanted: i64) {
    while count(vectors).await != wanted {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_note_is_written_although_the_embedder_is_down_and_found_when_it_is_back() {
    let embedder = Arc::new(Fragile::default());
    let app = TestApp::with_embedder(embedder.clone()).await;
    let (ada, mut client) = app.logged_in("ada").await;
    embedder.down.store(true, Ordering::SeqCst);
    for title in ["One", "Two", "Three", "Four", "Five"] {
        let created = client
            .json("POST", "/api/notes", json!({ "title": title }))
            .await;
        assert_eq!(created.status.as_u16(), 201);
    }
    let answer = client.get("/api/notes/search?q=three").await;
    answer.problem(503, "unavailable");
    assert!(search::repair(&app.state).await.is_err());
    assert_eq!(count(app.vectors().pool()).await, 0);

    embedder.down.store(false, Ordering::SeqCst);
    search::repair(&app.state).await.expect("repaired");
    assert_eq!(count(app.vectors().pool()).await, 5);
    assert_eq!(titles(&app, &ada, "three").await, ["Three"]);
}

#[tokio::test]
async fn lost_and_left_over_embeddings_are_repaired_and_the_rest_is_left_alone() {
    let embedder = Arc::new(Fragile::default());
    let app = TestApp::with_embedder(embedder.clone()).await;
    let (ada, _) = app.logged_in("ada").await;
    let (eve, _) = app.logged_in("eve").await;
    let lost = app.note(&ada, "Lost", "").await;
    app.note(&ada, "Kept", "").await;
    app.note(&eve, "Gone", "").await;
    search::repair(&app.state).await.expect("embedded");
    assert_eq!(embedder.embedded.load(Ordering::SeqCst), 3);

    embeddings::delete(app.vectors().pool(), ada.id, &[lost.id])
        .await
        .expect("lost");
    let gone = sqlx::query("DELETE FROM users WHERE id = $1").bind(eve.id);
    gone.execute(app.database.pool())
        .await
        .expect("gone, with all notes");
    search::repair(&app.state).await.expect("repaired");
    assert_eq!(
        embedder.embedded.load(Ordering::SeqCst),
        4,
        "only what was lost"
    );
    assert_eq!(
        embeddings::owners(app.vectors().pool(), None)
            .await
            .expect("owners"),
        [ada.id]
    );
    assert_eq!(count(app.vectors().pool()).await, 2);
}

#[tokio::test]
async fn embeddings_by_another_model_are_made_again() {
    let app = TestApp::with_vectors().await;
    let (ada, _) = app.logged_in("ada").await;
    app.note(&ada, "Pancakes", "").await;
    search::repair(&app.state).await.expect("embedded");
    let other = sqlx::query("UPDATE note_embeddings SET model = 'older'");
    other.execute(app.vectors().pool()).await.expect("changed");
    assert_eq!(titles(&app, &ada, "pancakes").await, ["Pancakes"]);
}

#[tokio::test]
async fn whoever_embeds_an_old_version_late_does_not_win() {
    let app = TestApp::with_vectors().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let old: Note = app.note(&ada, "Pancakes", "").await;
    let edit = json!({ "title": "Waffles", "body": "", "version": 1 });
    client
        .json("PUT", &format!("/api/notes/{}", old.id), edit)
        .await;
    search::index(&app.state, ada.id).await.expect("indexed");
    let late = HashingEmbedder.embed("Pancakes").await.expect("a vector");
    embeddings::put(app.vectors().pool(), &old, HashingEmbedder.model(), late)
        .await
        .expect("ignored");
    assert_eq!(titles(&app, &ada, "waffles").await, ["Waffles"]);
}

#[tokio::test]
async fn writing_the_same_user_at_once_embeds_each_note_once() {
    let embedder = Arc::new(Fragile::default());
    let app = TestApp::with_embedder(embedder.clone()).await;
    let (ada, _) = app.logged_in("ada").await;
    app.note(&ada, "One", "").await;
    let index = || search::index(&app.state, ada.id);
    let (one, two, three) = tokio::join!(index(), index(), index());
    one.and(two).and(three).expect("indexed");
    assert_eq!(embedder.embedded.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn without_a_vector_database_search_says_so_and_all_else_works() {
    let app = TestApp::new().await;
    let (_, mut client) = app.logged_in("ada").await;
    let created = client
        .json("POST", "/api/notes", json!({ "title": "Milk" }))
        .await;
    assert_eq!(created.status.as_u16(), 201);
    client
        .get("/api/notes/search?q=milk")
        .await
        .problem(503, "unavailable");
}

#[tokio::test]
async fn the_page_finds_notes_without_a_script() {
    let app = TestApp::with_vectors().await;
    let (ada, mut client) = app.logged_in("ada").await;
    app.note(&ada, "Pancakes", "with <syrup>").await;
    let list = client.open("/notes").await;
    assert!(list.page(200).contains("action=\"/notes/search\""));
    let found = client.open("/notes/search?q=pancake").await;
    assert!(found.page(200).contains("with &lt;syrup&gt;"));
    let nothing = client.open("/notes/search?q=%22%3E%3Cb%3E").await;
    assert!(nothing.page(200).contains("Nothing found"));
    assert!(nothing.text().contains("value=\"&quot;&gt;&lt;b&gt;\""));
    app.client()
        .open("/notes/search")
        .await
        .leads_to("/login?next=/notes/search");
}

#[tokio::test]
async fn the_nearest_are_found_by_the_index() {
    let app = TestApp::with_vectors().await;
    let mut tx = app.vectors().pool().begin().await.expect("begun");
    sqlx::query("SET LOCAL enable_seqscan = off")
        .execute(&mut *tx)
        .await
        .expect("set");
    let zeros = format!("[{}1]", "0,".repeat(383));
    let plan: Vec<String> = sqlx::query_scalar(
        "EXPLAIN SELECT note_id FROM note_embeddings ORDER BY embedding <=> $1::text::vector LIMIT 5",
    )
    .bind(zeros)
    .fetch_all(&mut *tx)
    .await
    .expect("a plan");
    let plan = plan.join("\n");
    assert!(plan.contains("note_embeddings_embedding_idx"), "{plan}");
}
