//! One of two queues on small jobs that are in the database already, see `bench/jobs.py`.
//!
//! usage: jobs enqueue|run|work stack|apalis URL COUNT CONCURRENCY
//!
//! `enqueue` adds COUNT jobs, each in a transaction of its own, and prints the seconds. `run` does all of them, CONCURRENCY at a time
//! or, with apalis, in batches of so many, and prints the seconds. `work` does jobs until it is killed, each of which inserts its
//! number into the table `ran`.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{PgPool, postgres::PgPoolOptions};

type Failure = Box<dyn Error + Send + Sync>;

/// How many jobs were done.
type Done = Arc<AtomicU64>;

/// Connections of a queue: those of a project's pool.
const CONNECTIONS: u32 = 10;

mod stack {
    use serde::{Deserialize, Serialize};
    use stack_db::Db;
    use stack_jobs::{Attempt, Failure, Job, Registry, Settings, Worker, WorkerHandle};

    use super::{Done, Duration, Ordering, PgPool};

    pub(super) const LEFT: &str = "SELECT count(*) FROM jobs WHERE state <> 'done'";

    /// A job that does next to nothing.
    #[derive(Serialize, Deserialize)]
    pub(super) struct Small {
        pub(super) number: i64,
    }

    impl Job for Small {
        const KIND: &'static str = "small";
    }

    pub(super) fn counting(pool: &PgPool, done: Done, concurrency: usize) -> WorkerHandle {
        let registry = Registry::default().job(|done: Done, _: Small, _: Attempt| async move {
            done.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        let settings = Settings { concurrency, ..Settings::default() };
        Worker::new(Db::from_pool(pool.clone()), registry, done, settings).start()
    }

    pub(super) fn inserting(pool: &PgPool, concurrency: usize) -> WorkerHandle {
        let registry = Registry::default().job(|pool: PgPool, job: Small, _: Attempt| async move {
            sqlx::query("INSERT INTO ran (number) VALUES ($1)").bind(job.number).execute(&pool).await?;
            Ok::<_, Failure>(())
        });
        // So that what a killed process held is due again soon.
        let settings = Settings { concurrency, lease: Duration::from_secs(2), ..Settings::default() };
        Worker::new(Db::from_pool(pool.clone()), registry, pool.clone(), settings).start()
    }
}

mod apalis_queue {
    use apalis::prelude::*;
    use apalis_postgres::{Config, PostgresStorage};

    use super::{Done, Failure, Ordering, PgPool};

    pub(super) const LEFT: &str = "SELECT count(*) FROM apalis.jobs WHERE status <> 'Done'";

    pub(super) fn storage(pool: &PgPool, batch: usize) -> PostgresStorage<i64> {
        let config = Config::default().queue("small").batch_size(batch);
        PostgresStorage::<i64>::new(pool).with_config(config)
    }

    pub(super) async fn counting(pool: PgPool, done: Done, batch: usize) -> Result<(), Failure> {
        async fn small(_: i64, done: Data<Done>) -> Result<(), BoxDynError> {
            done.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
        // A name that a process before has had counts as taken for a while.
        let name = format!("bench-{}", std::process::id());
        let worker = WorkerBuilder::new(name).backend(storage(&pool, batch)).data(done);
        Ok(worker.parallelize(tokio::spawn).build(small).run().await?)
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, queue, url, count, concurrency] = &arguments[..] else {
        return Err("usage: jobs enqueue|run|work stack|apalis URL COUNT CONCURRENCY".into());
    };
    let (count, concurrency): (u64, usize) = (count.parse()?, concurrency.parse()?);
    let is_ours = queue == "stack";
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).min_connections(CONNECTIONS).connect(url).await?;
    if !is_ours {
        apalis_postgres::PostgresStorage::setup(&pool).await?;
    }
    match &**what {
        "enqueue" => println!("{}", enqueue(&pool, is_ours, count).await?.as_secs_f64()),
        "run" => println!("{}", run(&pool, is_ours, count, concurrency).await?.as_secs_f64()),
        _ => {
            let _worker = stack::inserting(&pool, concurrency);
            println!("working");
            std::future::pending::<()>().await;
        }
    }
    Ok(())
}

async fn enqueue(pool: &PgPool, is_ours: bool, count: u64) -> Result<Duration, Failure> {
    use apalis::prelude::TaskSink;
    let mut storage = apalis_queue::storage(pool, 10);
    let begun = Instant::now();
    for number in 0..i64::try_from(count)? {
        match is_ours {
            true => drop(stack_jobs::enqueue(pool, &stack::Small { number }).await?),
            false => storage.push(number).await?,
        }
    }
    Ok(begun.elapsed())
}

async fn run(pool: &PgPool, is_ours: bool, count: u64, concurrency: usize) -> Result<Duration, Failure> {
    let done = Done::default();
    let begun = Instant::now();
    let worker = async {
        match is_ours {
            true => {
                stack::counting(pool, done.clone(), concurrency).ended().await;
                Ok(())
            }
            false => apalis_queue::counting(pool.clone(), done.clone(), concurrency).await,
        }
    };
    let left = if is_ours { stack::LEFT } else { apalis_queue::LEFT };
    // Done, and stored as done.
    let all = async {
        while done.load(Ordering::Relaxed) < count || sqlx::query_scalar::<_, i64>(left).fetch_one(pool).await? > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok::<_, Failure>(begun.elapsed())
    };
    tokio::select! {
        ended = worker => {
            ended?;
            Err("the worker has ended before its jobs".into())
        }
        elapsed = all => elapsed,
    }
}
