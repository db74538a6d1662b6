//! Being asked to end, and asking others to.

use crate::error::{Error, Result};

/// Who wants this process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// Somebody at the keyboard: what this process has started in its own group has heard it as well.
    Keyboard,
    /// An editor, a terminal that closes, a service manager: nobody else was told.
    Other,
}

/// Ready when this process is to end. From the call on, nothing else ends it: what was begun can be put away.
pub(crate) fn interrupted() -> Result<impl Future<Output = Interrupt>> {
    let failed = |error| Error::new(format!("signals cannot be listened to: {error}"));
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).map_err(failed);
        let mut keyboard = listen(SignalKind::interrupt())?;
        let mut terminate = listen(SignalKind::terminate())?;
        let mut hangup = listen(SignalKind::hangup())?;
        Ok(async move {
            tokio::select! {
                _ = keyboard.recv() => Interrupt::Keyboard,
                _ = terminate.recv() => Interrupt::Other,
                _ = hangup.recv() => Interrupt::Other,
            }
        })
    }
    #[cfg(not(unix))]
    {
        let mut keyboard = tokio::signal::windows::ctrl_c().map_err(failed)?;
        Ok(async move {
            keyboard.recv().await;
            Interrupt::Keyboard
        })
    }
}

/// Lets a process end in its own way (SIGTERM). One that has ended already is left. Where there are no signals,
/// nothing happens: `false`.
pub(crate) fn terminate(id: u32) -> Result<bool> {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, kill_process};

        match pid(id).map(|pid| kill_process(pid, Signal::TERM)) {
            None | Some(Ok(()) | Err(rustix::io::Errno::SRCH)) => Ok(true),
            Some(Err(error)) => Err(Error::new(format!("process {id} cannot be ended: {error}"))),
        }
    }
    #[cfg(not(unix))]
    {
        let _ = id;
        Ok(false)
    }
}

/// Ends a process and everything that it has started: on Unix those of the group that it leads, `by_force` or each in
/// its own way; on Windows always by force. Who has ended already is left.
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
