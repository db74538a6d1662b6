//! Processes that end without a word.

use std::{collections::BTreeMap, time::Duration};

use stack_live::broadcast::{self, Hub};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{PATIENCE, live::Socket};
use crate::{
    common::migrated_database,
    process::{program, serving},
};

/// Waits until so many are on the gallery, as a process sees it that has no pages.
async fn present(hub: &Hub, number: usize) {
    let comes = async {
        loop {
            let guests: BTreeMap<String, String> = hub.present("components");
            if guests.len() == number {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, comes).await.unwrap();
}

#[tokio::test]
async fn who_was_at_a_process_that_is_killed_leaves_the_topic_for_the_others() {
    let database = migrated_database().await;
    let (hub, mut tasks) = (Hub::default(), JoinSet::new());
    tasks.spawn(broadcast::connect(hub.clone(), database.pool().clone()));
    let (mut process, _log, address) = serving(&mut program(), database.url());
    let _guest = Socket::joined_to(&address.to_string(), "/components").await;
    present(&hub, 1).await;
    process.kill().unwrap();
    process.wait().unwrap();
    present(&hub, 0).await;
}
