//! What a write costs, and who waits for it.

use std::sync::{Arc, Mutex};

use app::services::embedder::{Embedder, Embedding, HashingEmbedder};
use serde_json::json;
use tokio::sync::watch;

use super::{count, many, titles, until};
use crate::common::{LivePage, TestApp};

/// An embedder that remembers texts. Those that start with "Slow" wait until it is released.
struct Gate {
    begun: watch::Sender<Vec<String>>,
    embedded: Mutex<Vec<String>>,
    open: watch::Sender<bool>,
}

impl Gate {
    async fn app() -> (TestApp, Arc<Self>) {
        let gate = Arc::new(Self {
            begun: watch::Sender::new(Vec::new()),
            embedded: Mutex::default(),
            open: watch::Sender::new(false),
        });
        (TestApp::with_embedder(gate.clone()).await, gate)
    }

    /// Waits until the embedder has begun with this number of texts.
    async fn begun(&self, number: usize) {
        let mut begun = self.begun.subscribe();
        let reached = begun.wait_for(|begun| begun.len() >= number).await;
        reached.expect("an embedder");
    }

    fn release(&self) {
        self.open.send_replace(true);
    }

    /// The titles of the texts that were embedded.
    fn embedded(&self) -> Vec<String> {
        self.embedded.lock().unwrap().clone()
    }
}

impl Embedder for Gate {
    fn model(&self) -> &str {
        "gate"
    }

    fn min_similarity(&self) -> f64 {
        HashingEmbedder.min_similarity()
    }

    fn embed<'a>(&'a self, text: &'a str) -> Embedding<'a> {
        Box::pin(async move {
            let title = text.lines().next().unwrap_or_default().to_owned();
            assert_ne!(title, "Panic");
            self.begun.send_modify(|begun| begun.push(title.clone()));
            if title.starts_with("Slow") {
                let mut open = self.open.subscribe();
                open.wait_for(|open| *open).await?;
            }
            self.embedded.lock().unwrap().push(title);
            HashingEmbedder.embed(text).await
        })
    }
}

#[tokio::test]
async fn a_write_embeds_the_note_that_was_written_and_compares_no_other() {
    let (app, gate) = Gate::app().await;
    let (ada, mut client) = app.logged_in("ada").await;
    many(&app, &ada, 1000).await;
    let body = json!({ "title": "Pancakes" });
    let created = client.json("POST", "/api/notes", body).await;
    while count(app.vectors().pool()).await == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(gate.embedded(), ["Pancakes"]);
    client.call("DELETE", created.header("location")).await;
    until(app.vectors().pool(), 0).await;
    assert_eq!(gate.embedded(), ["Pancakes"]);
}

#[tokio::test]
async fn a_search_compares_the_newest_notes_and_not_all() {
    let (app, gate) = Gate::app().await;
    let (ada, _) = app.logged_in("ada").await;
    many(&app, &ada, 1000).await;
    titles(&app, &ada, "pancakes").await;
    assert_eq!(gate.embedded().len(), 50 + 1, "the newest, and the query");
}

#[tokio::test]
async fn a_note_that_is_written_again_and_again_meanwhile_is_embedded_once() {
    let (app, gate) = Gate::app().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let body = json!({ "title": "Slow" });
    let created = client.json("POST", "/api/notes", body).await;
    gate.begun(1).await;
    for version in 1..=20 {
        let title = format!("Draft {version}");
        let edit = json!({ "title": title, "body": "", "version": version });
        client.json("PUT", created.header("location"), edit).await;
    }
    gate.release();
    assert_eq!(titles(&app, &ada, "draft").await, ["Draft 20"]);
    assert_eq!(gate.embedded(), ["Slow", "Draft 20", "draft"]);
}

#[tokio::test]
async fn others_are_indexed_and_find_their_notes_while_all_notes_of_an_owner_are_compared() {
    let (app, gate) = Gate::app().await;
    let (ada, _) = app.logged_in("ada").await;
    let (eve, mut client) = app.logged_in("eve").await;
    many(&app, &ada, 300).await;
    let slow = "UPDATE notes SET title = 'Slow ' || title";
    let slow = sqlx::query(slow).execute(app.database.pool());
    slow.await.expect("renamed");
    app.state.search.changed_all(ada.owner());
    gate.begun(1).await;
    let body = json!({ "title": "Pancakes" });
    client.json("POST", "/api/notes", body).await;
    assert_eq!(titles(&app, &eve, "pancakes").await, ["Pancakes"]);
    assert_eq!(count(app.vectors().pool()).await, 1, "only the one of eve");
    gate.release();
    until(app.vectors().pool(), 301).await;
}

#[tokio::test]
async fn a_note_that_is_written_on_a_live_page_is_embedded_without_a_search() {
    let (app, _) = Gate::app().await;
    let (_, mut client) = app.logged_in("ada").await;
    let mut page = LivePage::open(&app, &mut client, "/notes/new").await;
    page.fill("#title", "Pancakes").await;
    page.submit("#title").await;
    until(app.vectors().pool(), 1).await;
}

#[tokio::test]
async fn a_note_that_another_instance_deletes_while_it_is_embedded_leaves_no_embedding() {
    let (app, gate) = Gate::app().await;
    let (ada, mut client) = app.logged_in("ada").await;
    let body = json!({ "title": "Slow" });
    client.json("POST", "/api/notes", body).await;
    gate.begun(1).await;
    let deleted = sqlx::query("DELETE FROM notes").execute(app.database.pool());
    deleted.await.expect("deleted");
    gate.release();
    assert!(titles(&app, &ada, "slow").await.is_empty());
    assert_eq!(count(app.vectors().pool()).await, 0);
}

#[tokio::test]
async fn a_panic_of_the_embedder_does_not_stop_others() {
    let (app, gate) = Gate::app().await;
    let (_, mut ada) = app.logged_in("ada").await;
    let (_, mut eve) = app.logged_in("eve").await;
    for _ in 0..3 {
        let body = json!({ "title": "Panic" });
        ada.json("POST", "/api/notes", body).await;
    }
    let body = json!({ "title": "Pancakes" });
    eve.json("POST", "/api/notes", body).await;
    until(app.vectors().pool(), 1).await;
    assert_eq!(gate.embedded(), ["Pancakes"]);
}
