//! The templates that a repository has had, and the one among them with a certain stamp.
//!
//! Not every commit changes the template, and few have the version that is looked for, so the cheap questions come
//! first: states of the template that differ by their git hashes, then those whose `heavy.toml` names the stamp, then
//! those whose manifest names the version, then the rest. What is found is digested again: the stamp decides, and not
//! what somebody wrote.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use gix::ObjectId;

use super::refs::Refs;
use super::{Found, folder_of, read_commit, repository, transfer};
use crate::disk::journal::Journal;
use crate::error::{Error, Result};
use crate::project::git::unreadable_format;
use crate::source::scope::Scope;
use crate::stamp::{LOCKFILE, Stamp};
use crate::template::{Manifest, Template};
use crate::version;

/// A repository with its commits.
pub(in crate::source) struct History {
    repository: gix::Repository,
    /// The folder in it where the template lies; nothing for its root.
    below: String,
    place: String,
    /// Keeps a clone until nobody needs it.
    _journal: Option<Journal>,
}

/// What is looked for.
pub(in crate::source) struct Query<'a> {
    pub(in crate::source) stamp: &'a str,
    pub(in crate::source) version: &'a str,
    /// Where it was found the last time.
    pub(in crate::source) rev: Option<&'a str>,
}

/// One state of the template: the commit in which it was met, and what it is recognized by.
struct State {
    commit: ObjectId,
    /// The git hashes of its parts.
    parts: Vec<Option<ObjectId>>,
    /// How much speaks for it: the smaller the more.
    rank: u8,
}

impl History {
    /// That of the repository in `folder`; the template lies in its folder `below` (none: its root).
    pub(in crate::source) fn of_repository(folder: &Path, below: &str) -> Result<Self> {
        Ok(Self {
            repository: repository(folder)?,
            below: below.to_owned(),
            place: folder.display().to_string(),
            _journal: None,
        })
    }

    /// That of the repository in which the folder `folder` lies, if it lies in one.
    pub(in crate::source) fn around(folder: &Path) -> Option<Self> {
        let repository = gix::discover(folder).ok().filter(|found| unreadable_format(found.git_dir()).is_none())?;
        let root = repository.workdir()?.canonicalize().ok()?;
        let below = folder.canonicalize().ok()?.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
        Some(Self { repository, below, place: folder.display().to_string(), _journal: None })
    }

    /// The same for the repository at `url`, all of which is fetched.
    pub(in crate::source) fn of_remote(url: &str, below: &str, report: &dyn Fn(&str)) -> Result<Self> {
        let journal = Journal::begin();
        let repository = transfer::clone_history(url, &journal, report)?;
        let place = crate::source::without_password(url);
        Ok(Self { repository, below: below.to_owned(), place, _journal: Some(journal) })
    }

    /// Its branches and tags.
    pub(in crate::source) fn refs(&self) -> Refs {
        Refs::of_repository(&self.repository)
    }

    /// The template with this stamp. `report` is told how far the search has come.
    pub(in crate::source) fn find(&self, wanted: &Query<'_>, report: &dyn Fn(&str)) -> Option<Found> {
        let mut manifests = HashMap::new();
        let mut met = HashSet::new();
        // Most often it is where it was, and then nothing else is looked at.
        let recorded = wanted.rev.and_then(|rev| self.resolve(rev));
        if let Some(state) = recorded.and_then(|commit| self.state(commit, wanted, &mut manifests)) {
            if let Some(found) = self.with_stamp(state.commit, wanted.stamp) {
                return Some(found);
            }
            met.insert(state.parts);
        }
        let mut states: Vec<State> = Vec::new();
        for commit in self.commits() {
            let Some(state) = self.state(commit, wanted, &mut manifests) else { continue };
            if met.insert(state.parts.clone()) {
                states.push(state);
            }
        }
        states.sort_by_key(|state| state.rank);
        let count = states.len();
        states.into_iter().enumerate().find_map(|(number, state)| {
            report(&format!("looking at {} of {count} states of the template", number + 1));
            self.with_stamp(state.commit, wanted.stamp)
        })
    }

    /// The template of a commit.
    ///
    /// # Errors
    /// There is no such commit, or it has no template.
    pub(in crate::source) fn at(&self, commit: &str) -> Result<Found> {
        let unknown = |error| Error::system(format!("cannot read the repository `{}`", self.place)).because(error);
        self.read(ObjectId::from_hex(commit.as_bytes()).map_err(unknown)?)
    }

