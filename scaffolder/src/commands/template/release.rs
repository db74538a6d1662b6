//! `heavy template release`: what a template's author runs when a version is done.
//!
//! heavy's own repository keeps every released version in `scaffolder/releases.pack`, which the binary embeds. In any other
//! repository the releases are its version tags, and this command says whether the version can still become one.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::cli::Release as Args;
use crate::error::{Error, Result};
use crate::source::releases::{self, Release};
use crate::source::{folder, git};
use crate::stamp::Stamp;
use crate::suggest::typed;
use crate::template::{MANIFEST, Template};
use crate::tree::Tree;
use crate::ui::Ui;
use crate::version;

pub(in crate::commands) fn run(args: &Args, ui: Ui) -> Result<u8> {
    let tree = folder::read(&args.dir)?;
    let template = Template::from_tree(tree.clone())?;
    let version = numbered(&template)?;
    let stamp = Stamp::of(&template);
    match pack_of(&args.dir) {
        Some(path) => into_pack(args, &path, Release { version, stamp: stamp.to_string(), tree }, ui),
        None => by_tag(args, &version, &stamp, ui),
    }
}

/// The version that the manifest says, in full: releases are ordered by it.
fn numbered(template: &Template) -> Result<String> {
    let hint = format!("write `version = \"0.1.0\"` under `[heavy]` in `{MANIFEST}`");
    let version = template.manifest.version.clone().ok_or_else(|| {
        Error::template("the template has no version, by which a release could be named").hint(hint.as_str())
    })?;
    match semver::Version::parse(&version) {
        Ok(_) => Ok(version),
        Err(error) => {
            Err(Error::template(format!("`{}` is no version", version.escape_debug())).because(error).hint(hint))
        }
    }
}

/// Only heavy's own repository has one: its binary embeds the template.
fn pack_of(dir: &Path) -> Option<PathBuf> {
    dir.join("scaffolder/Cargo.toml").is_file().then(|| dir.join("scaffolder/releases.pack"))
}

fn into_pack(args: &Args, path: &Path, new: Release, ui: Ui) -> Result<u8> {
    let mut all = match fs::read(path) {
        Ok(bytes) => releases::unpack(&bytes)?,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(Error::io("read", path, &error)),
    };
    verify(&all)?;
    let version = new.version.clone();
    let released = all.iter().find(|release| release.version == version);
    if released.is_some_and(|release| release.stamp != new.stamp) {
        return Err(taken(&version));
    }
    if released.is_some() {
        ui.status("Released", format_args!("{version} already, as it stands"));
    } else if args.check {
        ui.status("Checked", format_args!("{version} is not released yet"));
    } else {
        all.push(new);
        all.sort_by_key(|release| version::parse(&release.version));
        fs::write(path, releases::pack(&all)?).map_err(|error| Error::io("write", path, &error))?;
        ui.status(
            "Released",
            format_args!("{version}; raise `version` in `{MANIFEST}` and `Cargo.toml` before the template changes"),
        );
    }
    Ok(0)
}

/// What is released must be what its stamp says: projects rely on it for ever.
fn verify(releases: &[Release]) -> Result<()> {
    for release in releases {
        let stamp = stamp_of(release.tree.clone())?;
        if stamp.as_str() != release.stamp {
            return Err(Error::template(format!(
                "the released version {} is not what its stamp says",
                release.version
            ))
            .hint("take the file from the last commit: `git checkout HEAD -- scaffolder/releases.pack`"));
        }
    }
    Ok(())
}

fn stamp_of(tree: Tree) -> Result<Stamp> {
    Ok(Stamp::of(&Template::from_tree(tree)?))
}

fn by_tag(args: &Args, version: &str, stamp: &Stamp, ui: Ui) -> Result<u8> {
    match git::tagged(&args.dir, version)? {
        Some((_, found)) if stamp_of(found.tree.clone())? != *stamp => return Err(taken(version)),
        Some((tag, _)) => ui.status("Released", format_args!("{version} already, as the tag `{tag}`")),
        None if args.check => ui.status("Checked", format_args!("{version} is not released yet")),
        None => {
            return Err(Error::user("the releases of this template are the version tags of its repository")
                .hint(format!("commit, then: `git -C {} tag v{version}`", typed(&args.dir))));
        }
    }
    Ok(0)
}

fn taken(version: &str) -> Error {
    Error::user(format!("version {version} of the template was released, and the template has changed since"))
        .hint(format!("raise `version` under `[heavy]` in `{MANIFEST}`, then run `heavy template stamp`"))
}
