//! Finished spans into a signed file that is committed.
//!
//! A clone has its own copy of what it ever cemented, on whatever branch. Cementing adds the new spans to the copy, and then
//! makes the file in the work tree say what the copy says. So the same file on two branches differs only in how far it goes, a
//! kill between the two steps loses and doubles nothing, and doing it again does nothing.
//!
//! Two clones, machines or people never write one file: its name is the chain's, and each has its own. A clone that was copied as
//! a folder knows by where it lies that it is not the one that began them, and begins its own.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::files::{lock_file, write_whole};
use super::key;
use super::paths::{TimePaths, files};
use crate::disk::replace::Access;
use crate::error::{Error, Result};
use crate::time::Rules;
use crate::time::chain::{Chain, Finding, Key};
use crate::time::log;
use crate::time::span::{self, Span};

/// What git is told about these files: their bytes stay as they are, and of two versions both sides' lines are kept.
const ATTRIBUTES: &str = "*.jsonl -text merge=union\n";

/// What was done.
#[derive(Debug)]
pub struct Cemented {
    /// The files that changed, from the root of the work tree.
    pub files: Vec<PathBuf>,
    /// The spans that are new.
    pub spans: Vec<Span>,
    /// What is not over yet, in seconds.
    pub open: i64,
}

/// Writes the finished spans of `author` that are in no file yet.
///
/// # Errors
/// A file was changed by somebody, or something cannot be read or written.
pub fn cement(paths: &TimePaths, author: &str, settings: &Path, now: i64) -> Result<Cemented> {
    let folder = paths.made()?;
    let lock_path = folder.join("cement.lock");
    let lock = lock_file(&lock_path)?;
    lock.lock().map_err(|error| Error::io("lock", &lock_path, &error))?;
    let copies = folder.join("cemented");
    let here = copies.join(location(folder));
    fs::create_dir_all(&here).map_err(|error| Error::io("create the folder", &here, &error))?;

    let mut chains = own_chains(&copies, author, now)?;
    let mut standing = BTreeMap::new();
    for (name, own) in &mut chains {
        let path = paths.committed().join(name);
        let found = read(&path)?;
        if let Some(found) = &found {
            reconcile(&mut own.chain, &path, found, now)?;
        }
        standing.insert(name.clone(), found);
    }

    let logs = paths.logs()?;
    let works = logs.iter().flat_map(|(_, log)| log.works.values()).filter(|logged| logged.author == author);
    let spans = log::spans(works, Rules::USUAL, now);
    let known = chains.values().flat_map(|own| own.chain.spans().iter().copied());
    let new = span::without(spans.finished.iter().copied(), known);
    if !new.is_empty() {
        let key = key::load_or_make(settings)?;
        let name = match latest(&chains, &here, &key) {
            Some(name) => name,
            None => begin(&mut chains, &here, author, now, &key)?,
        };
        if let Some(own) = chains.get_mut(&name) {
            new.iter().for_each(|span| own.chain.append(*span, &key));
        }
    }

    // The clone's own copy first: what it says can be written again at any time.
    for Own { chain, copy } in chains.values() {
        if read(copy)?.as_deref() != Some(chain.text().as_bytes()) {
            write_whole(copy, chain.text().as_bytes(), Access::Usual)?;
        }
    }
    let mut changed = Vec::new();
    for (name, Own { chain, .. }) in &chains {
        if standing.get(name).and_then(Option::as_deref) != Some(chain.text().as_bytes()) {
            put(paths, name, chain.text(), &mut changed)?;
        }
    }
    Ok(Cemented { files: changed, spans: new, open: span::seconds(&spans.open) })
}

/// The cemented files of the work tree, everybody's, in order.
///
/// # Errors
/// The folder cannot be read.
pub fn cemented_files(paths: &TimePaths) -> Result<Vec<PathBuf>> {
    let mut paths = files(&paths.committed())?;
    let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl") && !hidden(path));
    Ok(paths)
}

/// A chain of this author, and where the clone's copy of it is.
struct Own {
    chain: Chain,
    copy: PathBuf,
}

/// The name of where a clone lies. One that was moved begins another file, which does no harm; one that was copied has to.
fn location(folder: &Path) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(&Sha256::digest(folder.as_os_str().as_encoded_bytes())[..4])
}

