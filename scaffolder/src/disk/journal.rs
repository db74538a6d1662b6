//! What a running command has made so far, so that it can be unmade.
//!
//! Whatever is made is written down in the same breath. A failure drops the [`Journal`], which takes back its
//! steps from last to first; Ctrl-C and SIGTERM do the same from the thread that handles signals
//! ([`stop_on_signals`]), which first waits for the step at hand. After it nothing more is made: every journal
//! holds its thread until the process ends.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::thread;
use std::time::Duration;

use super::create::create_new;
use crate::error::Error;

/// One thing that was made.
#[derive(Debug)]
enum Step {
    /// A folder; taken back only if it is empty, so that nobody else's file goes with it.
    Folder(PathBuf),
    /// A file.
    File(PathBuf),
    /// A folder of our own with everything in it.
    Whole(PathBuf),
    /// Anything else.
    By(TakeBack),
}

/// How to take back a step that is more than a path.
struct TakeBack(Box<dyn FnOnce() + Send>);

impl std::fmt::Debug for TakeBack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TakeBack")
    }
}

impl Step {
    /// Best effort: this runs when something has failed already.
    fn take_back(self) {
        match self {
            Self::By(TakeBack(take_back)) => take_back(),
            Self::Folder(path) => drop(fs::remove_dir(path)),
            Self::File(path) => drop(fs::remove_file(path)),
            Self::Whole(path) => {
                // Another thread may still be writing into it (a clone): a few rounds catch up with it.
                for _ in 0..20 {
                    match fs::remove_dir_all(&path) {
                        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
                        _ => break,
                    }
                }
            }
        }
    }
}

/// How long a stop waits for the step at hand. Steps take milliseconds, unless a disk or a pipe hangs.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Default)]
struct State {
    steps: Mutex<Vec<Step>>,
    /// Locked while a step is being made.
    at_hand: Mutex<()>,
}

static RUNNING: Mutex<Vec<Weak<State>>> = Mutex::new(Vec::new());

/// Set once, when a signal says to stop.
static STOPPING: AtomicBool = AtomicBool::new(false);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere must not keep files from being removed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The steps of one operation. Dropping it takes them back, unless they were committed ([`Journal::commit`]).
#[derive(Debug)]
pub struct Journal(Arc<State>);

impl Journal {
    /// An empty journal that a stop signal knows of.
    #[must_use]
    pub fn begin() -> Self {
        let state = Arc::default();
        let mut running = lock(&RUNNING);
        running.retain(|other| other.strong_count() > 0);
        running.push(Arc::downgrade(&state));
        Self(state)
    }

    /// Does `action` while a stop signal has to wait: it happens in full or not at all.
    pub fn undisturbed<T>(&self, action: impl FnOnce() -> T) -> T {
        let at_hand = lock(&self.0.at_hand);
        if STOPPING.load(Ordering::SeqCst) {
            drop(at_hand);
            loop {
                thread::park();
            }
        }
        action()
    }

