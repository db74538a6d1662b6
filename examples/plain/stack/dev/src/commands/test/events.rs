//! What happens outside: saves, keys, signals.

use std::collections::BTreeSet;
use std::path::PathBuf;

use tokio::sync::mpsc::UnboundedSender;

use super::keys::KeyCommand;
use crate::error::Result;
use crate::project::Project;
use crate::signal::interrupted;
use crate::watch::Watcher;

/// What happens while the daemon waits or runs.
#[derive(Debug)]
pub(super) enum Event {
    Saved(BTreeSet<PathBuf>),
    /// Files cannot be watched any more, and why.
    WatchFailed(String),
    Key(KeyCommand),
    /// A signal: the daemon is to end.
    Interrupted,
}

/// Hands on what is saved.
pub(super) fn watch(project: &Project, events: &UnboundedSender<Event>) -> Result<()> {
    let mut watcher = Watcher::start(project.folder())?;
    let root = project.folder().to_owned();
    let events = events.clone();
    tokio::spawn(async move {
        loop {
            let event = match watcher.next().await {
                Ok(mut files) => {
                    // What came and went while something was saved or built has no extension.
                    files.retain(|file| file.extension().is_some() || root.join(file).exists());
                    Event::Saved(files)
                }
                Err(error) => Event::WatchFailed(error.to_string()),
            };
            let is_last = matches!(event, Event::WatchFailed(_));
            if events.send(event).is_err() || is_last {
                return;
            }
        }
    });
    Ok(())
}

/// Hands on Ctrl-C, the end of the terminal, and a request to end. Once is enough: the daemon ends then.
pub(super) fn listen_to_signals(events: &UnboundedSender<Event>) -> Result<()> {
    let interrupted = interrupted()?;
    let events = events.clone();
    tokio::spawn(async move {
        interrupted.await;
        let _ = events.send(Event::Interrupted);
    });
    Ok(())
}
