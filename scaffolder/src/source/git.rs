//! A template in a git repository: here or behind a URL, at a branch, tag or commit.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use gix::bstr::ByteSlice;
use gix::objs::tree::EntryKind;
use gix::remote::fetch::Shallow;

use super::folder::link;
use super::meter::Meter;
use super::scope::Scope;
use crate::error::{Error, Result};
use crate::plan::journal::Journal;
use crate::tree::{File, Tree, TreePath};

/// How long a server may say nothing at all before it counts as dead.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same over SSH, where a person may have to unlock a key first.
const PATIENCE_WITH_SSH: Duration = Duration::from_secs(120);

/// A template, and the commit it was read from.
#[derive(Debug)]
pub struct Found {
    /// The files of the template.
    pub tree: Tree,
    /// The full hash of the commit.
    pub commit: String,
}

/// Reads the template of a repository on this disk, at `rev` or at its HEAD. Its work tree does not matter.
///
/// # Errors
/// No repository there, no such revision, or no template in it.
pub fn open(folder: &Path, rev: Option<&str>) -> Result<Found> {
    let repository = gix::open(folder).map_err(|error| {
        Error::user(format!("`{}` is not a git repository", folder.display()))
            .because(error)
            .hint("leave `--rev` out to take the folder as it is")
    })?;
    read(&repository, rev, &folder.display().to_string())
}

/// Clones the repository at `url` into a temporary folder, which is gone again afterwards, and reads its template.
///
/// Only what is needed is fetched: one commit of one branch or tag. For a commit by its hash the whole history is,
/// since not every server hands out single commits. `report` is told what is going on, at most ten times a second.
///
/// # Errors
/// The server does not answer or refuses; otherwise as [`open`].
pub fn clone(url: &str, rev: Option<&str>, report: &dyn Fn(&str)) -> Result<Found> {
    let shown = super::without_password(url);
    let parsed = gix::url::parse(url).map_err(|error| {
        Error::usage(format!("`{shown}` is not a URL that git understands"))
            .because(error)
            .hint("for example `--template https://example.com/owner/template.git`")
    })?;
    let ssh = parsed.scheme == gix::url::Scheme::Ssh;
    let journal = Journal::begin();
    let place = std::env::temp_dir().join(format!("heavy-clone-{}-{:p}", std::process::id(), &journal));
    journal.make_whole(&place).map_err(|error| Error::io("create the folder", &place, &error))?;

    let meter = Meter::default();
    watch(&meter, if ssh { PATIENCE_WITH_SSH } else { PATIENCE }, report, {
        let (meter, place, rev) = (meter.clone(), place.clone(), rev.map(str::to_owned));
        move |stop| fetch(parsed, &place, rev.as_deref(), meter, stop)
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
    })?;
    // A fetched branch or tag is the HEAD of the clone; a commit has to be looked up.
    let rev = rev.filter(|rev| is_hash(rev));
    let repository =
        gix::open_opts(&place, gix::open::Options::isolated()).map_err(|error| unreachable(&shown).because(error))?;
    read(&repository, rev, &shown)
}

fn unreachable(url: &str) -> Error {
    Error::system(format!("cannot fetch the template from `{url}`"))
}

fn no_revision(rev: &str, place: &str) -> Error {
    Error::user(format!("there is no branch, tag or commit `{rev}` in `{place}`"))
        .hint(format!("`git ls-remote {place}` lists what is there"))
}

