//! Embeddings are repaired by a job.

use app::jobs::{self, repair_embeddings::RepairEmbeddings};
use sqlx::PgPool;
use stack_jobs::{
    enqueue,
    operate::State,
    testing::{self, Ran},
};

use super::{in_state, wait};
use crate::common::TestApp;

async fn count(vectors: &PgPool) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM note_embeddings");
    count.fetch_one(vectors).await.unwrap()
}

#[tokio::test]
async fn a_worker_repairs_the_embeddings_when_it_starts() {
    let app = TestApp::with_vectors().await;
    let (ada, _) = app.logged_in("ada").await;
    app.note(&ada, "Lost", "").await;
    let worker = jobs::start(&app.state);
    let pool = app.database.pool();
    wait(async || in_state(pool, State::Done).await.len() == 1).await;
    assert_eq!(count(app.vectors().pool()).await, 1);
    worker.stop();
    worker.ended().await;
}

#[tokio::test]
async fn the_repair_is_due_by_the_clock_waits_once_and_without_vectors_does_nothing() {
    let app = TestApp::new().await;
    let (pool, registry) = (app.database.pool(), jobs::registry());
    testing::tick(&app.state.db, &registry).await.unwrap();
    testing::pass_time(pool).await.unwrap();
    testing::tick(&app.state.db, &registry).await.unwrap();
    let waiting: Vec<RepairEmbeddings> = testing::enqueued(pool).await.unwrap();
    assert_eq!(waiting, [RepairEmbeddings {}]);
    for is_first in [true, false] {
        let added = enqueue(pool, &RepairEmbeddings {}).await.unwrap();
        assert_eq!(added.is_some(), is_first);
    }
    let ran = testing::run_due(pool, &registry, &app.state).await.unwrap();
    let repairs = ran.iter().filter(|ran| ran.kind == "repair_embeddings");
    assert!(repairs.clone().all(|Ran { outcome, .. }| outcome.is_ok()));
    assert_eq!(repairs.count(), 2);
}
