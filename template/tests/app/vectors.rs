//! The queries of the vector database, and their indexes.

use app::{
    database::vectors::Metric,
    models::NoteId,
    repositories::embeddings::{self, Embedded, Filter},
    services::embedder::METRIC,
};
use pgvector::{HalfVector, Vector};
use sqlx::AssertSqlSafe;

use crate::common::TestApp;

/// A pseudo-random vector, of length 1 only if `unit`.
fn vector(seed: u32, unit: bool) -> Vec<f32> {
    let numbers = (0..384_u32).map(|n| {
        let mixed = (n + 1).wrapping_mul(seed + 7).wrapping_mul(2_654_435_761);
        f32::from(u16::try_from(mixed >> 16).expect("16 bits")) / 32_768.0 - 1.0
    });
    let numbers: Vec<f32> = numbers.collect();
    let length = numbers.iter().map(|n| n * n).sum::<f32>().sqrt();
    let scale = if unit {
        1.0 / length
    } else {
        f32::from(u8::try_from(seed % 5 + 1).expect("small"))
    };
    numbers.into_iter().map(|n| n * scale).collect()
}

#[tokio::test]
async fn each_metric_orders_as_its_formula_does_and_by_an_index_of_its_operator_class() {
    let app = TestApp::with_vectors().await;
    let (ada, _) = app.logged_in("ada").await;
    let vectors = app.state.search.vectors().expect("vectors");
    let mut batch = Vec::new();
    for seed in 0..40 {
        let note = app.note(&ada, &format!("Note {seed}"), "").await;
        batch.push(Embedded {
            note,
            vector: vector(seed, false),
        });
    }
    embeddings::upsert(vectors.pool(), "m", &batch)
        .await
        .expect("stored");
    let query = vector(1000, true);
    let dot = |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(a, b)| a * b).sum::<f32>();
    let filter = Filter {
        owner: ada.owner(),
        since: None,
    };
    for metric in Metric::ALL {
        let index = format!(
            "CREATE INDEX ON note_embeddings USING hnsw ((embedding::halfvec(384)) {})",
            metric.halfvec_class()
        );
        sqlx::query(AssertSqlSafe(index))
            .execute(vectors.pool())
            .await
            .expect("an index");
        let mut wanted: Vec<_> = batch
            .iter()
            .map(|Embedded { note, vector }| {
                let product = dot(vector, &query);
                let score = match metric {
                    Metric::Cosine => product / dot(vector, vector).sqrt(),
                    Metric::InnerProduct => product,
                };
                (note.id, f64::from(score))
            })
            .collect();
        wanted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let found = embeddings::nearest(vectors, metric, filter, "m", query.clone(), 10).await;
        let found = found.expect("found");
        assert_eq!(found.len(), 10);
        for ((id, score), (wanted, wanted_score)) in found.iter().zip(&wanted) {
            assert_eq!(id, wanted, "{metric:?}");
            assert!(
                (score - wanted_score).abs() < 1e-3,
                "{score} {wanted_score}"
            );
        }

        let mut tx = vectors.begin_search().await.expect("begun");
        for setting in ["enable_seqscan", "enable_sort"] {
            let off = AssertSqlSafe(format!("SET LOCAL {setting} = off"));
            sqlx::query(off).execute(&mut *tx).await.expect("set");
        }
        let explain = format!("EXPLAIN {}", embeddings::nearest_query(metric));
        let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(explain))
            .bind(ada.id)
            .bind(None::<time::OffsetDateTime>)
            .bind("m")
            .bind(HalfVector::from_f32_slice(&query))
            .bind(Vector::from(query.clone()))
            .bind(10_i64)
            .fetch_all(&mut *tx)
            .await
            .expect("a plan");
        let plan = plan.join("\n");
        let order = format!(
            "Order By: ((embedding)::halfvec(384) {} ",
            metric.operator()
        );
        assert!(plan.contains(&order), "{plan}");
    }
}

#[tokio::test]
async fn nearer_notes_of_other_users_do_not_displace_those_of_the_owner() {
    let app = TestApp::with_vectors().await;
    let (ada, _) = app.logged_in("ada").await;
    let (eve, _) = app.logged_in("eve").await;
    let vectors = app.state.search.vectors().expect("vectors");
    let query = vector(1, true);
    let mut batch = Vec::new();
    for n in 0..400 {
        let owner = if n % 80 == 0 { &ada } else { &eve };
        let note = app.note(owner, "Note", "").await;
        // Eve's vectors are near the query, Ada's anywhere.
        let mut vector = if owner.id == ada.id {
            vector(n + 2, true)
        } else {
            query.clone()
        };
        vector[0] += 0.0001 * f32::from(u16::try_from(n).expect("small"));
        batch.push(Embedded { note, vector });
    }
    embeddings::upsert(vectors.pool(), "m", &batch)
        .await
        .expect("stored");
    let mut tx = vectors.begin_search().await.expect("begun");
    for setting in ["enable_seqscan", "enable_sort"] {
        let off = AssertSqlSafe(format!("SET LOCAL {setting} = off"));
        sqlx::query(off).execute(&mut *tx).await.expect("set");
    }
    let found: Vec<(NoteId, f64)> = sqlx::query_as(embeddings::nearest_query(METRIC))
        .bind(ada.id)
        .bind(None::<time::OffsetDateTime>)
        .bind("m")
        .bind(HalfVector::from_f32_slice(&query))
        .bind(Vector::from(query))
        .bind(5_i64)
        .fetch_all(&mut *tx)
        .await
        .expect("found");
    assert_eq!(found.len(), 5, "all of Ada's");
}

#[tokio::test]
async fn the_setting_ef_search_applies_to_searches_only() {
    let app = TestApp::with_vectors().await;
    let vectors = app.state.search.vectors().expect("vectors").clone();
    let seen = "SELECT current_setting('hnsw.ef_search')";
    let mut tx = vectors
        .with_ef_search(321)
        .begin_search()
        .await
        .expect("begun");
    let during: String = sqlx::query_scalar(seen)
        .fetch_one(&mut *tx)
        .await
        .expect("a setting");
    assert_eq!(during, "321");
    let mut connection = {
        tx.commit().await.expect("done");
        app.vectors().pool().acquire().await.expect("a connection")
    };
    sqlx::query("SELECT '[1]'::vector")
        .execute(&mut *connection)
        .await
        .expect("loaded");
    let after: String = sqlx::query_scalar(seen)
        .fetch_one(&mut *connection)
        .await
        .expect("a setting");
    assert_eq!(after, "40", "pgvector's own");
}