fn is_hash(rev: &str) -> bool {
    (7..=40).contains(&rev.len()) && rev.bytes().all(|byte| byte.is_ascii_hexdigit())
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

fn fetch(url: gix::Url, place: &Path, rev: Option<&str>, meter: Meter, stop: &AtomicBool) -> Result<(), AnyError> {
    if matches!(url.scheme, gix::url::Scheme::Https) {
        // Another provider may have been chosen already; either serves.
        drop(rustls::crypto::ring::default_provider().install_default());
    }
    // A question on the terminal would end up in the middle of the progress.
    let options = gix::open::Options::default().config_overrides(["gitoxide.credentials.terminalPrompt=false"]);
    let mut clone =
        gix::clone::PrepareFetch::new(url, place, gix::create::Kind::Bare, gix::create::Options::default(), options)?;
    if !rev.is_some_and(is_hash) {
        clone = clone.with_shallow(Shallow::DepthAtRemote(std::num::NonZeroU32::MIN)).with_ref_name(rev)?;
    }
    // Handed out, so that it is not removed at once.
    clone.fetch_only(meter, stop)?;
    Ok(())
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

/// Runs `work` on a thread of its own and reports on it, until it is done or its meter stands still for too long.
fn watch<T: Send + 'static>(
    meter: &Meter,
    patience: Duration,
    report: &dyn Fn(&str),
    work: impl FnOnce(&AtomicBool) -> Result<T, AnyError> + Send + 'static,
) -> Result<T, Failure> {
    static STOP: AtomicBool = AtomicBool::new(false);
    let (done, result) = mpsc::channel();
    std::thread::spawn(move || drop(done.send(work(&STOP))));
    let mut last = (meter.reading(), Instant::now());
    loop {
        match result.recv_timeout(Duration::from_millis(100)) {
            Ok(result) => return result.map_err(Failure::Refused),
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::Refused("the transfer broke off".into())),
            Err(RecvTimeoutError::Timeout) => {}
        }
        report(&meter.describe());
        let reading = meter.reading();
        if reading != last.0 {
            last = (reading, Instant::now());
        } else if last.1.elapsed() > patience {
            STOP.store(true, Ordering::Relaxed);
            return Err(Failure::Silent(patience));
        }
    }
}

fn read(repository: &gix::Repository, rev: Option<&str>, place: &str) -> Result<Found> {
    let wanted = rev.unwrap_or("HEAD");
    let commit = repository
        .rev_parse_single(wanted)
        .ok()
        .and_then(|id| id.object().ok()?.peel_to_commit().ok())
        .ok_or_else(|| no_revision(wanted, place))?;
    let broken = |error: gix::Error| Error::system(format!("cannot read the repository `{place}`")).because(error);
    let root = commit.tree().map_err(broken)?;
    let manifest = root.lookup_entry_by_path(Scope::MANIFEST).map_err(broken)?.ok_or_else(|| {
        Error::user(format!("`{place}` holds no template: there is no `{}` at its root", Scope::MANIFEST))
            .hint("name another repository, or another `--rev`")
    })?;
    let scope = Scope::of(&manifest.object().map_err(broken)?.data);
    let mut tree = Tree::new();
    collect(&root, "", &scope, &mut tree, &broken)?;
    Ok(Found { tree, commit: commit.id.to_string() })
}

fn collect(
    folder: &gix::Tree<'_>,
    above: &str,
    scope: &Scope,
    tree: &mut Tree,
    broken: &dyn Fn(gix::Error) -> Error,
) -> Result<()> {
    for entry in folder.iter() {
        let entry = entry.map_err(|error| broken(error.into()))?;
        let Ok(name) = entry.filename().to_str() else {
            return Err(Error::template(format!("the name of `{above}{}` is not UTF-8", entry.filename()))
                .hint("rename the file"));
        };
        let path = format!("{above}{name}");
        if !scope.reaches(&path) {
            continue;
        }
        match entry.mode().kind() {
            EntryKind::Tree => {
                let below = entry.object().map_err(broken)?.into_tree();
                collect(&below, &format!("{path}/"), scope, tree, broken)?;
            }
            kind @ (EntryKind::Blob | EntryKind::BlobExecutable) => {
                let parsed = TreePath::parse(&path).map_err(|problem| {
                    Error::template(format!("the path `{path}` {problem}")).hint("rename the file")
                })?;
                let bytes = entry.object().map_err(broken)?.detach().data;
                tree.insert(parsed, File { bytes, executable: kind == EntryKind::BlobExecutable });
            }
            EntryKind::Link => return Err(link(&path)),
            EntryKind::Commit => {
                return Err(Error::template(format!("`{path}` is a submodule, which a template cannot hold"))
                    .hint("put its files there"));
            }
        }
    }
    Ok(())
}
