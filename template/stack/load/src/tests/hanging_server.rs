//! A server that hangs in the middle of a run, as a process that is stopped does.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{
    playing::{ok, server},
    *,
};
use crate::{Plan, metrics::Results, plan::ErrorLimit, play, thresholds::failed};

/// What the server below prints before its address.
const LISTENING: &str = "listening on ";

/// A process that is not left behind.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The server of the test below, in a process of its own: it runs until it is killed.
#[tokio::test]
#[ignore = "the other test starts it"]
async fn server_process() {
    let address = server(|_| ok("hello")).await;
    println!("{LISTENING}{address}");
    std::future::pending::<()>().await;
}

fn start() -> (Running, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::hanging_server::server_process"])
        .args(["--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.map_while(Result::ok).find_map(|line| {
        let (_, address) = line.split_once(LISTENING)?;
        address.trim().parse().ok()
    });
    (Running(child), address.unwrap())
}

#[tokio::test]
async fn a_server_that_hangs_until_the_end_passes_no_threshold() {
    let (server, address) = start();
    let mut plan = Plan::new("", format!("http://{address}"));
    (plan.users, plan.ramp) = (5, 1000.0);
    plan.think = Some((Duration::ZERO, Duration::ZERO));
    plan.max_p99 = Some(Duration::from_millis(300));
    plan.max_errors = Some(ErrorLimit::Percent(1.0));
    let target = play::resolve(&plan).await.unwrap();
    let profile = tokio::sync::watch::channel(plan.load_profile()).1;
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let mut stop = Some(stop);
    let mut hangs = false;
    let on_sample = |results: &Results| {
        let last = results.timeline.last().unwrap();
        if !hangs && last.responses > 0.0 {
            hangs = true;
            let pid = server.0.id().to_string();
            let sent = Command::new("kill").args(["-STOP", &pid]).status().unwrap();
            assert!(sent.success());
        }
        if hangs
            && last.silence > 2.0
            && let Some(stop) = stop.take()
        {
            stop.send(()).unwrap();
        }
    };
    let stop = async { stopped.await.unwrap() };
    let script = script(&[http(1, "GET", "/a", 200)]);
    let played = play::play(&plan, script, &target, profile, stop, on_sample).await;

    let results = played.unwrap();
    assert_eq!(results.counts.unanswered(), 5);
    assert!(results.max() > 2000.0, "{}", results.max());
    let longest = results.stalls[0];
    assert!(longest.is_open && longest.length > Duration::from_secs(2));
    let p99 = results.counts.latencies().percentile(99.0);
    assert!(p99 < results.waits().percentile(99.0), "{p99}");
    let failed = failed(&plan, &results).join("; ");
    assert!(failed.contains("p99 is"), "{failed}");
}
