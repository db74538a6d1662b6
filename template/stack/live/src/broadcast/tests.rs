#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use futures_util::{FutureExt, StreamExt, future::BoxFuture};
use serde_json::{Value, json, value::to_raw_value};
use stack_db::{Schema, testing::TestDatabase};
use tokio::{task::JoinSet, time::timeout};

use super::*;
use crate::testing::TIMEOUT;

/// A way between processes.
pub(super) type Way = fn(Hub, PgPool) -> BoxFuture<'static, ()>;

pub(super) const WAYS: &[Way] = &[
    // Notifications.
    |hub, pool| Box::pin(connect(hub, pool)),
{%- if cockroach %}
    // Polling.
    |hub, pool| {
        let outgoing = hub.outgoing();
        Box::pin(polling::run(hub, pool, outgoing))
    },
{%- endif %}
];

/// What a process has of all this, with one subscriber.
pub(super) struct Process {
    pub(super) hub: Hub,
    pub(super) deliveries: MailboxReceiver,
    _subscription: Subscription,
}

impl Process {
    fn new(topic: &str) -> Self {
        let (hub, (mailbox, deliveries)) = (Hub::default(), Mailbox::new());
        let subscriber = hub.subscribe(topic, &mailbox, 7);
        Self {
            hub,
            deliveries,
            _subscription: subscriber,
        }
    }

    /// Connected, which is when subscribers are told to load again.
    pub(super) async fn connected(
        topic: &str,
        way: Way,
        database: &TestDatabase,
        tasks: &mut JoinSet<()>,
    ) -> Self {
        let mut process = Self::new(topic);
        tasks.spawn(way(process.hub.clone(), database.pool().clone()));
        assert_eq!(process.deliveries.next().await, Some(Err(Lagged)));
        process
    }

    pub(super) async fn next(&mut self) -> Value {
        serde_json::from_str(&self.next_text().await).unwrap()
    }

    async fn next_text(&mut self) -> Arc<str> {
        let next = timeout(TIMEOUT, self.deliveries.next()).await;
        let delivery = next.expect("a message").unwrap().unwrap();
        assert_eq!(delivery.tag, 7);
        delivery.payload
    }
}

pub(super) async fn database() -> TestDatabase {
    TestDatabase::create(&Schema::empty()).await
}

#[tokio::test]
async fn two_processes_hear_each_other_and_themselves_once_and_in_order() {
    for &way in WAYS {
        let (database, mut tasks) = (database().await, JoinSet::new());
        let mut one = Process::connected("notes", way, &database, &mut tasks).await;
        let mut other = Process::connected("notes", way, &database, &mut tasks).await;
        // Equal ones as well.
        let numbers = [1, 2, 2, 2, 3, 4, 5, 6, 7, 8];
        for number in numbers {
            one.hub.publish("notes", &json!({ "one": number })).unwrap();
            one.hub.publish("others", &"not for us").unwrap();
        }
        for number in numbers {
            assert_eq!(one.next().await, json!({ "one": number }));
            assert_eq!(other.next().await, json!({ "one": number }));
        }
        other.hub.publish("notes", &"back").unwrap();
        assert_eq!(other.next().await, "back");
        // If anything had come twice, it would be in front of this.
        assert_eq!(one.next().await, "back");
        other.hub.publish("notes", &"end").unwrap();
        assert_eq!(
            (one.next().await, other.next().await),
            (json!("end"), json!("end"))
        );
    }
}

#[tokio::test]
async fn every_message_that_has_a_json_form_arrives_as_it_left() {
    let messages = [
        to_raw_value(&()),
        to_raw_value(&None::<u8>),
        to_raw_value(&Some(None::<u8>)),
        to_raw_value(&Some(0)),
        to_raw_value(""),
        to_raw_value("null"),
        to_raw_value(&0),
        to_raw_value(&false),
        to_raw_value(&[(), ()]),
        to_raw_value(&Vec::<u8>::new()),
        to_raw_value(&i128::MIN),
        to_raw_value(&u64::MAX),
        to_raw_value(&f64::MIN_POSITIVE),
        to_raw_value(&HashMap::from([(7, true)])),
    ];
    let messages = messages.map(Result::unwrap);
    for &way in WAYS {
        let (database, mut tasks) = (database().await, JoinSet::new());
        let mut one = Process::connected("notes", way, &database, &mut tasks).await;
        let mut other = Process::connected("notes", way, &database, &mut tasks).await;
        for message in &messages {
            one.hub.publish("notes", message).unwrap();
            assert_eq!(&*one.next_text().await, message.get());
            assert_eq!(&*other.next_text().await, message.get());
        }
    }
}

#[tokio::test]
async fn no_topic_and_no_message_means_anything_to_the_database() {
    let hostile = "a'; drop table x; -- \"ü→\u{1f980}\\%_$1{}";
    for &way in WAYS {
        let (database, mut tasks) = (database().await, JoinSet::new());
        let one = Process::connected(hostile, way, &database, &mut tasks).await;
        let mut other = Process::connected(hostile, way, &database, &mut tasks).await;
        let message = json!({ "text": format!("{hostile}\0\n\u{7}") });
        one.hub.publish(hostile, &message).unwrap();
        assert_eq!(other.next().await, message);
    }
}

