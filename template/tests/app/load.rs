//! Replays `load/demo.jsonl` on a real socket: it fails if a page has changed so that the recording must be updated.

use std::{path::Path, time::Duration};

use app::app::App;
use stack_load::{Plan, play, run};

use crate::common::{config, database, serve};

const RECORDING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/load/demo.jsonl");

#[tokio::test(flavor = "multi_thread")]
async fn the_recording_in_the_project_can_be_played_on_the_pages_as_they_are() {
    let database = database().await;
    let app = App::build(config(database.url(), &[("MAIL_URL", "none")]))
        .await
        .unwrap();
    let address = app.address().unwrap();
    let (_stop, _server) = serve(app);
    let mut plan = Plan::new(RECORDING, format!("http://{address}"));
    plan.users = 3;
    plan.ramp = 100.0;
    plan.think = Some((Duration::ZERO, Duration::ZERO));
    let script = run::script(Path::new(RECORDING), None).unwrap();
    let names = script.names.clone();
    let target = play::resolve(&plan).await.unwrap();
    let results = play::play_iterations(&plan, script, &target, 2)
        .await
        .unwrap();

    let errors: Vec<String> = results
        .counts
        .errors
        .iter()
        .map(|((step, kind), count)| format!("{count} × {}: {kind}", names[*step]))
        .collect();
    assert_eq!(errors, [""; 0], "record it again: docs/load-tests.md");
    assert_eq!(results.counts.iterations, 6);
    assert!(
        names.iter().any(|name| name == "POST /register"),
        "{names:?}"
    );
}
