//! `cargo dev record`: the application with `RECORD`, until Ctrl-C.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use stack_load::Recording;
use stack_load::recording::Counts;

use crate::cargo;
use crate::cli::Record;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::signal::{interrupted, terminate};
use crate::ui;

pub(super) async fn run(project: &Project, arguments: &Record) -> Result<ExitCode> {
    let file = &arguments.out;
    let before = if file.exists() {
        counts(file)?
    } else {
        Counts::default()
    };
    let path = std::path::absolute(file)
        .map_err(|error| Error::new(format!("`{}`: {error}", file.display())))?;
    let application = cargo::build(project, &[], &project.name()?)?;
    let interrupted = interrupted()?;
    let mut command = Command::new(&application);
    cargo::forget_this_program(&mut command);
    let mut child = command
        .current_dir(project.folder())
        .env("APP_ENV", "development")
        .env("RECORD", &path)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| Error::new(format!("the application could not be started: {error}")))?;
    let log = child.stdout.take();
    let shown = file.display().to_string();
    let reader = std::thread::spawn(move || {
        for line in log.map(BufReader::new).into_iter().flat_map(BufRead::lines) {
            let Ok(line) = line else { break };
            ui::result(&line);
            if let Some((_, url)) = line.split_once("listening on http://") {
                ui::say(&format!(
                    "recording http://{url} in `{shown}`: use it in the browser, then press Ctrl-C"
                ));
            }
        }
    });
    // The application writes the rest, and this program waits for it. Ctrl-C is for both, other signals are not.
    let id = child.id();
    tokio::spawn(async move {
        interrupted.await;
        terminate(id);
    });
    let ended = tokio::task::spawn_blocking(move || child.wait()).await;
    reader.join().ok();
    let status = ended
        .map_err(std::io::Error::other)
        .flatten()
        .map_err(|error| Error::new(format!("the application was lost: {error}")))?;
    if !file.exists() {
        return Err(
            Error::new("the application has not started; see the error above").hint("cargo dev"),
        );
    }
    let now = counts(file)?;
    ui::say(&format!(
        "recorded in `{}`: {} live connections, {} messages, {} requests",
        file.display(),
        now.connections.saturating_sub(before.connections),
        now.messages.saturating_sub(before.messages),
        now.requests.saturating_sub(before.requests),
    ));
    if !status.success() {
        return Err(
            Error::new("the application has failed; see the error above").hint("cargo dev"),
        );
    }
    ui::say(&format!("play it: cargo dev load {}", file.display()));
    Ok(ExitCode::SUCCESS)
}

/// How much is in a recording.
fn counts(file: &Path) -> Result<Counts> {
    let name = file.display();
    let opened =
        File::open(file).map_err(|error| Error::new(format!("cannot read `{name}`: {error}")))?;
    match Recording::read(BufReader::new(opened)) {
        Ok(recording) => Ok(recording.counts()),
        Err(error) => {
            Err(Error::new(format!("`{name}`: {error}"))
                .hint("cargo dev record --out another.jsonl"))
        }
    }
}