#[tokio::test]
async fn the_longest_topic_and_message_still_fit() {
    let topic = "\"".repeat(TOPIC_BYTES);
    let message = "x".repeat(MESSAGE_BYTES - 2);
    for &way in WAYS {
        let (database, mut tasks) = (database().await, JoinSet::new());
        let one = Process::connected(&topic, way, &database, &mut tasks).await;
        let mut other = Process::connected(&topic, way, &database, &mut tasks).await;
        one.hub.publish(&topic, &message).unwrap();
        assert_eq!(other.next().await, *message);
    }
}

#[tokio::test]
async fn a_listening_connection_that_is_killed_comes_back_and_subscribers_load_again() {
    let (database, mut tasks) = (database().await, JoinSet::new());
    let one = Process::connected("notes", WAYS[0], &database, &mut tasks).await;
    let mut other = Process::connected("notes", WAYS[0], &database, &mut tasks).await;
    let kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity
         where datname = current_database() and query like 'LISTEN%'";
    let killed: i64 = sqlx::query_scalar(kill)
        .fetch_one(database.pool())
        .await
        .unwrap();
    assert_eq!(killed, 2);
    assert_eq!(other.deliveries.next().await, Some(Err(Lagged)));
    one.hub.publish("notes", &1).unwrap();
    assert_eq!(other.next().await, 1);
}

#[tokio::test]
async fn messages_that_are_published_at_once_are_in_the_same_order_everywhere() {
    let process = Process::new("notes");
    let (hub, mut deliveries) = (process.hub.clone(), process.deliveries);
    let (sender, mut queue) = mpsc::channel(QUEUE);
    *hub.0.outgoing.lock() = Some(sender);
    for round in 0..50 {
        let publish = |thread: u32| {
            let hub = hub.clone();
            std::thread::spawn(move || {
                for number in 0..15 {
                    hub.publish("notes", &(round, thread, number)).unwrap();
                }
            })
        };
        let threads = [0, 1, 2, 3].map(publish);
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        for _ in 0..60 {
            let here = deliveries.next().await.unwrap().unwrap().payload;
            assert_eq!(here, queue.recv().await.unwrap().payload);
        }
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_with_the_limit_and_told_to_nobody() {
    let mut process = Process::new("notes");
    let refused = |topic: &str, message: &str| {
        process
            .hub
            .publish(topic, &message)
            .unwrap_err()
            .to_string()
    };
    let error = refused(&"x".repeat(201), "");
    assert!(error.contains("200 bytes"), "{error}");
    let error = refused("a\nb", "");
    assert!(
        error.contains("control characters") && error.contains(r#""a\nb""#),
        "{error}"
    );
    let error = refused("notes", &"x".repeat(6_999));
    assert!(
        error.contains("7000 bytes") && error.contains("7001"),
        "{error}"
    );
    process.hub.publish("notes", &"fits").unwrap();
    assert_eq!(process.next().await, "fits");
}

#[tokio::test]
async fn a_mailbox_that_overflows_says_so_once_instead_of_growing() {
    let mut process = Process::new("notes");
    for number in 0..100 {
        process.hub.publish("notes", &number).unwrap();
    }
    for number in 0..63 {
        assert_eq!(process.next().await, number);
    }
    assert_eq!(process.deliveries.next().await, Some(Err(Lagged)));
    process.hub.publish("notes", &100).unwrap();
    assert_eq!(process.next().await, 100);
}

#[tokio::test]
async fn a_queue_that_is_full_is_counted_and_does_not_wait() {
    let hub = Hub::default();
    let outgoing = hub.outgoing();
    for number in 0..QUEUE + 5 {
        hub.publish("notes", &number).unwrap();
    }
    assert_eq!(hub.dropped(), 5);
    drop(outgoing);
    hub.publish("notes", &0).unwrap();
    assert_eq!(hub.dropped(), 5);
}

#[tokio::test]
async fn who_has_left_hears_nothing_and_leaves_nothing_behind() {
    let hub = Hub::default();
    let (mailbox, mut deliveries) = Mailbox::new();
    let stays = hub.subscribe("notes", &mailbox, 1);
    let leaves = hub.subscribe("notes", &mailbox, 2);
    drop(leaves);
    hub.publish("notes", &"a").unwrap();
    hub.publish("elsewhere", &"b").unwrap();
    assert_eq!(deliveries.next().await.unwrap().unwrap().tag, 1);
    drop(stays);
    assert!(hub.topics().subscribers.is_empty());
}

#[tokio::test]
async fn a_wait_that_is_given_up_loses_no_message() {
    let mut process = Process::new("notes");
    // Before the message, and between the message and its arrival.
    assert_eq!(process.deliveries.next().now_or_never(), None);
    let mut wait = Box::pin(process.deliveries.next());
    assert_eq!((&mut wait).now_or_never(), None);
    process.hub.publish("notes", &1).unwrap();
    drop(wait);
    assert_eq!(process.next().await, 1);
}
