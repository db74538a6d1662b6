//! Texts in the markup of pages, which are changed in the running program as soon as they are saved. The build goes on
//! behind it, and its program takes over.
//!
//! What is sent are all texts that differ from the source that the running program was built of, by their places there:
//! see `maud::texts` in `stack/html`. A file that differs in anything else is left to the compiler.

mod sources;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::control_channel::Writer;
use crate::error::Result;
use crate::watch::Watcher;
use sources::Sources;

/// What the texts are and were. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Texts(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The project's; none as long as nobody watches.
    folder: Option<PathBuf>,
    sources: Sources,
    /// To the program that runs.
    running: Option<Writer>,
}

impl Texts {
    /// Follows the files of a project as long as this command runs, also while it builds.
    pub(super) fn watch(&self, folder: &Path) -> Result<()> {
        let mut watcher = Watcher::start(folder)?;
        let folder = folder.to_owned();
        self.lock().folder = Some(folder.clone());
        let this = self.clone();
        tokio::spawn(async move {
            while let Ok(batch) = watcher.next().await {
                let changed = this.lock().sources.update(&folder, &batch);
                if changed {
                    this.send().await;
                }
            }
        });
        Ok(())
    }

    /// The program is built of the files as they are now.
    pub(super) fn build_begins(&self) {
        let mut state = self.lock();
        if let Some(folder) = state.folder.clone() {
            state.sources.build_begins(&folder);
        }
    }

    /// The program that was built last runs.
    pub(super) async fn program_runs(&self, program: Writer) {
        let any = {
            let mut state = self.lock();
            state.sources.program_runs();
            state.running = Some(program);
            !state.sources.changes().is_empty()
        };
        if any {
            self.send().await;
        }
    }

    async fn send(&self) {
        let (running, message) = {
            let state = self.lock();
            let message = json!({ "texts": state.sources.changes() });
            (state.running.clone(), message)
        };
        if let Some(running) = running {
            running.send(&message).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
