//! Jobs: the worker, the schedules, and the page of those who look after them.
{%- if pgvector %}
mod embeddings;
{%- endif %}
mod mails;
mod page;
mod process;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use app::jobs::{self, word_count::WordCount};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use stack_db::{Db, testing::TestDatabase};
use stack_jobs::{
    Attempt, Failure, Job, Options, Registry, Settings, Worker, WorkerHandle, enqueue,
    enqueue_with,
    operate::{self, State, StoredJob},
    testing::{self, Ran},
};
use tokio::sync::Notify;

use crate::common::{TestApp, database};

/// A job of these tests.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Probe {
    name: String,
}

impl Job for Probe {
    const KIND: &'static str = "probe";
    const ATTEMPTS: u16 = 3;

    fn unique_key(&self) -> Option<String> {
        self.name.starts_with("unique").then(|| self.name.clone())
    }
}

fn probe(name: &str) -> Probe {
    Probe {
        name: name.to_owned(),
    }
}

/// What the jobs of a test share: how many have begun, and what lets those go on that are called `wait`.
#[derive(Clone, Default)]
struct Counter {
    begun: Arc<AtomicUsize>,
    go_on: Arc<Notify>,
}

impl Counter {
    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

fn registry() -> Registry<Counter> {
    Registry::default().job(
        |counter: Counter, job: Probe, attempt: Attempt| async move {
            counter.begun.fetch_add(1, Ordering::SeqCst);
            match &*job.name {
                "fails" => Err(std::io::Error::other("no luck"))?,
                "panics" => panic!("what a day"),
                "gives up" => return Err(Failure::give_up("no use")),
                "wait" => {
                    attempt.progress(Some(40), "half way").await;
                    counter.go_on.notified().await;
                }
                _ => {}
            }
            Ok(())
        },
    )
}

/// A worker with this lease.
fn worker(database: &TestDatabase, counter: &Counter, lease: Duration) -> WorkerHandle {
    let db = Db::from_pool(database.pool().clone());
    let settings = Settings {
        lease,
        grace: Duration::from_millis(200),
        ..Settings::default()
    };
    Worker::new(db, registry(), counter.clone(), settings).start()
}

const LONG: Duration = Duration::from_secs(3600);

/// Waits for a condition.
async fn wait(mut condition: impl AsyncFnMut() -> bool) {
    while !condition().await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn add(pool: &PgPool, name: &str) -> uuid::Uuid {
    enqueue(pool, &probe(name)).await.unwrap().unwrap()
}

async fn in_state(pool: &PgPool, state: State) -> Vec<StoredJob> {
    operate::list(pool, state, 100).await.unwrap()
}

/// The jobs that wait.
async fn waiting(pool: &PgPool) -> Vec<Probe> {
    testing::enqueued(pool).await.unwrap()
}

async fn run_due(pool: &PgPool) -> Vec<Result<(), String>> {
    let ran = testing::run_due(pool, &registry(), &Counter::default()).await;
    ran.unwrap().into_iter().map(|ran| ran.outcome).collect()
}

#[tokio::test]
async fn a_job_of_a_transaction_that_is_rolled_back_does_not_exist() {
    let database = database().await;
    let pool = database.pool();
    let mut tx = pool.begin().await.unwrap();
    enqueue(&mut *tx, &probe("a")).await.unwrap().unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(waiting(pool).await, []);

    let mut tx = pool.begin().await.unwrap();
    enqueue(&mut *tx, &probe("b")).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let enqueued = waiting(pool).await;
    assert_eq!(enqueued, [probe("b")]);
    assert_eq!(run_due(pool).await, [Ok(())]);
    assert_eq!(in_state(pool, State::Done).await.len(), 1);
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_later_and_fails_for_good_after_its_last_attempt() {
    let database = database().await;
    let pool = database.pool();
    let id = add(pool, "fails").await;
    for attempt in 1..=3 {
        assert_eq!(run_due(pool).await, [Err("no luck".to_owned())]);
        // Not at once: there is a pause.
        assert_eq!(run_due(pool).await, []);
        let state = if attempt < 3 {
            State::Waiting
        } else {
            State::Failed
        };
        let jobs = in_state(pool, state).await;
        assert_eq!(jobs[0].attempts, attempt);
        assert_eq!(jobs[0].last_error.as_deref(), Some("no luck"));
        testing::pass_time(pool).await.unwrap();
    }
    assert_eq!(run_due(pool).await, []);
    assert!(operate::retry(pool, id).await.unwrap());
    assert_eq!(run_due(pool).await.len(), 1);
}

#[tokio::test]
async fn a_panic_is_a_failure_and_giving_up_leaves_no_other_attempt() {
    let database = database().await;
    let pool = database.pool();
    add(pool, "panics").await;
    let panicked = Err("it panicked: what a day".to_owned());
    assert_eq!(run_due(pool).await, [panicked]);
    assert_eq!(in_state(pool, State::Waiting).await.len(), 1);
    add(pool, "gives up").await;
    assert_eq!(run_due(pool).await, [Err("no use".to_owned())]);
    assert_eq!(in_state(pool, State::Failed).await.len(), 1);
}

#[tokio::test]
async fn an_argument_of_another_version_waits_for_the_release_that_knows_it() {
    let database = database().await;
    let pool = database.pool();
    add(pool, "a").await;
    let sql = "UPDATE jobs SET argument = '{}'";
    sqlx::query(sql).execute(pool).await.unwrap();
    let error = run_due(pool).await.pop().unwrap().unwrap_err();
    assert!(error.contains("from another version"), "{error}");
    assert_eq!(in_state(pool, State::Waiting).await.len(), 1);
}

#[tokio::test]
async fn of_unique_jobs_one_waits_and_one_that_runs_does_not_count() {
    let database = database().await;
    let pool = database.pool();
    let id = add(pool, "unique").await;
    assert_eq!(enqueue(pool, &probe("unique")).await.unwrap(), None);
    add(pool, "unique too").await;
    assert_eq!(waiting(pool).await.len(), 2);

    let sql = "UPDATE jobs SET state = 'running' WHERE id = $1";
    sqlx::query(sql).bind(id).execute(pool).await.unwrap();
    let next = enqueue(pool, &probe("unique")).await.unwrap();
    assert!(next.is_some());
    // The first one cannot wait beside it again.
    assert!(operate::cancel(pool, id).await.unwrap());
    assert!(!operate::retry(pool, id).await.unwrap());
}

#[tokio::test]
async fn all_failed_jobs_of_a_kind_are_tried_again_and_one_of_those_with_the_same_key() {
    let database = database().await;
    let pool = database.pool();
    for name in ["a", "b", "unique 1", "unique 2", "done"] {
        add(pool, name).await;
    }
    let execute = async |sql: &'static str| {
        sqlx::query(sql).execute(pool).await.unwrap();
    };
    execute("UPDATE jobs SET state = 'failed', attempts = 3").await;
    execute("UPDATE jobs SET state = 'done' WHERE argument LIKE '%done%'").await;
    add(pool, "unique 1").await;
    execute("UPDATE jobs SET state = 'failed' WHERE state = 'waiting'").await;
    add(pool, "unique 2").await;
    assert_eq!(operate::retry_failed(pool, "another").await.unwrap(), 0);
    // Both without a key, and the newest of the first key; of the second, one waits already.
    assert_eq!(operate::retry_failed(pool, "probe").await.unwrap(), 3);
    let left = in_state(pool, State::Failed).await;
    let left: Vec<&str> = left.iter().map(|job| &*job.argument).collect();
    assert_eq!(left, [r#"{"name":"unique 2"}"#, r#"{"name":"unique 1"}"#]);
    assert_eq!(run_due(pool).await, [Ok(()), Ok(()), Ok(()), Ok(())]);
    assert_eq!(operate::retry_failed(pool, "probe").await.unwrap(), 2);
}

#[tokio::test]
async fn the_highest_priority_goes_first_and_nothing_before_its_time() {
    let database = database().await;
    let pool = database.pool();
    let later = time::OffsetDateTime::now_utc() + time::Duration::hours(1);
    for (name, priority, run_at) in [
        ("low", -1, None),
        ("later", 9, Some(later)),
        ("high", 5, None),
    ] {
        let job = probe(name);
        let options = Options {
            priority,
            run_at,
            ..Options::of(&job)
        };
        enqueue_with(pool, &job, options).await.unwrap().unwrap();
    }
    assert_eq!(run_due(pool).await.len(), 2);
    let done = in_state(pool, State::Done).await;
    let begun = |name: &str| {
        let job = done.iter().find(|job| job.argument.contains(name));
        job.unwrap().started_at.unwrap()
    };
    assert!(begun("high") < begun("low"));
    let enqueued = waiting(pool).await;
    assert_eq!(enqueued, [probe("later")]);
}

#[tokio::test]
async fn a_worker_runs_what_is_enqueued_and_shows_its_progress() {
    let (database, counter) = (database().await, Counter::default());
    let pool = database.pool();
    let worker = worker(&database, &counter, LONG);
    add(pool, "wait").await;
    wait(async || {
        let running = in_state(pool, State::Running).await;
        running.iter().any(|job| job.progress == Some(40))
    })
    .await;
    let queues = operate::queues(pool).await.unwrap();
    assert_eq!((&*queues[0].kind, queues[0].running), ("probe", 1));
    counter.go_on.notify_one();
    wait(async || in_state(pool, State::Done).await.len() == 1).await;
    worker.stop();
    worker.ended().await;
}

#[tokio::test]
async fn a_worker_that_stops_takes_nothing_more_and_leaves_to_others_what_does_not_end() {
    let (database, counter) = (database().await, Counter::default());
    let pool = database.pool();
    let worker = worker(&database, &counter, LONG);
    add(pool, "wait").await;
    wait(async || counter.begun() == 1).await;
    worker.stop();
    worker.ended().await;
    let left = in_state(pool, State::Waiting).await;
    // The attempt does not count.
    assert_eq!((left.len(), left[0].attempts), (1, 0));
    add(pool, "a").await;
    assert_eq!(counter.begun(), 1);
}

/// A job that fails, and cannot say when to try it again.
#[derive(Serialize, Deserialize)]
struct Hasty {}

impl Job for Hasty {
    const KIND: &'static str = "hasty";

    fn pause(_: u16) -> Duration {
        panic!("no idea")
    }
}

#[tokio::test]
async fn a_worker_stores_what_came_of_many_jobs_one_of_which_has_no_pause() {
    let (database, counter) = (database().await, Counter::default());
    let pool = database.pool();
    let registry = registry().job(|_: Counter, _: Hasty, _: Attempt| async move {
        Err(std::io::Error::other("no luck"))?;
        Ok(())
    });
    enqueue(pool, &Hasty {}).await.unwrap().unwrap();
    for _ in 0..100 {
        add(pool, "a").await;
    }
    add(pool, "gives up").await;
    let db = Db::from_pool(pool.clone());
    let worker = Worker::new(db, registry, counter.clone(), Settings::default()).start();
    wait(async || in_state(pool, State::Done).await.len() == 100).await;
    wait(async || in_state(pool, State::Failed).await.len() == 1).await;
    wait(async || in_state(pool, State::Waiting).await.len() == 1).await;
    worker.stop();
    worker.ended().await;
    assert_eq!(counter.begun(), 101);
    let waiting = in_state(pool, State::Waiting).await;
    assert_eq!(waiting[0].attempts, 1);
    assert_eq!(waiting[0].last_error.as_deref(), Some("no luck"));
}

#[tokio::test]
async fn a_job_whose_worker_is_gone_runs_again_and_fails_once_no_attempt_is_left() {
    let database = database().await;
    let pool = database.pool();
    add(pool, "a").await;
    // What a process leaves that is killed while it runs the job.
    let sql = "UPDATE jobs SET state = 'running', lease = id, attempts = 1, run_at = now() + interval '1 minute'";
    sqlx::query(sql).execute(pool).await.unwrap();
    assert_eq!(run_due(pool).await, []);
    testing::pass_time(pool).await.unwrap();
    assert_eq!(run_due(pool).await, [Ok(())]);

    add(pool, "b").await;
    let sql = "UPDATE jobs SET state = 'running', lease = id, attempts = 3 WHERE state = 'waiting'";
    sqlx::query(sql).execute(pool).await.unwrap();
    let error = run_due(pool).await.pop().unwrap().unwrap_err();
    assert!(
        error.contains("the process that ran it has ended"),
        "{error}"
    );
    assert_eq!(in_state(pool, State::Failed).await.len(), 1);
}

#[tokio::test]
async fn a_lease_is_extended_while_the_job_runs_and_a_job_that_is_cancelled_is_dropped() {
    let (database, counter) = (database().await, Counter::default());
    let pool = database.pool();
    let worker = worker(&database, &counter, Duration::from_secs(12));
    let id = add(pool, "wait").await;
    let due = async || {
        in_state(pool, State::Running)
            .await
            .pop()
            .map(|job| job.run_at)
    };
    wait(async || due().await.is_some()).await;
    let first = due().await;
    wait(async || due().await > first).await;
    assert_eq!(counter.begun(), 1);
    assert!(operate::cancel(pool, id).await.unwrap());
    // The test and the worker have the counter; the job that is dropped had it, too.
    wait(async || Arc::strong_count(&counter.begun) == 2).await;
    assert_eq!(in_state(pool, State::Cancelled).await.len(), 1);
    worker.stop();
    worker.ended().await;
}

#[tokio::test]
async fn what_a_job_does_in_the_transaction_of_its_end_happens_once() {
    let database = database().await;
    let pool = database.pool();
    for name in ["a", "cancelled"] {
        add(pool, name).await;
    }
    let complete =
        Registry::default().job(|pool: PgPool, job: Probe, attempt: Attempt| async move {
            let mut tx = pool.begin().await?;
            let effect = probe(&format!("effect of {}", job.name));
            let options = Options {
                run_at: Some(time::OffsetDateTime::now_utc() + time::Duration::hours(1)),
                ..Options::of(&effect)
            };
            enqueue_with(&mut *tx, &effect, options).await?;
            if job.name == "cancelled" {
                operate::cancel(&pool, attempt.id()).await?;
            }
            attempt.complete(&mut *tx).await?;
            tx.commit().await?;
            Ok(())
        });
    let ran = testing::run_due(pool, &complete, pool).await.unwrap();
    assert!(ran[0].outcome.is_ok() && ran[1].outcome.is_err(), "{ran:?}");
    let effects = waiting(pool).await;
    assert_eq!(effects, [probe("effect of a")]);
    assert_eq!(in_state(pool, State::Done).await.len(), 1);
    assert_eq!(in_state(pool, State::Cancelled).await.len(), 1);
}

#[tokio::test]
async fn a_schedule_enqueues_once_over_all_workers() {
    let database = database().await;
    let (pool, db) = (database.pool(), Db::from_pool(database.pool().clone()));
    let registry = registry().schedule("tick", "0 0 1 1 *", &probe("tick"));
    let tick = async || {
        let tick = || testing::tick(&db, &registry);
        tokio::try_join!(tick(), tick(), tick(), tick()).unwrap();
    };
    // A new schedule begins with its next time.
    tick().await;
    assert_eq!(waiting(pool).await, []);

    for _ in 0..2 {
        testing::pass_time(pool).await.unwrap();
        tick().await;
        let enqueued = waiting(pool).await;
        assert_eq!(enqueued, [probe("tick")]);
        assert_eq!(run_due(pool).await, [Ok(())]);
        tick().await;
        assert_eq!(waiting(pool).await, []);
    }
}

#[tokio::test]
async fn a_worker_looks_at_the_schedules() {
    let database = database().await;
    let (pool, db) = (database.pool(), Db::from_pool(database.pool().clone()));
    let registry = || registry().schedule("tick", "0 0 1 1 *", &probe("tick"));
    testing::tick(&db, &registry()).await.unwrap();
    testing::pass_time(pool).await.unwrap();
    let settings = Settings::default();
    let worker = Worker::new(db, registry(), Counter::default(), settings).start();
    wait(async || in_state(pool, State::Done).await.len() == 1).await;
    worker.stop();
    worker.ended().await;
}

#[test]
#[should_panic(expected = "the schedule `never`")]
fn a_schedule_that_cannot_be_read_is_an_error_at_once() {
    let _ = registry().schedule("never", "61 * * * *", &probe("a"));
}

#[tokio::test]
async fn jobs_of_the_application_are_counted_and_old_ones_deleted() {
    let app = TestApp::new().await;
    let (user, _) = app.logged_in("ada").await;
    app.note(&user, "Numbers", "one two three").await;
    let (pool, job) = (app.database.pool(), WordCount { user: user.id });
    enqueue(pool, &job).await.unwrap().unwrap();
    let run = async || {
        let ran = testing::run_due(pool, &jobs::registry(), &app.state).await;
        ran.unwrap()
    };
    let done = |kind: &str| Ran {
        kind: kind.to_owned(),
        outcome: Ok(()),
    };
    assert_eq!(run().await, [done("word_count")]);
    let jobs = in_state(pool, State::Done).await;
    assert_eq!(jobs[0].note.as_deref(), Some("words: 3, notes: 1"));

    app.execute("UPDATE jobs SET finished_at = now() - interval '8 days'")
        .await;
    let clean_up = app::jobs::clean_up::CleanUp {};
    enqueue(pool, &clean_up).await.unwrap().unwrap();
    assert_eq!(run().await, [done("clean_up")]);
    let left = in_state(pool, State::Done).await;
    assert_eq!((left.len(), &*left[0].kind), (1, "clean_up"));
}
