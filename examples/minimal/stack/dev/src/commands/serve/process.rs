//! A process, until its end.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::show::plain;
use crate::ui;

/// How many lines of what a program said last are kept.
const LAST_WORDS: usize = 60;

/// How often a process is asked whether it has ended, if it has not said so by closing its output.
const LOOK: Duration = Duration::from_millis(200);

/// How long its output may stay open after its end, which is so if something that it has started holds it.
const ECHO: Duration = Duration::from_secs(2);

/// A process that was started, and is waited for.
pub(super) struct Process {
    end: oneshot::Receiver<End>,
    kill: oneshot::Sender<()>,
}

/// How a program has ended.
pub(super) struct End {
    pub(super) success: bool,
    pub(super) how: String,
    /// What it has written to standard error, and how it has ended.
    pub(super) last_words: String,
}

impl Process {
    pub(super) fn watch(mut child: Child) -> Self {
        let (sender, end) = oneshot::channel();
        let (kill, killed) = oneshot::channel();
        let words = child.stderr.take().map(listen);
        tokio::spawn(async move {
            sender.send(wait(child, words, killed).await).ok();
        });
        Self { end, kill }
    }

    /// Ready when it has ended, once. Nothing is lost if the future is dropped.
    pub(super) async fn ended(&mut self) -> End {
        match (&mut self.end).await {
            Ok(end) => end,
            Err(_) => std::future::pending().await,
        }
    }

    pub(super) async fn kill(self) {
        self.kill.send(()).ok();
        self.end.await.ok();
    }
}

async fn wait(
    mut child: Child,
    words: Option<oneshot::Receiver<String>>,
    mut killed: oneshot::Receiver<()>,
) -> End {
    let mut words = words.unwrap_or_else(|| oneshot::channel().1);
    let (mut said, mut asked) = (None, false);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Ok(status),
            Ok(None) => {}
            Err(error) => break Err(error),
        }
        tokio::select! {
            last = &mut words, if said.is_none() => said = Some(last.unwrap_or_default()),
            kill = &mut killed, if !asked => {
                asked = true;
                if kill.is_ok() {
                    child.kill().ok();
                }
            }
            () = sleep(if said.is_some() { LOOK / 20 } else { LOOK }) => {}
        }
    };
    let said = match said {
        Some(said) => said,
        // What it has started may hold its output open.
        None => timeout(ECHO, words)
            .await
            .ok()
            .and_then(Result::ok)
            .unwrap_or_default(),
    };
    End {
        success: status.as_ref().is_ok_and(std::process::ExitStatus::success),
        how: match status {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        },
        last_words: said,
    }
}

/// Shows what a program writes to standard error, and keeps the end of it.
fn listen(stderr: ChildStderr) -> oneshot::Receiver<String> {
    let (sender, words) = oneshot::channel();
    std::thread::spawn(move || {
        let mut last = VecDeque::new();
        for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            ui::say(&line);
            if last.len() == LAST_WORDS {
                last.pop_front();
            }
            last.push_back(plain(&line));
        }
        let last: Vec<String> = last.into();
        sender.send(in_short(&last.join("\n")).to_owned()).ok();
    });
    words
}

/// Without the list of functions after a panic: where it happened stands before it.
fn in_short(words: &str) -> &str {
    let (before, _) = words
        .split_once("\nstack backtrace:")
        .unwrap_or((words, ""));
    before.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_panic_only_what_and_where_is_kept() {
        let words =
            "\nthread 'main' panicked at src/app.rs:9:9:\nno\nstack backtrace:\n   0: begin";
        assert_eq!(
            in_short(words),
            "thread 'main' panicked at src/app.rs:9:9:\nno"
        );
    }
}
