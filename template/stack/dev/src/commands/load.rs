//! `cargo dev load`: builds what plays with optimisation, and hands it a plan.
//!
//! 1. read the recording, so that a mistake in it is known before anything is built;
//! 2. build `stack/load`, and with `--serve` the application ([`served`]);
//! 3. let it play. What it prints and its exit code are those of this command.

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
    check(&arguments.file, arguments.connection.as_deref())?;
    let url = match (&arguments.url, &arguments.i_own) {
        (Some(url), _) => url.clone(),
        (None, Some(own)) => own.clone(),
        (None, None) => {
            let port = project.setting("PORT").unwrap_or_else(|| "3000".to_owned());
            format!("http://127.0.0.1:{port}")
        }
    };
    // Said before anything is built; the program itself looks where the name leads.
    stack_load::target::Origin::parse(&url)?;
    let program = cargo::build(
        project,
        &["--release", "--package", "stack_load"],
        "stack_load",
    )?;
    // From here on there is something to put away.
    let interrupted = interrupted()?;
    let served = if arguments.serve {
        Some(Served::start(project).await?)
    } else {
        None
    };
    let url = served.as_ref().map_or(url, |served| served.url.clone());
    let plan = plan(arguments, url);
    let mut command = Command::new(program);
    cargo::forget_this_program(&mut command);
    command.arg(plan.to_json().to_string());
    let failed = |error| Error::new(format!("`stack_load` could not be started: {error}"));
    let mut player = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let status = tokio::select! {
        biased;
        status = player.wait() => status,
        // The program has heard it as well, and writes its report.
        _ = tokio::signal::ctrl_c() => player.wait().await,
        // Whoever wants the end of everything has no use for a report.
        () = interrupted => {
            if let Some(id) = player.id() {
                terminate(id);
            }
            player.wait().await
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

fn plan(arguments: &Load, url: String) -> Plan {
    Plan {
        file: arguments.file.clone(),
        connection: arguments.connection.clone(),
        url,
        own: arguments.i_own.clone(),
        users: arguments.users,
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
        max_errors: arguments.max_errors,
        folder: arguments.report.clone(),
    }
}

/// Whether the recording can be played.
fn check(file: &Path, connection: Option<&str>) -> Result<()> {
    let (recording, _) = Script::open(file, connection)?;
    if recording.visitors.len() > 1 && connection.is_none() {
        let others: Vec<String> = recording
            .visitors
            .iter()
            .map(|one| format!("{} ({} steps)", one.id, one.worth()))
            .collect();
        ui::say(&format!(
            "of the visitors {} the one who did most is played; `--connection` takes another",
            others.join(", ")
        ));
    }
    Ok(())
}
