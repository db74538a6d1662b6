//! Search, with a vector database of its own for each test.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use app::{
    models::{Note, User},
    repositories::embeddings::{self, Embedded},
    services::{
        embedder::{Embedder, Embedding, HashingEmbedder},
        search,
    },
};
use serde_json::json;
use sqlx::PgPool;
use stack_web::progress::Progress;

use crate::{common::TestApp, process::program};

mod indexing;

/// An embedder that can be unavailable, and counts its calls.
#[derive(Default)]
struct Fragile {
    down: AtomicBool,
    embedded: AtomicU32,
    /// After this many calls it never responds again; 0 means no limit.
    stuck_at: AtomicU32,
}

impl Embedder for Fragile {
    fn model(&self) -> &str {
        "fragile"
    }

    fn min_similarity(&self) -> f64 {
        HashingEmbedder.min_similarity()
    }

    fn embed<'a>(&'a self, text: &'a str) -> Embedding<'a> {
        if self.down.load(Ordering::SeqCst) {
            return Box::pin(async { Err("the model is down".into()) });
        }
        if text.starts_with("Poison") {
            return Box::pin(async { Err("this text is refused".into()) });
        }
        let limit = self.stuck_at.load(Ordering::SeqCst);
        if limit > 0 && self.embedded.load(Ordering::SeqCst) >= limit {
            return Box::pin(std::future::pending());
        }
        self.embedded.fetch_add(1, Ordering::SeqCst);
        HashingEmbedder.embed(text)
    }
}

/// The titles of the notes that a search finds.
async fn titles(app: &TestApp, owner: &User, query: &str) -> Vec<String> {
    let hits = search::find_notes(&app.state.search, owner.owner(), query, None, 10)
        .await
        .expect("found");
    hits.into_iter()
        .map(|hit| hit.note.title.as_str().to_owned())
        .collect()
}

/// The number of embeddings.
async fn count(vectors: &PgPool) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM note_embeddings");
    count.fetch_one(vectors).await.expect("a number")
}

