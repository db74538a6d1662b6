//! What comes from a server: a template, the whole history, or only the names of branches and tags.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use gix::remote::fetch::Shallow;

use super::refs::Refs;
use super::{Found, is_hash, no_revision, read};
use crate::disk::journal::Journal;
use crate::error::{Error, Result};
use crate::source::progress::TransferProgress;
use crate::source::without_password;

/// How long a server may say nothing at all before it counts as dead.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same over SSH, where a person may have to unlock a key first.
const PATIENCE_WITH_SSH: Duration = Duration::from_secs(120);

/// Clones the repository at `url` into a temporary folder, which is gone again afterwards, and reads the template in its
/// folder `below` (none: its root).
///
/// Only what is needed is fetched: one commit of one branch or tag. For a commit by its hash the whole history is,
/// since not every server hands out single commits. `report` is told what is going on, at most ten times a second.
///
/// # Errors
/// The server does not answer or refuses; otherwise as [`open`](super::open).
pub fn clone(url: &str, rev: Option<&str>, below: &str, report: &dyn Fn(&str)) -> Result<Found> {
    let journal = Journal::begin();
    let depth = if rev.is_some_and(is_hash) { Depth::All } else { Depth::One };
    let repository = fetched(url, rev, depth, &journal, report)?;
    // A fetched branch or tag is the HEAD of the clone; a commit has to be looked up.
    read(&repository, rev.filter(|rev| is_hash(rev)), below, &without_password(url))
}

/// Clones the repository at `url` with its whole history, every branch and tag, into a temporary folder of `journal`'s.
///
/// # Errors
/// The server does not answer or refuses.
pub(super) fn clone_history(url: &str, journal: &Journal, report: &dyn Fn(&str)) -> Result<gix::Repository> {
    fetched(url, None, Depth::All, journal, report)
}

/// The branches and tags of the repository at `url`. Nothing is fetched.
///
/// # Errors
/// The server does not answer or refuses.
pub(in crate::source) fn references(url: &str, report: &dyn Fn(&str)) -> Result<Refs> {
    let journal = Journal::begin();
    let folder = journal.make_temporary("refs")?;
    over(url, None, report, move |url, progress, _| {
        let repository = gix::ThreadSafeRepository::init_opts(
            &folder,
            gix::create::Kind::Bare,
            gix::create::Options::default(),
            options(),
        )?
        .to_thread_local();
        let specs = ["HEAD", "refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"];
        let remote = repository.remote_at(url)?.with_fetch_tags(gix::remote::fetch::Tags::None);
        let remote = remote.with_refspecs(specs, gix::remote::Direction::Fetch)?;
        let connection = remote.connect(gix::remote::Direction::Fetch)?;
        let (map, _) = connection.ref_map(progress, gix::remote::ref_map::Options::default())?;
        Ok(Refs::of_remote(&map.remote_refs))
    })
}

#[derive(Clone, Copy)]
enum Depth {
    One,
    All,
}

fn fetched(
    url: &str,
    rev: Option<&str>,
    depth: Depth,
    journal: &Journal,
    report: &dyn Fn(&str),
) -> Result<gix::Repository> {
    let folder = journal.make_temporary("clone")?;
    over(url, rev, report, {
        let (folder, rev) = (folder.clone(), rev.map(str::to_owned));
        move |url, progress, stop| fetch(url, &folder, rev.as_deref(), depth, progress, stop)
    })?;
    gix::open_opts(&folder, gix::open::Options::isolated())
        .map_err(|error| unreachable(&without_password(url)).because(error))
}

