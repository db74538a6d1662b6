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
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind)
                .map_err(|error| Error::new(format!("signals cannot be listened to: {error}")))
        };
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
        let mut keyboard = tokio::signal::windows::ctrl_c()
            .map_err(|error| Error::new(format!("signals cannot be listened to: {error}")))?;
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
        use rustix::process::{Pid, Signal, kill_process};

        let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
        match pid.map(|pid| kill_process(pid, Signal::TERM)) {
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
