//! Texts in the markup of pages, which are changed in the running program as soon as they are saved. The build goes on
//! behind it, and its program takes over.
//!
//! What is sent are all texts that differ from the source that the running program was built of, by their places there:
//! see `maud::texts` in `stack/html`. A file that differs in anything else is left to the compiler.

mod sources;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tokio::sync::mpsc;

use super::control_channel::Writer;
use crate::error::Result;
use crate::watch::{Batch, Watcher};
use sources::Sources;

/// What the texts are and were. Cheap to clone.
#[derive(Clone)]
pub(super) struct Texts(Arc<Mutex<State>>);

struct State {
    /// The project's.
    folder: PathBuf,
    sources: Sources,
    /// To the program that runs.
    running: Option<Writer>,
}

impl Texts {
    pub(super) fn new(folder: &Path) -> Self {
        Self(Arc::new(Mutex::new(State {
            folder: folder.to_owned(),
            sources: Sources::default(),
            running: None,
        })))
    }

    /// Sends what is saved from now on, also during a build, and hands each batch on.
    pub(super) fn follow(&self, mut watcher: Watcher) -> mpsc::UnboundedReceiver<Result<Batch>> {
        let (sender, batches) = mpsc::unbounded_channel();
        let this = self.clone();
        tokio::spawn(async move {
            loop {
                let batch = watcher.next().await;
                if let Ok(batch) = &batch {
                    this.save(batch).await;
                }
                let is_last = batch.is_err();
                if sender.send(batch).is_err() || is_last {
                    return;
                }
            }
        });
        batches
    }

    async fn save(&self, batch: &Batch) {
        let changed = {
            let State {
                folder, sources, ..
            } = &mut *self.lock();
            sources.update(folder, batch)
        };
        if changed {
            self.send().await;
        }
    }

    /// The program is built of the files as they are now.
    pub(super) fn build_begins(&self) {
        let State {
            folder, sources, ..
        } = &mut *self.lock();
        sources.build_begins(folder);
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