#[tokio::test]
async fn the_nearest_note_comes_first_and_notes_of_other_users_are_not_found() {
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
async fn an_empty_or_too_long_query_is_rejected() {
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
        .problem(401, "unauthenticated");
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
async fn a_written_note_is_embedded_without_a_search() {
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

/// Waits until there are `wanted` embeddings.
async fn until(vectors: &PgPool, wanted: i64) {
    let reached = async {
        while count(vectors).await != wanted {
            tokio::task::yield_now().await;
        }
    };
    let reached = tokio::time::timeout(Duration::from_secs(60), reached).await;
    assert!(reached.is_ok(), "there are never {wanted} embeddings");
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
    assert!(search::repair(&app.state.search).await.is_err());
    assert_eq!(count(app.vectors().pool()).await, 0);

    embedder.down.store(false, Ordering::SeqCst);
    search::repair(&app.state.search).await.expect("repaired");
    assert_eq!(count(app.vectors().pool()).await, 5);
    assert_eq!(titles(&app, &ada, "three").await, ["Three"]);
}

#[tokio::test]
async fn lost_and_orphaned_embeddings_are_repaired_and_the_others_are_kept() {
    let embedder = Arc::new(Fragile::default());
    let app = TestApp::with_embedder(embedder.clone()).await;
    let (ada, _) = app.logged_in("ada").await;
    let (eve, _) = app.logged_in("eve").await;
    let lost = app.note(&ada, "Lost", "").await;
    app.note(&ada, "Kept", "").await;
    app.note(&eve, "Gone", "").await;
    search::repair(&app.state.search).await.expect("embedded");
    assert_eq!(embedder.embedded.load(Ordering::SeqCst), 3);

    embeddings::delete(app.vectors().pool(), ada.owner(), &[lost.id])
        .await
        .expect("lost");
    let gone = sqlx::query("DELETE FROM users WHERE id = $1").bind(eve.id);
    gone.execute(app.database.pool())
        .await
        .expect("gone, with all notes");
    search::repair(&app.state.search).await.expect("repaired");
    assert_eq!(
        embedder.embedded.load(Ordering::SeqCst),
        4,
        "only what was lost"
    );
    assert_eq!(
        embeddings::owners(app.vectors().pool(), None)
            .await
            .expect("owners"),
        [ada.owner()]
    );
    assert_eq!(count(app.vectors().pool()).await, 2);
}

#[tokio::test]
async fn embeddings_of_another_model_are_computed_again() {
    let app = TestApp::with_vectors().await;
    let (ada, _) = app.logged_in("ada").await;
    app.note(&ada, "Pancakes", "").await;
    search::repair(&app.state.search).await.expect("embedded");
    let other = sqlx::query("UPDATE note_embeddings SET model = 'older'");
    other.execute(app.vectors().pool()).await.expect("changed");
    assert_eq!(titles(&app, &ada, "pancakes").await, ["Pancakes"]);
}

#[tokio::test]
async fn a_late_embedding_of_an_old_version_does_not_overwrite_a_newer_one() {
    let app = TestApp::with_vectors().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let old: Note = app.note(&ada, "Pancakes", "").await;
    let edit = json!({ "title": "Waffles", "body": "", "version": 1 });
    client
        .json("PUT", &format!("/api/notes/{}", old.id), edit)
        .await;
    search::index(&app.state.search, ada.owner())
        .await
        .expect("indexed");
    let late = HashingEmbedder.embed("Pancakes").await.expect("a vector");
    let late = [Embedded {
        note: old,
        vector: late,
    }];
    embeddings::upsert(app.vectors().pool(), HashingEmbedder.model(), &late)
        .await
        .expect("ignored");
    assert_eq!(titles(&app, &ada, "waffles").await, ["Waffles"]);
}

#[tokio::test]
async fn concurrent_searches_of_a_user_embed_a_new_note_once() {
    let embedder = Arc::new(Fragile::default());
    let app = TestApp::with_embedder(embedder.clone()).await;
    let (ada, _) = app.logged_in("ada").await;
    app.note(&ada, "One", "").await;
    let search = || titles(&app, &ada, "one");
    let found = tokio::join!(search(), search(), search());
    assert_eq!([found.0, found.1, found.2].concat(), ["One"; 3]);
    let (notes, queries) = (1, 3);
    assert_eq!(embedder.embedded.load(Ordering::SeqCst), notes + queries);
}

#[tokio::test]
async fn without_a_vector_database_search_is_unavailable_and_everything_else_works() {
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
async fn the_search_page_works_without_javascript() {
    let app = TestApp::with_vectors().await;
    let (ada, mut client) = app.logged_in("ada").await;
    app.note(&ada, "Pancakes", "with <syrup>").await;
    let list = client.open("/notes").await;
    assert!(list.page(200).contains("href=\"/notes/search\""));
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
async fn a_note_is_found_by_a_word_that_hardly_changes_its_vector() {
    let app = TestApp::with_vectors().await;
    let (ada, _) = app.logged_in("ada").await;
    let body = format!(
        "{} invoice XK4711 {}",
        "apples ".repeat(900),
        "pears ".repeat(900)
    );
    app.note(&ada, "Long", &body).await;
    app.note(&ada, "Other", "nothing of the kind").await;
    let score: f32 = {
        let query = HashingEmbedder.embed("xk4711").await.expect("a vector");
        let text = format!("Long\n{body}");
        let note = HashingEmbedder.embed(&text).await.expect("a vector");
        query.iter().zip(&note).map(|(a, b)| a * b).sum()
    };
    assert!(
        f64::from(score) < HashingEmbedder.min_similarity(),
        "{score}"
    );
    assert_eq!(titles(&app, &ada, "xk4711").await, ["Long"]);
    assert!(
        titles(&app, &ada, "apples -pears")
            .await
            .contains(&"Long".to_owned())
    );
}

#[tokio::test]
async fn a_note_that_has_the_words_and_the_meaning_comes_before_one_that_has_either() {
    let app = TestApp::with_vectors().await;
    let (ada, _) = app.logged_in("ada").await;
    app.note(&ada, "Runner", "a runner's shoe").await;
    app.note(&ada, "Both", "running shoes").await;
    let found = titles(&app, &ada, "running shoes").await;
    assert_eq!(found, ["Both", "Runner"]);
}

#[tokio::test]
async fn a_search_since_a_day_excludes_older_notes() {
    let app = TestApp::with_vectors().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let old = app.note(&ada, "Old pancakes", "").await;
    app.note(&ada, "New pancakes", "").await;
    let before = sqlx::query("UPDATE notes SET updated_at = '2020-02-03 23:59:59Z' WHERE id = $1");
    before
        .bind(old.id)
        .execute(app.database.pool())
        .await
        .expect("aged");
    for (since, count) in [
        ("", 2),
        ("2020-02-03", 2),
        ("2020-02-04", 1),
        ("9999-12-31", 0),
    ] {
        let path = format!("/api/notes/search?q=pancakes&since={since}");
        let found = client.get(&path).await.json();
        assert_eq!(
            found["hits"].as_array().unwrap().len(),
            count,
            "{since}: {found}"
        );
    }
    for since in [
        "yesterday",
        "2020-02-30",
        "-0044-03-15",
        "+12020-01-01",
        "0000-01-01",
    ] {
        let path = format!("/api/notes/search?q=pancakes&since={since}");
        let problem = client.get(&path).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "since");
    }
    let page = client
        .open("/notes/search?q=pancakes&since=2020-02-04")
        .await;
    assert!(page.page(200).contains("value=\"2020-02-04\""));
    assert!(!page.text().contains("Old pancakes"));
}

/// Inserts `count` notes of `owner` in one statement.
async fn many(app: &TestApp, owner: &User, count: i32) {
{%- if teams %}
    let insert = "INSERT INTO notes (id, team_id, title, body)
{%- else %}
    let insert = "INSERT INTO notes (id, user_id, title, body)
{%- endif %}
                  SELECT gen_random_uuid(), $1, 'Note ' || n, '' FROM generate_series(1, $2) AS n";
    let insert = sqlx::query(insert).bind(owner.id).bind(count);
    insert.execute(app.database.pool()).await.expect("written");
}

#[tokio::test]
async fn more_notes_than_a_page_are_embedded_and_as_many_orphans_deleted() {
    let app = TestApp::with_vectors().await;
    let (ada, _) = app.logged_in("ada").await;
    many(&app, &ada, 1234).await;
    search::index(&app.state.search, ada.owner())
        .await
        .expect("indexed");
    assert_eq!(count(app.vectors().pool()).await, 1234);
    let delete = "DELETE FROM notes WHERE title LIKE '%7%' OR title LIKE '%1%'";
    sqlx::query(delete)
        .execute(app.database.pool())
        .await
        .expect("deleted");
    search::index(&app.state.search, ada.owner())
        .await
        .expect("indexed");
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM notes")
        .fetch_one(app.database.pool())
        .await
        .expect("a number");
    assert_eq!(count(app.vectors().pool()).await, kept);
}

#[tokio::test]
async fn a_note_that_cannot_be_embedded_does_not_prevent_others() {
    let embedder = Arc::new(Fragile::default());
    let app = TestApp::with_embedder(embedder).await;
    let (ada, _) = app.logged_in("ada").await;
    app.note(&ada, "Poison", "").await;
    many(&app, &ada, 600).await;
    assert!(search::index(&app.state.search, ada.owner()).await.is_err());
    assert_eq!(count(app.vectors().pool()).await, 600);
}

#[tokio::test]
async fn a_killed_reembedding_resumes() {
    let embedder = Arc::new(Fragile::default());
    let app = TestApp::with_embedder(embedder.clone()).await;
    let (ada, _) = app.logged_in("ada").await;
    let (eve, _) = app.logged_in("eve").await;
    many(&app, &ada, 130).await;
    many(&app, &eve, 20).await;
    let other = "UPDATE note_embeddings SET model = 'older'";
    search::repair(&app.state.search).await.expect("embedded");
    sqlx::query(other)
        .execute(app.vectors().pool())
        .await
        .expect("changed");

    // It hangs at the 70th note, and is cancelled: the same state as after a kill.
    embedder.embedded.store(0, Ordering::SeqCst);
    embedder.stuck_at.store(70, Ordering::SeqCst);
    let mut ignore = |_| ();
    let reached = async {
        while embedder.embedded.load(Ordering::SeqCst) < 70 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        ended = search::reembed(&app.state.search, &mut ignore) => panic!("not killed: {ended:?}"),
        () = reached => {}
    }
    let current = "SELECT count(*) FROM note_embeddings WHERE model = 'fragile'";
    let current: i64 = sqlx::query_scalar(current)
        .fetch_one(app.vectors().pool())
        .await
        .expect("a number");
    assert!(current >= 50, "whole batches are kept: {current}");

    embedder.stuck_at.store(0, Ordering::SeqCst);
    embedder.embedded.store(0, Ordering::SeqCst);
    let mut reported = Vec::new();
    let mut on_progress = |progress| reported.push(progress);
    search::reembed(&app.state.search, &mut on_progress)
        .await
        .expect("the rest");
    let again = i64::from(embedder.embedded.load(Ordering::SeqCst));
    assert_eq!(again, 150 - current, "nothing twice");
    assert_eq!(
        reported.first(),
        Some(&Progress {
            done: 0,
            total: 150
        })
    );
    assert_eq!(
        reported.last(),
        Some(&Progress {
            done: 150,
            total: 150
        })
    );
    assert!(reported.is_sorted_by_key(|progress| progress.done));
}

#[tokio::test]
async fn reembedding_stops_when_the_embedder_is_down() {
    let embedder = Arc::new(Fragile::default());
    let app = TestApp::with_embedder(embedder.clone()).await;
    let (ada, _) = app.logged_in("ada").await;
    many(&app, &ada, 3).await;
    embedder.down.store(true, Ordering::SeqCst);
    let mut reported = Vec::new();
    let mut on_progress = |progress| reported.push(progress);
    assert!(
        search::reembed(&app.state.search, &mut on_progress)
            .await
            .is_err()
    );
    assert_eq!(reported, [Progress { done: 0, total: 3 }]);
}

#[tokio::test]
async fn the_command_reembed_prints_its_progress_line_by_line() {
    let app = TestApp::with_vectors().await;
    let (ada, _) = app.logged_in("ada").await;
    many(&app, &ada, 60).await;
    let mut command = program();
    command
        .arg("reembed")
        .env("APP_ENV", "development")
        .env("DATABASE_URL", app.database.url());
    let without = command.output().expect("started");
    assert_eq!(without.status.code(), Some(1));
    let error = String::from_utf8(without.stderr).expect("text");
    assert!(
        error.contains("error: there is no vector database"),
        "{error}"
    );
    assert!(error.contains("hint: set `VECTOR_DATABASE_URL`"), "{error}");

    command.env("VECTOR_DATABASE_URL", app.vectors().url());
    for _ in 0..2 {
        let done = command.output().expect("started");
        let reported = String::from_utf8(done.stderr).expect("text");
        assert!(done.status.success(), "{reported}");
        assert!(
            reported.starts_with("embedding notes: 0 of 60\n"),
            "{reported}"
        );
        assert!(
            reported.ends_with("embedding notes: 60 of 60\n"),
            "{reported}"
        );
        assert_eq!(count(app.vectors().pool()).await, 60);
    }
}

#[tokio::test]
async fn deleting_an_account_deletes_its_embeddings() {
    let app = TestApp::with_vectors().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let eve = app.user("eve").await;
    app.note(&ada, "Pancakes", "").await;
    app.note(&eve, "Waffles", "").await;
    for owner in [ada.owner(), eve.owner()] {
        search::index(&app.state.search, owner).await.unwrap();
    }
    assert_eq!(count(app.vectors().pool()).await, 2);
    let deleted = client.post_form("/account/delete", &[]).await;
    deleted.leads_to("/");
    until(app.vectors().pool(), 1).await;
    assert_eq!(titles(&app, &eve, "waffles").await, ["Waffles"]);
}