    /// Templates that this repository has: at its HEAD and at its version tags, the newest first, at most `most`.
    pub(in crate::source) fn versions(&self, most: usize) -> Vec<Template> {
        let refs = self.refs();
        let mut tags: Vec<_> =
            refs.tags.iter().filter_map(|(tag, commit)| Some((version::parse(tag)?, commit))).collect();
        tags.sort_by(|(one, _), (other, _)| other.cmp(one));
        let commits = refs.head.iter().chain(tags.into_iter().map(|(_, commit)| commit));
        let mut seen = HashSet::new();
        commits
            .filter_map(|commit| self.read(ObjectId::from_hex(commit.as_bytes()).ok()?).ok())
            .filter_map(|found| Template::from_tree(found.tree).ok())
            .filter(|template| seen.insert(Stamp::of(template)))
            .take(most)
            .collect()
    }

    fn resolve(&self, rev: &str) -> Option<ObjectId> {
        let id = self.repository.rev_parse_single(rev).ok()?;
        Some(id.object().ok()?.peel_to_commit().ok()?.id)
    }

    /// Every commit that a branch, a tag or HEAD leads to, newest first. In a shallow clone these are few.
    fn commits(&self) -> Vec<ObjectId> {
        let refs = self.refs();
        let remote = self.repository.references().ok().map_or_else(Vec::new, |platform| {
            let all = platform.remote_branches().and_then(|all| all.peeled());
            all.map_or_else(|_| Vec::new(), |all| all.flatten().map(|branch| branch.id().detach()).collect())
        });
        let named = refs.head.iter().chain(refs.branches.values()).chain(refs.tags.values());
        let tips = named.filter_map(|commit| ObjectId::from_hex(commit.as_bytes()).ok()).chain(remote);
        // A tag may stand for something else than a commit.
        let tips = tips.filter(|id| self.repository.find_commit(*id).is_ok());
        match self.repository.rev_walk(tips).all() {
            // Where an object is missing the walk ends there, and goes on elsewhere.
            Ok(walk) => walk.flatten().map(|info| info.id).collect(),
            Err(_) => Vec::new(),
        }
    }

    /// What a commit's template is recognized by; none if it has no template, or cannot be read.
    fn state(
        &self,
        commit: ObjectId,
        wanted: &Query<'_>,
        manifests: &mut HashMap<ObjectId, (Scope, bool)>,
    ) -> Option<State> {
        let root = folder_of(&self.repository.find_commit(commit).ok()?, &self.below).ok()??;
        let id = |path: &str| root.lookup_entry_by_path(path).ok().flatten().map(|entry| entry.object_id());
        let manifest = id(Scope::MANIFEST)?;
        let (scope, is_version) = manifests.entry(manifest).or_insert_with(|| {
            let bytes = self.repository.find_blob(manifest).map(|mut blob| blob.take_data()).unwrap_or_default();
            let parsed = Manifest::parse(&String::from_utf8_lossy(&bytes));
            let version = parsed.ok().and_then(|manifest| manifest.version).unwrap_or_default();
            (Scope::of(&bytes), version == wanted.version)
        });
        let folder = scope.subfolder().filter(|folder| id(folder).is_some());
        let parts = match folder {
            Some(folder) => vec![Some(manifest), id(folder)],
            None => vec![Some(root.id)],
        };
        let lock = folder.map_or_else(|| LOCKFILE.to_owned(), |folder| format!("{folder}/{LOCKFILE}"));
        let names_stamp = !wanted.stamp.is_empty()
            && id(&lock)
                .and_then(|id| self.repository.find_blob(id).ok())
                .is_some_and(|blob| String::from_utf8_lossy(&blob.data).contains(wanted.stamp));
        let rank = if names_stamp { 0 } else { 2 - u8::from(*is_version) };
        Some(State { commit, parts, rank })
    }

    fn with_stamp(&self, commit: ObjectId, stamp: &str) -> Option<Found> {
        let found = self.read(commit).ok()?;
        let template = Template::from_tree(found.tree.clone()).ok()?;
        (Stamp::of(&template).as_str() == stamp).then_some(found)
    }

    fn read(&self, commit: ObjectId) -> Result<Found> {
        let commit = self
            .repository
            .find_commit(commit)
            .map_err(|error| Error::system(format!("cannot read the repository `{}`", self.place)).because(error))?;
        read_commit(&commit, &self.below, &self.place)
    }
}