/// Does `work` with a server, and words what goes wrong.
fn over<T: Send + 'static>(
    url: &str,
    rev: Option<&str>,
    report: &dyn Fn(&str),
    work: impl FnOnce(gix::Url, TransferProgress, &AtomicBool) -> Result<T, AnyError> + Send + 'static,
) -> Result<T> {
    let shown = without_password(url);
    let parsed = gix::url::parse(url).map_err(|error| {
        Error::usage(format!("`{shown}` is not a URL that git understands"))
            .because(error)
            .hint("for example `--template https://example.com/owner/template.git`")
    })?;
    if matches!(parsed.scheme, gix::url::Scheme::Http | gix::url::Scheme::Https) {
        // Even plain HTTP asks for one. Another may have been chosen already; either serves.
        drop(rustls::crypto::ring::default_provider().install_default());
    }
    let ssh = parsed.scheme == gix::url::Scheme::Ssh;
    let progress = TransferProgress::default();
    watch(&progress, if ssh { PATIENCE_WITH_SSH } else { PATIENCE }, report, {
        let progress = progress.clone();
        move |stop| work(parsed, progress, stop)
    })
    .map_err(|failure| match failure {
        Failure::Silent(after) => unreachable(&shown)
            .hint(format!("it said nothing for {} seconds; is it the right address?", after.as_secs())),
        Failure::Refused(error) if no_such_ref(error.as_ref()) => no_revision(rev.unwrap_or("HEAD"), &shown),
        Failure::Refused(error) => {
            let hint = if ssh {
                "see what `ssh` says: `git ls-remote` with the same URL shows it".to_owned()
            } else {
                format!("check the address and the network: `git ls-remote {shown}`")
            };
            unreachable(&shown).because(Boxed(error)).hint(hint)
        }
    })
}

fn unreachable(url: &str) -> Error {
    Error::system(format!("cannot fetch the template from `{url}`"))
}

/// A question on the terminal would end up in the middle of the progress.
fn options() -> gix::open::Options {
    gix::open::Options::default().config_overrides(["gitoxide.credentials.terminalPrompt=false"])
}

fn fetch(
    url: gix::Url,
    place: &Path,
    rev: Option<&str>,
    depth: Depth,
    progress: TransferProgress,
    stop: &AtomicBool,
) -> Result<(), AnyError> {
    let mut clone =
        gix::clone::PrepareFetch::new(url, place, gix::create::Kind::Bare, gix::create::Options::default(), options())?;
    if matches!(depth, Depth::One) {
        clone = clone.with_shallow(Shallow::DepthAtRemote(std::num::NonZeroU32::MIN)).with_ref_name(rev)?;
    }
    // Handed out, so that it is not removed at once.
    clone.fetch_only(progress, stop)?;
    Ok(())
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// gix hands out boxed errors, and a box is no error itself.
#[derive(Debug)]
struct Boxed(AnyError);

impl std::fmt::Display for Boxed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Boxed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

fn no_such_ref(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if text.contains("didn't have any ref that matched") || text.contains("The remote didn't") {
            return true;
        }
        next = error.source();
    }
    false
}

enum Failure {
    Silent(Duration),
    Refused(AnyError),
}

/// Runs `work` on a thread of its own and reports on it, until it is done or its progress stands still for too long.
fn watch<T: Send + 'static>(
    progress: &TransferProgress,
    patience: Duration,
    report: &dyn Fn(&str),
    work: impl FnOnce(&AtomicBool) -> Result<T, AnyError> + Send + 'static,
) -> Result<T, Failure> {
    static STOP: AtomicBool = AtomicBool::new(false);
    let (done, result) = mpsc::channel();
    std::thread::spawn(move || drop(done.send(work(&STOP))));
    let mut last = (progress.reading(), Instant::now());
    loop {
        match result.recv_timeout(Duration::from_millis(100)) {
            Ok(result) => return result.map_err(Failure::Refused),
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::Refused("the transfer broke off".into())),
            Err(RecvTimeoutError::Timeout) => {}
        }
        report(&progress.describe());
        let reading = progress.reading();
        if reading != last.0 {
            last = (reading, Instant::now());
        } else if last.1.elapsed() > patience {
            STOP.store(true, Ordering::Relaxed);
            return Err(Failure::Silent(patience));
        }
    }
}
