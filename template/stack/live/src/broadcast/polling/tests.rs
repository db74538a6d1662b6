#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use futures_util::StreamExt;
use sqlx::AssertSqlSafe;
use tokio::task::JoinSet;

use super::{
    super::{
        Lagged, QUEUE,
        tests::{Process, Way, database},
    },
    *,
};

const POLLING: Way = |hub, pool| {
    let outgoing = hub.outgoing();
    Box::pin(run(hub, pool, outgoing))
};

#[tokio::test]
async fn what_cannot_be_sent_is_told_to_the_others_without_waiting_for_another_message() {
    let (database, mut tasks) = (database().await, JoinSet::new());
    let one = Process::connected("notes", POLLING, &database, &mut tasks).await;
    let mut other = Process::connected("notes", POLLING, &database, &mut tasks).await;
    let rename =
        |from, to| sqlx::raw_sql(AssertSqlSafe(format!("alter table {from} rename to {to}")));
    rename("_live_messages", "gone")
        .execute(database.pool())
        .await
        .unwrap();
    one.hub.publish("notes", &"lost").unwrap();
    // Another message may have been lost before, while this one still waits.
    let waits = || {
        let outgoing = one.hub.0.outgoing.lock();
        outgoing.as_ref().unwrap().capacity() < QUEUE
    };
    while waits() || !one.hub.0.missed.load(Ordering::Acquire) {
        tokio::task::yield_now().await;
    }
    rename("gone", "_live_messages")
        .execute(database.pool())
        .await
        .unwrap();
    assert_eq!(other.deliveries.next().await, Some(Err(Lagged)));
    one.hub.publish("notes", &"found").unwrap();
    // The looks of the other one may have failed meanwhile, so that it is told twice.
    let found = loop {
        if let Some(Ok(delivery)) = other.deliveries.next().await {
            break delivery;
        }
    };
    assert_eq!(&*found.payload, "\"found\"");
}

#[tokio::test(start_paused = true)]
async fn a_row_that_took_too_long_is_told_to_the_others_as_missed() {
    let hub = Hub::default();
    let takes = |seconds| async move {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        Ok::<_, ()>(())
    };
    let limit = Duration::from_secs(3);
    for (seconds, missed) in [(2, false), (4, true)] {
        let inserted = in_time(hub.clone(), limit, takes(seconds)).await;
        assert_eq!(inserted, Ok(()));
        assert_eq!(hub.0.missed.load(Ordering::Acquire), missed);
    }
}

#[tokio::test]
async fn old_rows_are_deleted_and_new_ones_stay() {
    let (database, mut tasks) = (database().await, JoinSet::new());
    let mut one = Process::connected("notes", POLLING, &database, &mut tasks).await;
    one.hub.publish("notes", &1).unwrap();
    one.next().await;
    let count = async |query: &'static str| -> i64 {
        sqlx::query_scalar(query)
            .fetch_one(database.pool())
            .await
            .unwrap()
    };
    // Among those in which the process says that it is there.
    let new = "select count(*) from _live_messages where sender <> 'x'";
    while count(new).await == 0 {}
    let old = "insert into _live_messages (at, sender, number, envelope)
        select clock_timestamp() - interval '2 minutes', 'x', n, '' from generate_series(1, 2500) as n";
    sqlx::query(old).execute(database.pool()).await.unwrap();
    delete_old(database.pool()).await.unwrap();
    let left = "select count(*) from _live_messages where sender = 'x'";
    assert_eq!(count(left).await, 0);
    assert!(count(new).await >= 1);
}
