//! `work` as a process.
#![cfg(unix)]

use std::{
    io::{BufRead, BufReader},
    process::Child,
};

use app::jobs::word_count::WordCount;
use stack_jobs::{
    enqueue,
    operate::{self, State},
    testing,
};

use super::{in_state, wait};
use crate::{
    common::migrated_database,
    process::{in_production, terminate},
};

/// Starts `work`, and waits until it looks for jobs.
fn work(database: &str) -> Child {
    let mut child = in_production(database).arg("work").spawn().unwrap();
    let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(log.any(|line| line.unwrap().contains("waiting for jobs")));
    // Nobody reads the rest, and nothing of it is lost by that.
    std::thread::spawn(move || log.for_each(drop));
    child
}

#[tokio::test]
async fn a_job_of_a_killed_process_runs_again_and_sigterm_ends_a_process() {
    let database = migrated_database().await;
    let pool = database.pool();
    let user = serde_json::from_str("\"00000000-0000-7000-8000-000000000000\"").unwrap();
    enqueue(pool, &WordCount { user }).await.unwrap().unwrap();
    // While this is held, nobody can read who the user is.
    let mut holding = pool.begin().await.unwrap();
    let sql = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE";
    sqlx::query(sql).execute(&mut *holding).await.unwrap();
    let mut killed = work(database.url());
    wait(async || in_state(pool, State::Running).await.len() == 1).await;
    killed.kill().unwrap();
    killed.wait().unwrap();
    holding.rollback().await.unwrap();
    // The lease ends.
    testing::pass_time(pool).await.unwrap();

    let mut child = work(database.url());
    wait(async || in_state(pool, State::Failed).await.len() == 1).await;
    let jobs = operate::list(pool, State::Failed, 1).await.unwrap();
    assert_eq!(jobs[0].attempts, 2);
    let error = jobs[0].last_error.as_deref();
    assert_eq!(error, Some("the account was deleted"));
    terminate(&child);
    assert!(child.wait().unwrap().success());
}
