//! Asking a process to end.

use tokio::process::Child;

use crate::error::{Error, Result};

/// Lets a child end in its own way (SIGTERM); where there are no signals it is ended at once. One that has
/// ended already is left.
pub(crate) fn terminate(child: &mut Child) -> Result<()> {
    let Some(id) = child.id() else { return Ok(()) };
    let said = |error: std::io::Error| Error::new(format!("process {id} cannot be ended: {error}"));
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process};

        let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
        match pid.map(|pid| kill_process(pid, Signal::TERM)) {
            None | Some(Ok(()) | Err(rustix::io::Errno::SRCH)) => Ok(()),
            Some(Err(error)) => Err(said(error.into())),
        }
    }
    #[cfg(not(unix))]
    child.start_kill().map_err(said)
}
