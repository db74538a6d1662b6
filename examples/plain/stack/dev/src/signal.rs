//! Signals: being asked to end, and asking others to.

use crate::error::{Error, Result};

/// Ready when this process is to end: by Ctrl-C, or by an editor, a terminal that closes, a service manager. From the call
/// on, the signals do nothing else, so that there is time to clean up.
pub(crate) fn interrupted() -> Result<impl Future<Output = ()>> {
    let failed = |error| Error::new(format!("signals cannot be listened to: {error}"));
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(failed);
        let mut interrupt = listen(SignalKind::interrupt())?;
        let mut terminate = listen(SignalKind::terminate())?;
        let mut hangup = listen(SignalKind::hangup())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c().map_err(failed)?;
        Ok(async move { drop(interrupt.recv().await) })
    }
}

/// Asks a process to end (SIGTERM). One that has ended already is left alone; where there are no signals, nothing happens.
pub(crate) fn terminate(id: u32) {
    #[cfg(unix)]
    if let Some(pid) = pid(id) {
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).ok();
    }
    #[cfg(not(unix))]
    let _ = id;
}

/// Ends a process and everything that it has started: on Unix the group that it leads, by SIGTERM or, `by_force`, by
/// SIGKILL; on Windows always by force. Processes that have ended already are left alone.
pub(crate) fn end_group(leader: u32, by_force: bool) {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, kill_process_group};

        let how = if by_force { Signal::KILL } else { Signal::TERM };
        if let Some(group) = pid(leader) {
            // Nobody may be left in it.
            kill_process_group(group, how).ok();
        }
    }
    #[cfg(not(unix))]
    {
        use std::process::{Command, Stdio};

        let _ = by_force;
        let _ = Command::new("taskkill")
            .args(["/T", "/F", "/PID", &leader.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
}

#[cfg(unix)]
fn pid(id: u32) -> Option<rustix::process::Pid> {
    i32::try_from(id)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
}
