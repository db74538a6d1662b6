//! `cargo dev profile serve`

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use tokio::process::Child;

use super::Flamegraph;
use super::flamegraph::judge;
use crate::cargo;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::signal::{Interrupt, interrupted, terminate};
use crate::ui;

/// Runs the server until Ctrl-C or the end of `duration`, and draws what it did.
pub(super) async fn run(
    project: &Project,
    tool: &Flamegraph,
    duration: Option<Duration>,
    out: &Path,
) -> Result<ExitCode> {
    let name = project.name()?;
    let built = super::build(project, &["build", "--bin", &name])?;
    let application = cargo::find(built, &name)?;
    let picture = super::place(out)?;
    // Ctrl-C is for the server and the profiler, which get it as well; the picture comes after it.
    let interrupted = interrupted()?;
    let mut server = tokio::process::Command::from(super::program(project, &application)?)
        .arg("serve")
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Error::new(format!("the application could not be started: {error}")))?;
    let pid = server
        .id()
        .ok_or_else(|| Error::new("the application ended at once"))?;
    let mut profiler = tokio::process::Command::from(tool.attach(project, pid, &picture)?)
        .spawn()
        .map_err(|error| Error::new(format!("`flamegraph` could not be started: {error}")))?;
    match duration {
        Some(duration) => ui::say(&format!("watching it for {duration:?}")),
        None => ui::say("watching it until Ctrl-C"),
    }
    let end = async {
        match duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    let failed = |error| Error::new(format!("a process was lost: {error}"));
    let profiled = tokio::select! {
        interrupt = interrupted => {
            if interrupt == Interrupt::Other {
                stop(&mut server)?;
            }
            None
        }
        () = end => {
            stop(&mut server)?;
            None
        }
        ended = server.wait() => {
            ended.map_err(failed)?;
            None
        }
        status = profiler.wait() => Some(status.map_err(failed)?),
    };
    ui::say("drawing");
    let status = match profiled {
        Some(status) => status,
        None => profiler.wait().await.map_err(failed)?,
    };
    stop(&mut server)?;
    server.wait().await.map_err(failed)?;
    judge(
        status,
        &picture,
        "give it something to do meanwhile: `cargo dev load load/demo.jsonl`",
    )?;
    ui::result(&picture.display().to_string());
    Ok(ExitCode::SUCCESS)
}

/// Lets the server end in its own way, where there is one.
fn stop(server: &mut Child) -> Result<()> {
    let Some(id) = server.id() else { return Ok(()) };
    if !terminate(id)? {
        server
            .start_kill()
            .map_err(|error| Error::new(format!("the application cannot be ended: {error}")))?;
    }
    Ok(())
}
