//! Recall, time and size of nearest-neighbour search by index, beside an exact scan of the same table, at the settings
//! that the project ships: `WITH (…)` of its schema and `VECTOR_EF_SEARCH` of its `.env.example`.
//!
//! The data is 20,000 vectors of 256 numbers and length 1, in 100 clusters, made from a fixed seed; the queries are
//! further vectors of the same kind. Fails if recall at 10 is below 0.95.
//!
//! usage: vectors PROJECT ROUNDS

use std::collections::HashSet;
use std::time::{Duration, Instant};

use pgvector::{HalfVector, Vector};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use stack_db::Schema;
use stack_db::testing::TestDatabase;

type Failure = Box<dyn std::error::Error>;

const ROWS: usize = 20_000;
const DIMENSIONS: usize = 256;
const CLUSTERS: usize = 100;
/// How far a vector is from the middle of its cluster, which is as long as 1. So far that the clusters overlap: at 1.2
/// and less recall is 1, and says nothing.
const SPREAD: f32 = 2.0;
const QUERIES: usize = 200;
const WANTED: usize = 10;
const LEAST_RECALL: f64 = 0.95;
/// What pgvector does if nobody says otherwise: how much recall the project's own setting is worth.
const USUAL_EF_SEARCH: &str = "40";

const EXACT: &str = "SELECT id FROM points ORDER BY embedding <=> $1 LIMIT $2";
/// As `repositories::embeddings::nearest` asks: twice as many by the index, then in the order of whole numbers.
const BY_HALVES: &str = "SELECT id FROM (
    SELECT id, embedding FROM points ORDER BY embedding::halfvec(256) <=> $1 LIMIT 2 * $2
) AS candidates ORDER BY embedding <=> $3 LIMIT $2";

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|n| n * n).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|n| *n /= length);
    vector
}

/// The vectors, and the queries after them.
fn data() -> Vec<Vec<f32>> {
    let mut random = ChaCha8Rng::seed_from_u64(20_260_101);
    let mut normal = |scale: f32| -> Vec<f32> {
        (0..DIMENSIONS).map(|_| scale * random.sample::<f32, _>(StandardNormal)).collect()
    };
    let middles: Vec<_> = (0..CLUSTERS).map(|_| unit(normal(1.0))).collect();
    let scale = SPREAD / (DIMENSIONS as f32).sqrt();
    let points = (0..ROWS + QUERIES).map(|n| {
        let middle = &middles[n * 7919 % CLUSTERS];
        unit(normal(scale).iter().zip(middle).map(|(noise, middle)| noise + middle).collect())
    });
    points.collect()
}

/// The text between `before` and `after` in a file of the project.
fn setting(path: &str, before: &str, after: char) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path)?;
    let (_, rest) = text.split_once(before).ok_or_else(|| format!("`{path}` has no `{before}`"))?;
    Ok(rest.split(after).next().unwrap_or_default().to_owned())
}

fn median(samples: &mut [Duration]) -> f64 {
    samples.sort();
    samples[samples.len() / 2].as_secs_f64() * 1000.0
}

async fn run(connection: &mut PgConnection, sql: String) -> Result<(), Failure> {
    sqlx::query(AssertSqlSafe(sql)).execute(connection).await?;
    Ok(())
}

/// One way to find the nearest.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Exact,
    Whole,
    Half,
}

const WAYS: [(Way, &str); 3] =
    [(Way::Exact, "exact scan"), (Way::Whole, "index of vector"), (Way::Half, "index of halfvec")];

async fn nearest(connection: &mut PgConnection, way: Way, query: &[f32]) -> Result<Vec<i32>, Failure> {
    let limit = WANTED as i64;
    let whole = Vector::from(query.to_vec());
    let found = match way {
        Way::Half => {
            let half = HalfVector::from_f32_slice(query);
            sqlx::query_scalar(BY_HALVES).bind(half).bind(limit).bind(whole).fetch_all(connection).await?
        }
        _ => sqlx::query_scalar(EXACT).bind(whole).bind(limit).fetch_all(connection).await?,
    };
    Ok(found)
}

