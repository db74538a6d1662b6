//! A process, until its end.

use std::collections::VecDeque;
use std::time::Duration;

use console::strip_ansi_codes;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::signal::terminate;
use crate::ui;

/// How many lines of standard error are kept.
const KEPT_LINES: usize = 60;

/// How long to wait for the rest of the output of a program that has ended. It is complete at once, unless something that
/// it has started holds its output open, or the machine is busy.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a process that was told to end may take, before it is killed.
const END_TIMEOUT: Duration = Duration::from_secs(2);

/// A process that was started, and is waited for. If nobody waits for it any more, it is told to end, and made to.
pub(super) struct Process {
    /// None only while this is dropped.
    child: Option<Child>,
    /// What it has written to standard error, when that is closed.
    output: oneshot::Receiver<String>,
}

/// How a program has ended.
pub(super) struct End {
    pub(super) success: bool,
    pub(super) how: String,
    /// What it has written to standard error, and how it has ended.
    pub(super) stderr: String,
}

impl Process {
    pub(super) fn watch(mut child: Child) -> Self {
        let (sender, output) = oneshot::channel();
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(listen(stderr, sender));
        }
        let child = Some(child);
        Self { child, output }
    }

    /// Ready when it has ended, once. Nothing is lost if the future is dropped.
    pub(super) async fn ended(&mut self) -> End {
        let Some(child) = &mut self.child else {
            return std::future::pending().await;
        };
        let status = child.wait().await;
        let said = timeout(DRAIN_TIMEOUT, &mut self.output).await;
        End {
            success: status.as_ref().is_ok_and(std::process::ExitStatus::success),
            how: match status {
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            },
            stderr: said.ok().and_then(Result::ok).unwrap_or_default(),
        }
    }

    pub(super) async fn kill(mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself.
            child.kill().await.ok();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Without a number it has ended already.
        if let Some(mut child) = self.child.take()
            && let Some(id) = child.id()
        {
            terminate(id);
            tokio::spawn(async move {
                if timeout(END_TIMEOUT, child.wait()).await.is_err() {
                    child.kill().await.ok();
                }
            });
        }
    }
}

/// Shows what a program writes to standard error, and keeps the end of it.
async fn listen(stderr: ChildStderr, output: oneshot::Sender<String>) {
    let mut lines = BufReader::new(stderr).split(b'\n');
    let mut last = VecDeque::new();
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line).into_owned();
        ui::say(&line);
        if last.len() == KEPT_LINES {
            last.pop_front();
        }
        last.push_back(strip_ansi_codes(&line).into_owned());
    }
    let last: Vec<String> = last.into();
    output
        .send(without_backtrace(&last.join("\n")).to_owned())
        .ok();
}

/// Without the list of functions after a panic: where it happened stands before it.
fn without_backtrace(output: &str) -> &str {
    let (before, _) = output
        .split_once("\nstack backtrace:")
        .unwrap_or((output, ""));
    before.trim()
}
