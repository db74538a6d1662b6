//! A program with everything that it starts, which ends as one.
//!
//! On Unix it is the leader of a process group of its own, so Ctrl-C in the terminal does not reach it, and
//! ending it reaches what it has started; on Windows `taskkill /T` does that.

use std::io::{BufRead as _, BufReader, Read};
use std::ops::ControlFlow;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::cargo;
use crate::error::Result;
use crate::signal::end_group;

/// How long a program may take to end when it is asked to, each time.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long to wait for more output after the end, which comes to an end itself unless something that the program
/// has left running keeps it open: without a line, and at all.
const SILENCE: Duration = Duration::from_secs(5);
const ECHO: Duration = Duration::from_secs(60);

/// How a run ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Ended(ExitStatus),
    /// Ended by [`ControlFlow::Break`].
    Broken,
    Cancelled,
}

/// A line that the program has written.
#[derive(Debug)]
pub(super) enum Line {
    Out(String),
    Err(String),
}

/// Whether to give up.
#[derive(Clone, Debug)]
pub(super) struct Cancel(watch::Receiver<bool>);

impl Cancel {
    /// Giving up is sending `true`.
    pub(super) fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    pub(super) fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    async fn cancelled(&mut self) {
        if self.0.wait_for(|cancelled| *cancelled).await.is_err() {
            // Nobody is left who could.
            std::future::pending::<()>().await;
        }
    }
}

enum Said {
    Line(Line),
    Ended(std::io::Result<ExitStatus>),
}

/// Runs a program, and hands on each line; ends it, and waits for that, if it is cancelled.
pub(super) async fn run(
    mut command: Command,
    cancel: &mut Cancel,
    mut each: impl FnMut(Line) -> ControlFlow<()>,
) -> Result<End> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(cargo::not_started)?;
    let id = child.id();
    let mut said = listen(&mut child);
    std::thread::spawn({
        let said = said.0;
        move || said.send(Said::Ended(child.wait()))
    });
    loop {
        let next = tokio::select! {
            next = said.1.recv() => next,
            () = cancel.cancelled() => {
                stop(id, &mut said.1).await;
                return Ok(End::Cancelled);
            }
        };
        match next {
            Some(Said::Line(line)) => {
                if each(line).is_break() {
                    stop(id, &mut said.1).await;
                    return Ok(End::Broken);
                }
            }
            Some(Said::Ended(status)) => {
                let status = status.map_err(cargo::not_started)?;
                let rest = async {
                    let mut more = async || tokio::time::timeout(SILENCE, said.1.recv()).await;
                    while let Ok(Some(Said::Line(line))) = more().await {
                        let _ = each(line);
                    }
                };
                let cancelled = tokio::select! {
                    _ = tokio::time::timeout(ECHO, rest) => false,
                    () = cancel.cancelled() => true,
                };
                if cancelled {
                    stop(id, &mut said.1).await;
                    return Ok(End::Cancelled);
                }
                return Ok(End::Ended(status));
            }
            None => return Ok(End::Broken),
        }
    }
}

type Ear = (mpsc::UnboundedSender<Said>, mpsc::UnboundedReceiver<Said>);

/// Reads both outputs in threads, which end with the program.
fn listen(child: &mut Child) -> Ear {
    let (sender, receiver) = mpsc::unbounded_channel();
    if let Some(out) = child.stdout.take() {
        read(out, sender.clone(), Line::Out);
    }
    if let Some(err) = child.stderr.take() {
        read(err, sender.clone(), Line::Err);
    }
    (sender, receiver)
}

fn read(
    from: impl Read + Send + 'static,
    to: mpsc::UnboundedSender<Said>,
    line: fn(String) -> Line,
) {
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut bytes = Vec::new();
        while matches!(from.read_until(b'\n', &mut bytes), Ok(read) if read > 0) {
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_end_matches(['\n', '\r']).to_owned();
            bytes.clear();
            if to.send(Said::Line(line(text))).is_err() {
                break;
            }
        }
    });
}

/// Asks politely, twice (cargo-nextest ends its tests at once then, each of which is a group of its own), and
/// ends it by force if it does not listen.
async fn stop(id: u32, said: &mut mpsc::UnboundedReceiver<Said>) {
    for by_force in [false, false, true] {
        end_group(id, by_force);
        let ended = async {
            while let Some(said) = said.recv().await {
                if matches!(said, Said::Ended(_)) {
                    break;
                }
            }
        };
        if tokio::time::timeout(PATIENCE, ended).await.is_ok() {
            // The leader has ended; whoever has not listened goes now.
            end_group(id, true);
            return;
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(text: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", text]);
        command
    }

    #[tokio::test]
    async fn what_a_program_writes_is_handed_on_line_by_line() {
        let (_sender, mut cancel) = Cancel::new();
        let mut lines = Vec::new();
        let command = shell("echo one; echo two >&2; printf three; exit 7");
        let end = run(command, &mut cancel, |line| {
            let (Line::Out(text) | Line::Err(text)) = line;
            lines.push(text);
            ControlFlow::Continue(())
        });
        let End::Ended(status) = end.await.unwrap() else {
            panic!("it was not ended by anybody");
        };
        assert_eq!(status.code(), Some(7));
        lines.sort();
        assert_eq!(lines, ["one", "three", "two"]);
    }

    #[tokio::test]
    async fn what_it_has_left_running_may_take_its_time_to_say_the_rest() {
        let (_sender, mut cancel) = Cancel::new();
        let mut lines = Vec::new();
        let command = shell("(sleep 1; echo two) & echo one");
        let end = run(command, &mut cancel, |line| {
            let (Line::Out(text) | Line::Err(text)) = line;
            lines.push(text);
            ControlFlow::Continue(())
        });
        assert!(matches!(end.await.unwrap(), End::Ended(_)));
        assert_eq!(lines, ["one", "two"]);
    }

    #[tokio::test]
    async fn cancelling_ends_what_the_program_has_started_too() {
        let (sender, mut cancel) = Cancel::new();
        let mut inner = String::new();
        let command = shell("sh -c 'echo $$; exec sleep 1000' & wait");
        let end = run(command, &mut cancel, |line| {
            if let Line::Out(text) = line {
                inner = text;
            }
            let _ = sender.send(true);
            ControlFlow::Continue(())
        });
        assert!(matches!(end.await.unwrap(), End::Cancelled));
        // Its parent is gone, so whoever collects the dead does it in a moment; until then it is a zombie.
        let ends = (0..600).any(|times| {
            if times > 0 {
                std::thread::sleep(Duration::from_millis(100));
            }
            let state = Command::new("ps")
                .args(["-o", "stat=", "-p", &inner])
                .output();
            let state = state.map(|state| String::from_utf8_lossy(&state.stdout).into_owned());
            // A machine without `ps` does not tell.
            let state = state.unwrap_or_default();
            state.trim().is_empty() || state.trim().starts_with('Z')
        });
        assert!(ends, "{inner} is still there");
    }
}