/// The part of `truth` that an index finds.
async fn recall(connection: &mut PgConnection, way: Way, queries: &[Vec<f32>], truth: &[Vec<i32>]) -> Result<f64, Failure> {
    let mut hits = 0;
    for (query, truth) in queries.iter().zip(truth) {
        let found: HashSet<_> = nearest(connection, way, query).await?.into_iter().collect();
        hits += truth.iter().filter(|id| found.contains(id)).count();
    }
    Ok(hits as f64 / (QUERIES * WANTED) as f64)
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let project = arguments.next().ok_or("usage: vectors PROJECT ROUNDS")?;
    let rounds: usize = arguments.next().ok_or("usage: vectors PROJECT ROUNDS")?.parse()?;
    std::env::set_current_dir(&project)?;
    let options = setting("schema/vector/010_note_embeddings.sql", "WITH (", ')')?;
    let ef_search = setting(".env.example", "#VECTOR_EF_SEARCH=", '\n')?;
    println!("{ROWS} vectors of {DIMENSIONS} numbers in {CLUSTERS} clusters, {QUERIES} queries; {options}; ef_search = {ef_search}");

    let database = TestDatabase::create(&Schema::read("schema/vector")?).await;
    let connection = &mut PgConnection::connect(database.url()).await?;
    run(connection, format!("CREATE TABLE points (id int PRIMARY KEY, embedding vector({DIMENSIONS}) NOT NULL)")).await?;
    let data = data();
    let (points, queries) = data.split_at(ROWS);
    for (place, chunk) in points.chunks(1000).enumerate() {
        let first = place * 1000;
        let ids: Vec<i32> = (first..first + chunk.len()).map(|id| id as i32).collect();
        let vectors: Vec<Vector> = chunk.iter().cloned().map(Vector::from).collect();
        let insert = sqlx::query("INSERT INTO points SELECT * FROM unnest($1::int[], $2::vector[])");
        insert.bind(ids).bind(vectors).execute(&mut *connection).await?;
    }
    run(connection, "VACUUM ANALYZE points".to_owned()).await?;

    // One index at a time, so that the planner has no choice.
    let indexes = [
        (Way::Whole, "embedding vector_cosine_ops".to_owned()),
        (Way::Half, format!("(embedding::halfvec({DIMENSIONS})) halfvec_cosine_ops")),
    ];
    let mut times = [const { Vec::new() }; 3];
    let mut truth = Vec::new();
    for query in queries {
        truth.push(nearest(connection, Way::Exact, query).await?);
    }
    run(connection, format!("SET hnsw.ef_search = {ef_search}")).await?;
    run(connection, "SET hnsw.iterative_scan = strict_order".to_owned()).await?;
    let mut builds = [const { Vec::new() }; 3];
    let (mut recalls, mut usual_recalls, mut sizes) = ([1.0_f64; 3], [1.0_f64; 3], [0_i64; 3]);
    for _ in 0..rounds {
        for (way, expression) in &indexes {
            let start = Instant::now();
            run(connection, format!("CREATE INDEX points_idx ON points USING hnsw ({expression}) WITH ({options})")).await?;
            builds[*way as usize].push(start.elapsed());
            let size = "SELECT pg_relation_size('points_idx')";
            sizes[*way as usize] = sqlx::query_scalar(size).fetch_one(&mut *connection).await?;
            for query in queries {
                // The exact scan takes turns with the index, so that both see the same machine.
                for (way, by_index) in [(Way::Exact, "off"), (*way, "on")] {
                    run(connection, format!("SET enable_indexscan = {by_index}")).await?;
                    let start = Instant::now();
                    nearest(connection, way, query).await?;
                    times[way as usize].push(start.elapsed());
                }
            }
            for (ef_search, recalls) in [(USUAL_EF_SEARCH, &mut usual_recalls), (&*ef_search, &mut recalls)] {
                run(connection, format!("SET hnsw.ef_search = {ef_search}")).await?;
                let found = recall(connection, *way, queries, &truth).await?;
                recalls[*way as usize] = recalls[*way as usize].min(found);
            }
            run(connection, "DROP INDEX points_idx".to_owned()).await?;
        }
    }

    let table: i64 = sqlx::query_scalar("SELECT pg_table_size('points')").fetch_one(&mut *connection).await?;
    let scan = median(&mut times[0]);
    println!("table: {:.1} MB; exact scan: {scan:.2} ms a query", table as f64 / 1e6);
    for (way, name) in &WAYS[1..] {
        let at = *way as usize;
        let (time, build) = (median(&mut times[at]), median(&mut builds[at]));
        println!("{name}: recall at {WANTED} {:.4} (the least of {rounds} builds)", recalls[at]);
        println!("  at ef_search = {USUAL_EF_SEARCH} {:.4}", usual_recalls[at]);
        println!("  query {time:.2} ms, {:.3} of the exact scan", time / scan);
        println!("  index {:.1} MB, {:.2} of the table", sizes[at] as f64 / 1e6, sizes[at] as f64 / table as f64);
        println!("  build {:.1} s, as long as {:.0} exact scans", build / 1000.0, build / scan);
    }
    if recalls.iter().any(|recall| *recall < LEAST_RECALL) {
        return Err(format!("recall is below {LEAST_RECALL}").into());
    }
    Ok(())
}
