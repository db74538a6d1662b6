//! The packs of a project, found again and found newer, by what does so for templates.

use super::base::{Base, base};
use super::cache::Cache;
use super::target::{self, Target};
use crate::error::{Error, Kind, Result};
use crate::lockfile::{LOCKFILE, PackLock};
use crate::template::Template;

/// The pack exactly as it is in the project: its stamp is the one in `heavy.toml`. It is looked for in the cache, at the commit
/// that was recorded, and in the rest of the history.
///
/// # Errors
/// It cannot be had. What has another stamp is never taken for it.
pub fn recorded(name: &str, lock: &PackLock, cache: &Cache, report: &dyn Fn(&str)) -> Result<Template> {
    let rev = lock.commit.as_deref().or(lock.rev.as_deref());
    match base(&lock.following(rev), None, cache, report) {
        Base::Found(template) => Ok(*template),
        Base::NotFound { why, .. } => {
            let mut error = Error::new(
                if why.kind == Kind::User { Kind::User } else { Kind::System },
                format!(
                    "the pack `{name}` cannot be had as it is in this project: nothing in `{}` has its stamp",
                    lock.source
                ),
            );
            error.causes = why.causes;
            Err(error
                .hint(format!(
                    "if its repository is elsewhere by now, correct `source` under `[packs.{name}]` in `{LOCKFILE}`"
                ))
                .hint(format!("to keep its files as your own, remove `[packs.{name}]` from `{LOCKFILE}`")))
        }
    }
}

/// The newest version of a pack, or with `to` that one: by the same rules as for a template.
///
/// # Errors
/// Its source cannot be read or reached, or has no such version.
pub fn newest(name: &str, lock: &PackLock, to: Option<&str>, cache: &Cache, report: &dyn Fn(&str)) -> Result<Target> {
    target::newest(&lock.following(lock.rev.as_deref()), to, None, cache, report).map_err(|error| Error {
        message: format!("the pack `{name}`: {}", error.message),
        hints: vec![
            format!("name the version: `heavy sync --pack {name} --to REV`"),
            format!("or correct `[packs.{name}]` in `{LOCKFILE}`"),
        ],
        ..error
    })
}
