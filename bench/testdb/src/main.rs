//! Three ways to give a test a database, on one server, taking turns: the stack's copy of a template, a transaction that
//! is rolled back, and an empty database that the schema is run on.
//!
//! usage: testdb PROJECT ROUNDS

use std::time::{Duration, Instant};

use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use stack_db::Schema;
use stack_db::testing::{TestDatabase, TestTransaction};

type Failure = Box<dyn std::error::Error>;

fn median(samples: &mut [Duration]) -> f64 {
    samples.sort();
    samples[samples.len() / 2].as_secs_f64() * 1000.0
}

async fn empty_database(url: &str, name: &str) -> Result<(PgConnection, String), Failure> {
    let mut server = PgConnection::connect(url).await?;
    server.execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"))).await?;
    let at = url.rfind('/').ok_or("a URL without a database")?;
    let end = url[at..].find('?').map_or(url.len(), |i| at + i);
    Ok((server, format!("{}/{name}{}", &url[..at], &url[end..])))
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let project = arguments.next().ok_or("usage: testdb PROJECT ROUNDS")?;
    let rounds: usize = arguments.next().ok_or("usage: testdb PROJECT ROUNDS")?.parse()?;
    std::env::set_current_dir(&project)?;
    let schema = Schema::read("schema")?;

    // The first one starts the server and makes the template.
    let first = Instant::now();
    let kept = TestDatabase::create(&schema).await;
    println!("first of a run (server started if it was not, template made): {:.1} ms", first.elapsed().as_secs_f64() * 1000.0);

    let (mut copies, mut with_query, mut rolled, mut replays) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    drop(TestTransaction::begin(&schema).await);
    for round in 0..rounds {
        let start = Instant::now();
        let database = TestDatabase::create(&schema).await;
        copies.push(start.elapsed());
        sqlx::query("SELECT count(*) FROM users").execute(database.pool()).await?;
        drop(database);
        with_query.push(start.elapsed());

        let start = Instant::now();
        let mut transaction = TestTransaction::begin(&schema).await;
        sqlx::query("SELECT count(*) FROM users").execute(&mut *transaction).await?;
        drop(transaction);
        rolled.push(start.elapsed());

        let start = Instant::now();
        let name = format!("replay_{round}");
        let (mut server, url) = empty_database(kept.url(), &name).await?;
        let pool = PgPoolOptions::new().max_connections(1).connect(&url).await?;
        schema.fill_if_empty(&pool).await?;
        sqlx::query("SELECT count(*) FROM users").execute(&pool).await?;
        pool.close().await;
        server.execute(AssertSqlSafe(format!("DROP DATABASE {name}"))).await?;
        replays.push(start.elapsed());
    }
    let (create, whole, replay) = (median(&mut copies), median(&mut with_query), median(&mut replays));
    let rolled = median(&mut rolled);
    println!("create: {create:.1} ms");
    println!("create, first query, drop: {whole:.1} ms   {:.3} of creating an empty one and running the schema", whole / replay);
    println!("rolled back: begin, first query, end: {rolled:.1} ms   {:.3} of the same", rolled / replay);
    println!("empty database, schema, first query, drop: {replay:.1} ms");
    Ok(())
}
