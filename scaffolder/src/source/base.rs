//! The template from which a project was made, found again by its stamp.

use std::collections::HashSet;

use super::cache::Cache;
use super::git::Found as Commit;
use super::git::history::{History, Query};
use super::{Loaded, Source, embedded};
use crate::error::{Error, Result};
use crate::lockfile::{EMBEDDED, LOCKFILE, Lock};
use crate::stamp::Stamp;
use crate::template::Template;

/// How many templates are looked at where the true one is not known. Each has to be rendered.
const MOST_KNOWN: usize = 24;

/// The template from which a project was made.
#[derive(Debug)]
pub enum Base {
    /// Exactly it: its stamp is the one in `heavy.toml`.
    Found(Box<Template>),
    /// It cannot be had.
    NotFound {
        /// Why, with what would help.
        why: Error,
        /// Other templates of the same source, those of the same version first. Files that are equal to a rendering of
        /// one of them are pristine; of any other file nothing is known.
        known: Vec<Template>,
    },
}

/// Finds the template that `lock` names: in the binary, in the cache, in the history of its source, and in that of
/// `other`, where the template is said to be now. What is found in a history is kept in the cache.
///
/// Whatever goes wrong on the way is a reason not to have found it. A stamp that differs is never accepted: a moved tag
/// or a rewritten history leads to nothing, not to something else.
#[must_use]
pub fn base(lock: &Lock, other: Option<&Source>, cache: &Cache, report: &dyn Fn(&str)) -> Base {
    let mut search = Search { lock, cache, report, known: Vec::new(), problems: Vec::new() };
    match search.run(other) {
        Some(template) => Base::Found(Box::new(template)),
        None => search.not_found(),
    }
}

struct Search<'a> {
    lock: &'a Lock,
    cache: &'a Cache,
    report: &'a dyn Fn(&str),
    known: Vec<Template>,
    problems: Vec<Error>,
}

impl Search<'_> {
    fn run(&mut self, other: Option<&Source>) -> Option<Template> {
        let in_the_cache = |search: &Self| search.cache.get(&search.lock.stamp);
        // Where it most likely is comes first: unpacking the other place for nothing takes longer than the merge.
        let at_hand = if self.lock.source == EMBEDDED {
            self.in_the_binary().or_else(|| in_the_cache(self))
        } else {
            in_the_cache(self).or_else(|| self.in_the_binary())
        };
        if at_hand.is_some() {
            return at_hand;
        }
        let own = Source::of_lock(self.lock).map_err(|error| self.problems.push(error)).ok();
        let other = other.filter(|other| own.as_ref().is_none_or(|own| own.to_string() != other.to_string()));
        let own_ref = own.as_ref();
        own_ref.into_iter().chain(other).find_map(|source| match self.in_history(source) {
            Ok(found) => found,
            Err(error) => {
                self.problems.push(error);
                None
            }
        })
    }

    /// A damaged archive is noticed by the build.
    fn in_the_binary(&self) -> Option<Template> {
        let today = embedded::tree().into_iter();
        let released = embedded::releases(|_, stamp| stamp == self.lock.stamp).into_iter().flatten();
        let trees = today.chain(released.map(|release| release.tree));
        trees.filter_map(|tree| Template::from_tree(tree).ok()).find(|template| self.is_it(template))
    }

    /// Everything in the binary, the newest first.
    fn of_the_binary() -> impl Iterator<Item = Template> {
        let releases = embedded::releases(|_, _| true).into_iter().flatten().map(|release| release.tree);
        let releases: Vec<_> = releases.collect();
        let trees = embedded::tree().into_iter().chain(releases.into_iter().rev());
        trees.filter_map(|tree| Template::from_tree(tree).ok())
    }

    /// Looks where the template came from.
    fn in_history(&mut self, source: &Source) -> Result<Option<Template>> {
        let history = match source {
            Source::Embedded => return Ok(None),
            Source::Folder(folder) => {
                let loaded = source.load(self.report)?;
                loaded.keep(source, self.cache);
                let template = Template::from_tree(loaded.tree)?;
                if self.is_it(&template) {
                    return Ok(Some(template));
                }
                self.known.push(template);
                let Some(history) = History::around(folder) else { return Ok(None) };
                history
            }
            Source::Repository { folder, .. } => History::of_repository(folder, source.below())?,
            Source::Remote { url, .. } => History::of_remote(url, source.below(), self.report)?,
        };
        let lock = self.lock;
        let wanted = Query { stamp: &lock.stamp, version: &lock.version, rev: lock.rev.as_deref() };
        let found = if lock.stamp.is_empty() { None } else { history.find(&wanted, self.report) };
        let Some(Commit { tree, commit }) = found else {
            self.known.extend(history.versions(MOST_KNOWN));
            return Ok(None);
        };
        let loaded = Loaded { tree, commit: Some(commit) };
        loaded.keep(source, self.cache);
        Ok(Some(Template::from_tree(loaded.tree)?))
    }

    fn is_it(&self, template: &Template) -> bool {
        Stamp::of(template).as_str() == self.lock.stamp
    }

    fn not_found(mut self) -> Base {
        if self.lock.source == EMBEDDED {
            self.known.extend(Self::of_the_binary());
        }
        let cached = self.cache.of_source(&self.lock.source);
        self.known.extend(cached.iter().filter_map(|(_, stamp)| self.cache.get(stamp)));
        let mut seen = HashSet::new();
        self.known.retain(|template| seen.insert(Stamp::of(template)));
        // Stable: otherwise the order is that in which they were found, newest first.
        self.known.sort_by_key(|template| template.manifest.version.as_deref() != Some(&self.lock.version));
        self.known.truncate(MOST_KNOWN);
        Base::NotFound { why: self.why(), known: self.known }
    }

    fn why(&self) -> Error {
        let Lock { source, version, stamp, .. } = self.lock;
        if stamp.is_empty() {
            return Error::user(format!(
                "`{LOCKFILE}` has no stamp, so which state of the template this project comes from is not known"
            ))
            .hint("find it by the project's files: `heavy adopt`");
        }
        let made_from = format!("version {version} of the template, as this project was made from it");
        let mut why = match (source.as_str(), self.problems.is_empty()) {
            (EMBEDDED, _) => Error::system(format!("{made_from}, is not in this `heavy`"))
                .hint("if a newer `heavy` made it, install that: `cargo install heavy-stack`"),
            (_, true) => Error::system(format!("{made_from}, is not in `{source}`")),
            (_, false) => Error::system(format!("{made_from}, is not in the cache, and `{source}` cannot be asked")),
        };
        if self.problems.is_empty() && source != EMBEDDED {
            why.causes.push(
                "no commit that its branches and tags lead to has this stamp: they were moved, deleted or rewritten, \
                 or the clone is shallow"
                    .to_owned(),
            );
        }
        for problem in &self.problems {
            why.kind = problem.kind;
            why.causes.push(problem.message.clone());
            why.causes.extend(problem.causes.iter().cloned());
            why.hints.extend(problem.hints.iter().cloned());
        }
        why
    }
}

#[cfg(test)]
mod tests;
