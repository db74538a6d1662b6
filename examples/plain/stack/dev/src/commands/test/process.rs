//! A program with everything that it starts, which ends as one.

use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::cargo;
use crate::error::Result;
use crate::signal::end_group;

/// How long a program may take to end when it is asked to, each time.
const STOP_TIMEOUT: Duration = Duration::from_secs(3);

/// Becomes `true` when what runs is to be given up.
pub(super) type Cancel = watch::Receiver<bool>;

/// Runs a program, and hands on each line of its standard output; its standard error is that of this process. If it
/// is cancelled, ends the program, waits for that, and returns none.
///
/// On Unix the program is the leader of a process group of its own, so Ctrl-C in the terminal does not reach it.
pub(super) async fn run(
    mut command: Command,
    cancel: &mut Cancel,
    mut each: impl FnMut(&str),
) -> Result<Option<ExitStatus>> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = tokio::process::Command::from(command)
        .spawn()
        .map_err(cargo::not_started)?;
    let mut lines = child.stdout.take().map(|out| BufReader::new(out).lines());
    loop {
        let line = async {
            match &mut lines {
                Some(lines) => lines.next_line().await.ok().flatten(),
                None => None,
            }
        };
        tokio::select! {
            line = line => match line {
                Some(line) => each(&line),
                None => break,
            },
            Ok(_) = cancel.wait_for(|cancelled| *cancelled) => {
                stop(child).await;
                return Ok(None);
            }
        }
    }
    Ok(Some(child.wait().await.map_err(cargo::not_started)?))
}

/// Asks politely, twice (cargo-nextest ends its tests at once then, each of which is a group of its own), and
/// ends it by force if it does not listen.
async fn stop(mut child: Child) {
    let Some(id) = child.id() else {
        return;
    };
    for by_force in [false, false, true] {
        end_group(id, by_force);
        if timeout(STOP_TIMEOUT, child.wait()).await.is_ok() {
            break;
        }
    }
    // The leader has ended; whoever has not listened goes now.
    end_group(id, true);
}
