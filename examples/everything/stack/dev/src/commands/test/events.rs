//! What happens outside: saves, keys, signals.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crossterm::event::{self, KeyEvent};
use tokio::sync::mpsc::UnboundedSender;

use crate::error::Result;
use crate::project::Project;
use crate::signal::interrupted;
use crate::watch::Watcher;

/// What happens while the daemon waits or runs.
#[derive(Debug)]
pub(super) enum Event {
    Saved(BTreeSet<PathBuf>),
    /// Files cannot be watched any more, and why.
    Blind(String),
    Key(KeyEvent),
    /// Somebody outside wants it to end.
    Ended,
}

/// Hands on what is saved.
pub(super) fn watch(project: &Project, events: &UnboundedSender<Event>) -> Result<()> {
    let mut watcher = Watcher::start(project.folder())?;
    let root = project.folder().to_owned();
    let events = events.clone();
    tokio::spawn(async move {
        loop {
            let event = match watcher.next().await {
                Ok(files) => Event::Saved(without_passing(files, |file| root.join(file).exists())),
                Err(error) => {
                    let _ = events.send(Event::Blind(error.to_string()));
                    return;
                }
            };
            if events.send(event).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// Without what came and went while something was saved or built: no ending, and not there any more. A folder of
/// code that is gone looks the same, and is kept if nothing beside it was saved.
fn without_passing(files: BTreeSet<PathBuf>, exists: impl Fn(&Path) -> bool) -> BTreeSet<PathBuf> {
    let there: Vec<&PathBuf> = files.iter().filter(|file| exists(file)).collect();
    let mut folders: BTreeSet<_> = there.iter().map(|file| file.parent()).collect();
    folders.insert(Some(Path::new("")));
    let passing = |file: &Path| file.extension().is_none() && folders.contains(&file.parent());
    let kept = files.iter().filter(|file| exists(file) || !passing(file));
    kept.cloned().collect()
}

/// Hands on each key, from a thread that ends with the process: there is no other way out of waiting for one.
pub(super) fn listen_to_keys(events: &UnboundedSender<Event>) {
    let events = events.clone();
    std::thread::spawn(move || {
        while let Ok(event) = event::read() {
            if let event::Event::Key(key) = event
                && events.send(Event::Key(key)).is_err()
            {
                return;
            }
        }
    });
}

/// Hands on Ctrl-C, the end of the terminal, and being asked to end. Once is enough: the daemon goes then.
pub(super) fn listen_to_signals(events: &UnboundedSender<Event>) -> Result<()> {
    let interrupted = interrupted()?;
    let events = events.clone();
    tokio::spawn(async move {
        interrupted.await;
        let _ = events.send(Event::Ended);
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_editor_writes_in_between_is_not_named() {
        let files = [
            "src/app.rs",
            "src/sedXyZ",
            "src/gone.rs",
            "old/folder",
            "targetAb",
        ];
        let kept = without_passing(files.iter().map(PathBuf::from).collect(), |file| {
            file == Path::new("src/app.rs")
        });
        let wanted = ["old/folder", "src/app.rs", "src/gone.rs"];
        assert!(kept.iter().eq(wanted.map(PathBuf::from).iter()), "{kept:?}");
    }
}