/// This author's chains that the clone has copies of, by the names of their files.
fn own_chains(copies: &Path, author: &str, now: i64) -> Result<BTreeMap<String, Own>> {
    let failed = |error: io::Error| Error::io("read the folder", copies, &error);
    let mut chains: BTreeMap<String, Own> = BTreeMap::new();
    for location in fs::read_dir(copies).map_err(failed)? {
        for copy in files(&location.map_err(failed)?.path())? {
            let name = copy.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let bytes = read(&copy)?.unwrap_or_default();
            let chain = Chain::read(&bytes, now.saturating_add(CLOCKS)).map_err(|found| {
                broken(&copy, &found).hint(format!(
                    "move `{}` away; then the next `heavy time cement` begins a new file with what the log has",
                    copy.display()
                ))
            })?;
            if chain.header().author == author {
                chains.insert(name, Own { chain, copy });
            }
        }
    }
    Ok(chains)
}

/// So far may two clocks differ, in seconds: an hour cemented before a clock was set back is not an error of the file.
const CLOCKS: i64 = 366 * 86_400;

/// What stands in the work tree is what was cemented, perhaps less of it, perhaps more.
fn reconcile(chain: &mut Chain, path: &Path, found: &[u8], now: i64) -> Result<()> {
    let known = chain.text().as_bytes();
    if known.starts_with(found) && found.ends_with(b"\n") {
        return Ok(());
    }
    // This clone was put back from a backup. Nothing of the file is given up.
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match Chain::read(found, now.saturating_add(CLOCKS)) {
        Ok(other) if other.header() == chain.header() => {
            *chain = other;
            Ok(())
        }
        Ok(_) => Err(Error::user(format!("`time/{name}` is another person's, or of another time"))
            .hint(format!("`git checkout HEAD -- time/{name}` brings back what was committed"))),
        Err(findings) => Err(broken(path, &findings)
            .hint(format!("`git checkout HEAD -- time/{name}` brings back what was committed"))
            .hint("`heavy time verify` shows all that was changed")),
    }
}

fn broken(path: &Path, findings: &[Finding]) -> Error {
    let mut error = Error::user(format!("`{}` is not as it was written; nothing was changed", path.display()));
    error.causes.extend(findings.first().map(ToString::to_string));
    error
}

/// The chain to go on with: the last one that was begun here and with this key.
fn latest(chains: &BTreeMap<String, Own>, here: &Path, key: &Key) -> Option<String> {
    let own = chains.iter().filter(|(_, own)| own.copy.starts_with(here) && own.chain.header().key == key.public());
    own.max_by(|a, b| a.1.chain.header().begun.cmp(&b.1.chain.header().begun)).map(|(name, _)| name.clone())
}

fn begin(chains: &mut BTreeMap<String, Own>, here: &Path, author: &str, now: i64, key: &Key) -> Result<String> {
    let chain_name = hex::encode(key::random::<4>()?);
    let name = format!("{}-{chain_name}.jsonl", short_name(author));
    let chain = Chain::begin(author, &chain_name, now, key);
    chains.insert(name.clone(), Own { chain, copy: here.join(&name) });
    Ok(name)
}

/// What a file is called after: the letters of the person's name, or else of their address.
fn short_name(author: &str) -> String {
    use heck::ToKebabCase;
    let plain = |text: &str| {
        let ascii: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
        ascii.to_kebab_case()
    };
    let (name, address) = author.split_once('<').unwrap_or((author, ""));
    let candidates = [plain(name), plain(address.split('@').next().unwrap_or_default())];
    candidates.into_iter().find(|name| name.len() > 1).unwrap_or_else(|| "somebody".to_owned())
}

fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path, &error)),
    }
}

fn put(paths: &TimePaths, name: &str, text: &str, changed: &mut Vec<PathBuf>) -> Result<()> {
    let folder = paths.committed();
    fs::create_dir_all(&folder).map_err(|error| Error::io("create the folder", &folder, &error))?;
    let attributes = folder.join(".gitattributes");
    if !attributes.exists() {
        write_whole(&attributes, ATTRIBUTES.as_bytes(), Access::Usual)?;
        changed.push(relative(paths, &attributes));
    }
    let path = folder.join(name);
    write_whole(&path, text.as_bytes(), Access::Usual)?;
    changed.push(relative(paths, &path));
    Ok(())
}

fn relative(paths: &TimePaths, path: &Path) -> PathBuf {
    path.strip_prefix(paths.root()).unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests;
