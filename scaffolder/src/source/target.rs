//! Where a sync goes: the newest version of a project's template, or the one that was asked for.

use std::cmp::Ordering;
use std::path::Path;

use super::cache::Cache;
use super::git::history::History;
use super::git::refs::Refs;
use super::{Loaded, Source, embedded, git};
use crate::error::{Error, Kind, Result};
use crate::lockfile::{EMBEDDED, Lock};
use crate::stamp::Stamp;
use crate::suggest::listed;
use crate::template::Template;
use crate::tree::TreePath;
use crate::version;

/// The template that a project should be moved to.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where it was found, its revision included; `source.to_string()` is what `heavy.toml` says.
    pub source: Source,
    /// The branch, tag or commit that the project follows from then on.
    pub rev: Option<String>,
    /// The full hash of the commit, if it came from a repository.
    pub commit: Option<String>,
    /// The template itself.
    pub template: Template,
    /// Its stamp.
    pub stamp: Stamp,
    /// Its version, as its manifest says; nothing if it says none.
    pub version: String,
}

impl Target {
    fn new(source: Source, commit: Option<String>, template: Template) -> Self {
        let rev = source.rev().map(str::to_owned);
        let stamp = Stamp::of(&template);
        let version = template.manifest.version.clone().unwrap_or_default();
        Self { source, rev, commit, template, stamp, version }
    }

    fn of_loaded(source: Source, loaded: Loaded, cache: &Cache) -> Result<Self> {
        let template = Template::from_tree(loaded.tree.clone())?;
        loaded.keep_read(&template, &source, cache);
        Ok(Self::new(source, loaded.commit, template))
    }

    /// Whether a project with this `heavy.toml` is there already.
    #[must_use]
    pub fn is_that_of(&self, lock: &Lock) -> bool {
        self.stamp.as_str() == lock.stamp
    }
}

/// Finds the newest version of the template of a project, or with `to` that one; `template` names another source than
/// the project's own. What the project follows decides what is newest:
///
/// - the template in the binary: that of this `heavy` (`to`: a released version)
/// - a folder: as it is
/// - a repository, by the revision that `heavy.toml` names: a branch, its head; a version (`v1.2.3`), the newest version
///   among the tags, prereleases only from a prerelease; a commit, or none, the default branch
///
/// A remote repository is asked for its branches and tags first; if their commit is in the cache, nothing is fetched.
/// So this also serves to see whether there is something newer, by [`Target::is_that_of`].
///
/// # Errors
/// The source cannot be read or reached, has no such version, or only older ones than the project's.
pub fn newest(
    lock: &Lock,
    to: Option<&str>,
    template: Option<&str>,
    cache: &Cache,
    report: &dyn Fn(&str),
) -> Result<Target> {
    let source = match template {
        None => Source::of_lock(lock)?,
        Some(EMBEDDED) => Source::Embedded,
        Some(text) => Source::parse(Some(text), None)?,
    };
    let followed = Followed {
        rev: lock.rev.as_deref(),
        to,
        // Another repository need not have the same branches.
        own: source.to_string() == lock.source || template.is_none(),
    };
    match source {
        Source::Embedded => in_the_binary(lock, &followed),
        Source::Folder(folder) if to.is_none() => {
            let source = Source::Folder(folder);
            let loaded = source.load(report)?;
            Target::of_loaded(source, loaded, cache)
        }
        Source::Folder(ref folder) | Source::Repository { ref folder, .. } => {
            let refs = History::of_repository(folder, "")?.refs();
            let rev = followed.choose(&refs, &folder.display().to_string(), |rev| resolves(folder, rev))?;
            let source = Source::Repository { folder: folder.clone(), rev, subfolder: source.subfolder().cloned() };
            let loaded = source.load(report)?;
            Target::of_loaded(source, loaded, cache)
        }
        Source::Remote { url, subfolder, .. } => from_remote(&url, subfolder.as_ref(), &followed, cache, report),
    }
}

fn resolves(folder: &Path, rev: &str) -> bool {
    gix::open(folder).is_ok_and(|repository| repository.rev_parse_single(rev).is_ok())
}

fn in_the_binary(lock: &Lock, followed: &Followed<'_>) -> Result<Target> {
    let today = Template::from_tree(embedded::tree()?)?;
    let newest = today.manifest.version.clone().unwrap_or_default();
    let is_newer = |wanted: &str| version::compare(wanted, &newest) == Some(Ordering::Greater);
    let upgrade = "install the newest `heavy`: `cargo install heavy-stack`";
    let Some(to) = followed.to else {
        if followed.own && is_newer(&lock.version) {
            return Err(Error::user(format!(
                "this project was moved to version {} of the template, and this `heavy` has only {newest}",
                lock.version
            ))
            .hint(upgrade));
        }
        return Ok(Target::new(Source::Embedded, None, today));
    };
    let is_meant = |version: &str| version::compare(to, version) == Some(Ordering::Equal);
    if let Some(release) = embedded::releases(|version, _| is_meant(version))?.pop() {
        return Ok(Target::new(Source::Embedded, None, Template::from_tree(release.tree)?));
    }
    if is_meant(&newest) {
        return Ok(Target::new(Source::Embedded, None, today));
    }
    let error = Error::user(format!("this `heavy` has no version `{}` of its template", to.escape_debug()));
    if is_newer(to) {
        return Err(error.hint(upgrade));
    }
    let releases = embedded::releases(|_, _| true)?;
    let mut known: Vec<&str> = releases.iter().map(|release| release.version.as_str()).collect();
    known.push(&newest);
    known.dedup();
    Err(error.hint(format!("it has {}", listed(known))))
}