    /// Makes the folder `path`; its parent must exist.
    ///
    /// # Errors
    /// The system's own.
    pub fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.make(|| fs::create_dir(path), || Step::Folder(path.to_owned()))
    }

    /// Makes the folder `path` and whatever is missing above it.
    ///
    /// # Errors
    /// The system's own.
    pub fn make_folders(&self, path: &Path) -> io::Result<()> {
        if path.as_os_str().is_empty() || path.is_dir() {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            self.make_folders(parent)?;
        }
        match self.make_folder(path) {
            // Somebody else made it in the meantime; then it is theirs.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            other => other,
        }
    }

    /// Makes a folder that is taken back with everything in it.
    ///
    /// # Errors
    /// The system's own.
    pub fn make_whole(&self, path: &Path) -> io::Result<()> {
        self.make(|| fs::create_dir(path), || Step::Whole(path.to_owned()))
    }

    /// Makes a folder among the temporary files that is taken back with everything in it. On Unix nobody else can
    /// read it: a template may be private.
    ///
    /// A process that is killed outright leaves it behind, for the system to clear with its other temporary files:
    /// unlike a stage it has no lock, because commands and clones want the folder for themselves, and so no later
    /// run can tell it from one in use.
    ///
    /// # Errors
    /// It cannot be created.
    pub fn make_temporary(&self, purpose: &str) -> crate::error::Result<PathBuf> {
        let path = std::env::temp_dir().join(format!("heavy-{purpose}-{}-{:p}", std::process::id(), self));
        #[cfg_attr(not(unix), expect(unused_mut))]
        let mut folder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        self.make(|| folder.create(&path), || Step::Whole(path.clone()))
            .map_err(|error| Error::io("create the folder", &path, &error))?;
        Ok(path)
    }

    /// Makes the folder `path`, which must not exist, by an `action` of somebody else's that may fail in its middle.
    ///
    /// # Errors
    /// The action's own; `taken` if something stands there.
    pub fn make_by<T, E>(
        &self,
        path: &Path,
        taken: impl FnOnce() -> E,
        action: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.undisturbed(|| {
            if fs::symlink_metadata(path).is_ok() {
                return Err(taken());
            }
            lock(&self.0.steps).push(Step::Whole(path.to_owned()));
            action()
        })
    }

    /// Makes the file `path`, which must not exist, even as a symbolic link.
    ///
    /// # Errors
    /// The system's own; [`io::ErrorKind::AlreadyExists`] if something stands there.
    pub fn make_file(&self, path: &Path, executable: bool) -> io::Result<fs::File> {
        self.make(|| create_new(path, executable), || Step::File(path.to_owned()))
    }

    /// Does `action`; if it succeeds, `take_back` takes back what it did, and what comes after it.
    ///
    /// `take_back` may run in the thread that handles signals, and must ask this journal for nothing.
    ///
    /// # Errors
    /// The action's own.
    pub fn make_revocable<T, E>(
        &self,
        action: impl FnOnce() -> Result<T, E>,
        take_back: impl FnOnce() + Send + 'static,
    ) -> Result<T, E> {
        self.undisturbed(|| {
            let made = action()?;
            lock(&self.0.steps).push(Step::By(TakeBack(Box::new(take_back))));
            Ok(made)
        })
    }

    /// Does the one `action` that makes everything final, and keeps all that was made up to it.
    ///
    /// # Errors
    /// The action's own; then nothing is kept yet.
    pub fn commit<T, E>(&self, action: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.undisturbed(|| {
            let done = action()?;
            lock(&self.0.steps).clear();
            Ok(done)
        })
    }

    fn make<T>(&self, action: impl FnOnce() -> io::Result<T>, step: impl FnOnce() -> Step) -> io::Result<T> {
        self.undisturbed(|| {
            let made = action()?;
            lock(&self.0.steps).push(step());
            Ok(made)
        })
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.undisturbed(|| take_back(&mut lock(&self.0.steps)));
    }
}

fn take_back(steps: &mut Vec<Step>) {
    while let Some(step) = steps.pop() {
        step.take_back();
    }
}

/// From now on Ctrl-C, SIGTERM and SIGHUP take back what is half-made; then `farewell` runs and the process ends
/// with its code.
///
/// # Errors
/// The system's own, if signals cannot be handled.
pub fn stop_on_signals(farewell: impl Fn() -> u8 + Send + 'static) -> Result<(), ctrlc::Error> {
    #[expect(clippy::exit, reason = "a signal ends the process from a thread of its own, whatever main is doing")]
    ctrlc::set_handler(move || {
        STOPPING.store(true, Ordering::SeqCst);
        let running: Vec<_> = lock(&RUNNING).iter().filter_map(Weak::upgrade).collect();
        for state in running.iter().rev() {
            let _at_hand = lock_within(&state.at_hand, PATIENCE);
            take_back(&mut lock(&state.steps));
        }
        std::process::exit(i32::from(farewell()));
    })
}

/// Whether a signal has said to stop.
#[must_use]
pub fn is_stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// Gives a signal that is on its way the time to end the process; returns if none was.
///
/// A terminal turns Ctrl-C into an interrupted question *and* a signal, and the signal has the last word.
pub fn yield_to_signals() {
    thread::park_timeout(PATIENCE / 2);
    while is_stopping() {
        thread::park();
    }
}

/// The lock, or nothing after `patience`.
fn lock_within<T>(mutex: &Mutex<T>, patience: Duration) -> Option<MutexGuard<'_, T>> {
    const TURN: Duration = Duration::from_millis(2);
    for _ in 0..patience.as_millis() / TURN.as_millis() {
        match mutex.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => thread::sleep(TURN),
        }
    }
    None
}

#[cfg(test)]
mod tests;
