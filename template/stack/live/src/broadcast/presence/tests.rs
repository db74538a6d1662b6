use std::time::Duration;

use stack_db::testing::TestDatabase;
use tokio::{sync::mpsc, task::JoinSet, time};

use super::*;
use crate::broadcast::tests::{Process as Subscribed, WAYS, Way, database};

/// Longer than a process that is gone is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

/// A process of its own, which can be killed by its tasks.
async fn process(way: Way, database: &TestDatabase) -> (Hub, JoinSet<()>) {
    let mut tasks = JoinSet::new();
    let process = Subscribed::connected("any", way, database, &mut tasks).await;
    (process.hub.clone(), tasks)
}

/// Waits until exactly these are on the topic.
async fn sees(hub: &Hub, topic: &str, expected: &[(&str, u32)]) {
    let mut seen = BTreeMap::new();
    let all = async {
        loop {
            seen = hub.present::<u32>(topic);
            if seen
                .iter()
                .map(|(key, data)| (key.as_str(), *data))
                .eq(expected.iter().copied())
            {
                return;
            }
            time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = time::timeout(PATIENCE, all).await;
    assert!(waited.is_ok(), "{seen:?} are there, and not {expected:?}");
}

#[tokio::test]
async fn people_are_seen_in_every_process_until_their_last_page_is_gone() {
    for &way in WAYS {
        let database = database().await;
        let (one, _tasks) = process(way, &database).await;
        let (other, _others) = process(way, &database).await;
        let ada = one.enter("room", "ada", &1).unwrap();
        let elsewhere = other.enter("room", "ada", &1).unwrap();
        let bob = other.enter("room", "bob", &2).unwrap();
        let _apart = other.enter("another room", "eve", &3).unwrap();
        for hub in [&one, &other] {
            sees(hub, "room", &[("ada", 1), ("bob", 2)]).await;
        }
        drop((ada, bob));
        for hub in [&one, &other] {
            sees(hub, "room", &[("ada", 1)]).await;
        }
        drop(elsewhere);
        for hub in [&one, &other] {
            sees(hub, "room", &[]).await;
        }
    }
}

#[tokio::test]
async fn a_process_that_comes_later_hears_of_all_who_are_there() {
    for &way in WAYS {
        let database = database().await;
        let (one, _tasks) = process(way, &database).await;
        // More than one message can hold.
        let names: Vec<String> = (0..300)
            .map(|n| format!("{n:03}{}", "\"".repeat(50)))
            .collect();
        let _there: Vec<_> = names
            .iter()
            .map(|name| one.enter("room", name, &7).unwrap())
            .collect();
        let (other, _others) = process(way, &database).await;
        let expected: Vec<_> = names.iter().map(|name| (name.as_str(), 7)).collect();
        sees(&other, "room", &expected).await;
    }
}

#[tokio::test]
async fn the_people_of_a_process_that_is_killed_are_gone_and_come_back_with_it() {
    for &way in WAYS {
        let database = database().await;
        let (one, _tasks) = process(way, &database).await;
        let (other, mut others) = process(way, &database).await;
        let _ada = one.enter("room", "ada", &1).unwrap();
        let _bob = other.enter("room", "bob", &2).unwrap();
        sees(&one, "room", &[("ada", 1), ("bob", 2)]).await;
        others.shutdown().await;
        sees(&one, "room", &[("ada", 1)]).await;
        // It was only slow.
        others.spawn(way(other.clone(), database.pool().clone()));
        sees(&one, "room", &[("ada", 1), ("bob", 2)]).await;
    }
}

#[test]
fn a_person_who_comes_costs_one_message_and_their_other_pages_none() {
    let (hub, (sender, mut sent)) = (Hub::default(), mpsc::channel(100));
    *hub.0.outgoing.lock() = Some(sender);
    let pages: Vec<_> = (0..10)
        .map(|_| hub.enter("room", "ada", &1).unwrap())
        .collect();
    assert_eq!(sent.len(), 1);
    drop(pages);
    assert_eq!(sent.len(), 2);
    assert!(sent.try_recv().unwrap().payload.contains("Came"));
    assert!(sent.try_recv().unwrap().payload.contains("Left"));
}

#[test]
fn what_is_too_long_is_refused() {
    let hub = Hub::default();
    let long = "x".repeat(PERSON_BYTES);
    assert!(matches!(
        hub.enter("room", &long, &1),
        Err(PublishError::TooLong(_))
    ));
    assert!(matches!(
        hub.enter("room", "ada", &long),
        Err(PublishError::TooLong(_))
    ));
    assert!(matches!(
        hub.enter(&long, "ada", &1),
        Err(PublishError::Topic(_))
    ));
    assert!(matches!(
        hub.publish(TOPIC, &1),
        Err(PublishError::Topic(_))
    ));
    assert!(hub.present::<u32>("room").is_empty());
}
