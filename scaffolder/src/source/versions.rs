//! Every version of a template that can be had without asking for one.

use super::cache::Cache;
use super::git::history::History;
use super::{Source, embedded};
use crate::error::Result;
use crate::template::Template;

/// How many versions of a history are looked at. Each has to be rendered, often more than once.
const MOST: usize = 24;

/// The versions of the template at `source`, the newest first: those in the binary, or what the source holds now and the tagged
/// versions in its history. With a revision only that one.
///
/// # Errors
/// The source cannot be read or reached.
pub fn versions(source: &Source, cache: &Cache, report: &dyn Fn(&str)) -> Result<Vec<Template>> {
    let loaded = source.load(report)?;
    loaded.keep(source, cache);
    let mut found = vec![Template::from_tree(loaded.tree)?];
    let history = match source {
        Source::Embedded => {
            let releases = embedded::releases(|_, _| true)?.into_iter().rev();
            found.extend(releases.filter_map(|release| Template::from_tree(release.tree).ok()));
            return Ok(found);
        }
        Source::Repository { rev: Some(_), .. } | Source::Remote { rev: Some(_), .. } => return Ok(found),
        Source::Folder(folder) => History::around(folder),
        Source::Repository { folder, .. } => Some(History::of_repository(folder, source.below())?),
        Source::Remote { url, .. } => Some(History::of_remote(url, source.below(), report)?),
    };
    found.extend(history.iter().flat_map(|history| history.versions(MOST)));
    Ok(found)
}
