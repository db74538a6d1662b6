//! `cargo dev load`: builds the load generator with optimisation, and starts it with a plan.
//!
//! 1. read the recording, so that a mistake in it is known before anything is built;
//! 2. build `stack/load`, and with `--serve` the application ([`served`]);
//! 3. start it. What it prints and its exit code are those of this command.

mod served;

use std::path::Path;
use std::process::{Command, ExitCode};

use stack_load::{Plan, Script};

use crate::cargo;
use crate::cli::Load;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::signal::{interrupted, terminate};
use crate::ui;
use served::Served;

pub(super) async fn run(project: &Project, arguments: &Load) -> Result<ExitCode> {
    for (file, _) in &arguments.files {
        check(file, arguments.visitor.as_deref())?;
    }
    let url = match (&arguments.url, &arguments.i_own) {
        (Some(url), _) => url.clone(),
        (None, Some(own)) => own.clone(),
        (None, None) => {
            let port = project.setting("PORT").unwrap_or_else(|| "3000".to_owned());
            format!("http://127.0.0.1:{port}")
        }
    };
    // Checked before anything is built; the generator itself resolves the name.
    stack_load::target::Origin::parse(&url)?;
    let program = cargo::build(
        project,
        &["--release", "--package", "stack_load"],
        "stack_load",
    )?;
    // From here on there is something to clean up.
    let interrupted = interrupted()?;
    let served = if arguments.serve {
        Some(Served::start(project).await?)
    } else {
        None
    };
    let url = served.as_ref().map_or(url, |served| served.url.clone());
    let metrics = match (&served, &arguments.metrics) {
        (_, Some(metrics)) => Some(metrics.clone()),
        (Some(served), None) => Some(served.metrics.clone()),
        // That of this project, if it is what is loaded.
        (None, None) if arguments.url.is_none() && arguments.i_own.is_none() => project
            .setting("METRICS_ADDRESS")
            .map(|address| format!("http://{}", address.replace("0.0.0.0", "127.0.0.1"))),
        (None, None) => None,
    };
    let plan = plan(arguments, url, metrics);
    let mut command = Command::new(program);
    cargo::forget_this_program(&mut command);
    command.arg(plan.to_json());
    let failed = |error| Error::new(format!("`stack_load` could not be started: {error}"));
    let mut generator = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let status = tokio::select! {
        biased;
        status = generator.wait() => status,
        // The generator got Ctrl-C as well, and writes its report.
        _ = tokio::signal::ctrl_c() => generator.wait().await,
        // After a signal to terminate, nobody needs a report.
        () = interrupted => {
            if let Some(id) = generator.id() {
                terminate(id);
            }
            generator.wait().await
        }
    };
    let status = status.map_err(failed)?;
    if let Some(served) = served {
        served.stop().await;
    }
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// How many users there are if nothing is said.
const USERS: usize = 10;
/// The same with a rate: at most so many visits at once.
const USERS_AT_A_RATE: usize = 1000;

fn plan(arguments: &Load, url: String, metrics: Option<String>) -> Plan {
    let usual = arguments.rate.map_or(USERS, |_| USERS_AT_A_RATE);
    Plan {
        recordings: arguments.files.clone(),
        rate: arguments.rate,
        metrics,
        visitor: arguments.visitor.clone(),
        url,
        own: arguments.i_own.clone(),
        ca: arguments.ca.clone(),
        users: arguments.users.unwrap_or(usual),
        ramp: arguments.ramp,
        duration: arguments.duration,
        think: arguments.think,
        timeout: arguments.timeout,
        threads: arguments.threads,
        set: arguments.set.clone(),
        fresh: arguments.fresh,
        page: (!arguments.headless).then_some(arguments.port),
        json: arguments.json,
        max_p99: arguments.max_p99,
        max_stall: arguments.max_stall,
        max_errors: arguments.max_errors,
        folder: arguments.report.clone(),
    }
}

/// Checks that the recording can be played.
fn check(file: &Path, visitor: Option<&str>) -> Result<()> {
    let (recording, _) = Script::open(file, visitor)?;
    if recording.visitors.len() > 1 && visitor.is_none() {
        let others: Vec<String> = recording
            .visitors
            .iter()
            .map(|one| format!("{} ({} steps)", one.id, one.activity()))
            .collect();
        ui::say(&format!(
            "of the visitors {} the one who did most is played; `--visitor` takes another",
            others.join(", ")
        ));
    }
    Ok(())
}
