//! Processes that end without a word.

use stack_live::broadcast;
use tokio::task::JoinSet;

use super::live::Socket;
use crate::{
    common::{LivePage, TestApp},
    process::{program, serving},
};

#[tokio::test]
async fn who_was_at_a_process_that_is_killed_leaves_the_topic_for_the_others() {
    let (app, mut tasks) = (TestApp::new().await, JoinSet::new());
    let hub = app.state.live.hub().clone();
    tasks.spawn(broadcast::connect(hub, app.database.pool().clone()));
    let (mut process, _log, address) = serving(&mut program(), app.database.url());
    let _guest = Socket::joined_to(&address.to_string(), "/components").await;
    let mut page = LivePage::open(&app, &mut app.client(), "/components").await;
    page.expect(".visitors li").await;
    process.kill().unwrap();
    process.wait().unwrap();
    // That nothing comes for longer than the lease of a process is how the test would fail.
    page.expect_text("Nobody else is here.").await;
}