fn from_remote(
    url: &str,
    subfolder: Option<&TreePath>,
    followed: &Followed<'_>,
    cache: &Cache,
    report: &dyn Fn(&str),
) -> Result<Target> {
    let source = |rev: Option<String>| Source::Remote { url: url.to_owned(), rev, subfolder: subfolder.cloned() };
    let shown = source(None).to_string();
    let kept = cache.of_source(&shown);
    let from_cache = |rev: Option<String>, commit: &str| {
        let (origin, stamp) = kept.iter().find(|(origin, _)| origin.commit.as_deref() == Some(commit))?;
        Some(Target::new(source(rev), origin.commit.clone(), cache.get(stamp)?))
    };
    let refs = match git::references(url, report) {
        Ok(refs) => refs,
        Err(error) => return without_network(error, followed, &kept, &from_cache),
    };
    let rev = followed.choose(&refs, &super::without_password(url), git::is_hash)?;
    let commit = refs.commit(rev.as_deref()).or(rev.as_deref()).unwrap_or_default();
    if let Some(target) = from_cache(rev.clone(), commit) {
        return Ok(target);
    }
    let source = source(rev);
    let loaded = source.load(report)?;
    Target::of_loaded(source, loaded, cache)
}

/// What was asked for by name may be in the cache; what is newest only the server knows.
fn without_network(
    error: Error,
    followed: &Followed<'_>,
    kept: &[(super::cache::Origin, String)],
    from_cache: &dyn Fn(Option<String>, &str) -> Option<Target>,
) -> Result<Target> {
    if error.kind != Kind::System {
        return Err(error);
    }
    let is_meant = |origin: &super::cache::Origin, to: &str| {
        origin.rev.as_deref() == Some(to)
            || origin.version.as_deref().is_some_and(|version| version::compare(version, to) == Some(Ordering::Equal))
            || git::is_hash(to) && origin.commit.as_deref().is_some_and(|commit| commit.starts_with(to))
    };
    if let Some(to) = followed.to {
        let found =
            kept.iter().find(|(origin, _)| is_meant(origin, to)).and_then(|(origin, _)| origin.commit.as_deref());
        if let Some(target) = found.and_then(|commit| from_cache(Some(to.to_owned()), commit)) {
            return Ok(target);
        }
    }
    let mut versions: Vec<&str> = kept.iter().filter_map(|(origin, _)| origin.version.as_deref()).collect();
    versions.sort_by(|one, other| version::parse(one).cmp(&version::parse(other)).then(one.cmp(other)));
    versions.dedup();
    let error = error.hint("everything that stays at this version works without the network: features, rename, diff");
    Err(match versions.last() {
        Some(version) => error.hint(format!(
            "so does a sync to a version that was fetched before: `heavy sync --to {version}`{}",
            if versions.len() > 1 {
                format!(" ({} are there)", listed(versions.iter().copied()))
            } else {
                String::new()
            }
        )),
        None => error,
    })
}

/// What a project follows in a repository, and what it should follow.
struct Followed<'a> {
    /// What `heavy.toml` names.
    rev: Option<&'a str>,
    /// What was asked for.
    to: Option<&'a str>,
    /// Whether it is about the project's own source.
    own: bool,
}

impl Followed<'_> {
    /// The revision to go to: a branch, a tag, a commit; none is the default branch. `resolves` knows other forms.
    fn choose(&self, refs: &Refs, place: &str, resolves: impl Fn(&str) -> bool) -> Result<Option<String>> {
        let exists = |rev: &str| refs.commit(Some(rev)).is_some();
        if let Some(to) = self.to {
            let tag = refs.tags.keys().find(|tag| version::compare(tag, to) == Some(Ordering::Equal));
            return match tag {
                _ if exists(to) => Ok(Some(to.to_owned())),
                Some(tag) => Ok(Some(tag.clone())),
                None if resolves(to) => Ok(Some(to.to_owned())),
                None => Err(git::no_revision(to, place)),
            };
        }
        let Some(rev) = self.rev else { return Ok(None) };
        let gone = |what: &str| {
            Error::user(format!("`{place}` has no {what}, which this project follows")).hint(format!(
                "follow something else: `heavy sync --to REV`; `git ls-remote {place}` lists what is there"
            ))
        };
        let tags = || refs.tags.keys().map(String::as_str);
        match version::parse(rev) {
            Some(recorded) if !refs.branches.contains_key(rev) && (exists(rev) || !git::is_hash(rev)) => {
                match version::newest(tags(), !recorded.pre.is_empty()) {
                    Some(newest) if version::parse(newest).is_some_and(|newest| newest >= recorded) => {
                        Ok(Some(newest.to_owned()))
                    }
                    _ if !self.own => Ok(None),
                    Some(older) => Err(Error::user(format!(
                        "this project follows version `{rev}`, and the newest in `{place}` is `{older}`"
                    ))
                    .hint(format!("go back to it: `heavy sync --to {older}`"))),
                    None => Err(gone(&format!("version `{rev}`"))),
                }
            }
            _ if exists(rev) => Ok(Some(rev.to_owned())),
            _ if git::is_hash(rev) || !self.own => Ok(None),
            _ if resolves(rev) => Ok(Some(rev.to_owned())),
            _ => Err(gone(&format!("branch or tag `{rev}`"))),
        }
    }
}

#[cfg(test)]
mod tests;
