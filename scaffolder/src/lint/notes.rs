//! Rule 19: the notes of versions, which no rendering would ever read.

use std::cmp::Ordering;

use super::{Report, rule};
use crate::codemods::Codemods;
use crate::error::Error;
use crate::notes::{Note, upgrading, version_of};
use crate::suggest::{listed, nearest};
use crate::template::{Manifest, Template};
use crate::tree::TreePath;
use crate::version;

pub(super) fn check(template: &Template, text: &str, report: &mut Report) {
    let manifest = &template.manifest;
    let Some(folder) = &manifest.notes else { return };
    let own = manifest.version.as_deref().unwrap_or_default();
    let mut newest_is_there = template.notes.is_empty();
    for (path, file) in &template.notes {
        if let Some(version) = version_of(path, ".toml") {
            if let Err(error) = Codemods::parse(version, &String::from_utf8_lossy(&file.bytes)) {
                unreadable(&error, path, folder, report);
            }
            too_new(version, path, folder, own, report);
            continue;
        }
        let Some(version) = version_of(path, ".md") else {
            report.note(
                folder,
                path,
                "is called after no version, so nobody is shown it".to_owned(),
                "call it after its version: `1.2.0.md`",
            );
            continue;
        };
        newest_is_there |= version::compare(version, own) == Some(Ordering::Equal);
        too_new(version, path, folder, own, report);
        match Note::parse(version, &String::from_utf8_lossy(&file.bytes)) {
            Ok(note) => features(&note, path, folder, manifest, report),
            Err(error) => unreadable(&error, path, folder, report),
        }
    }
    if !newest_is_there {
        let message = format!("`{folder}/` has notes, and none for version {own}");
        report.manifest(text, "version", rule::NOTES, message, format!("write `{folder}/{own}.md`"));
    }
    if let Some(path) = upgrading::path().filter(|path| !template.notes.is_empty() && template.files.contains_key(path))
    {
        let message = "projects keep the notes of versions in this file, so it is theirs".to_owned();
        report.file(&path, 0, rule::NOTES, message, "give the template's page another name");
    }
    let is_left_out = || manifest.ignore.iter().any(|path| path.trim_matches('/') == folder);
    if manifest.subfolder.is_none() && !is_left_out() {
        let message = format!("`cargo generate` would put `{folder}/` into every project");
        report.manifest(
            text,
            folder,
            rule::NOTES,
            message,
            format!("write `ignore = [\"{folder}\"]` under `[template]`"),
        );
    }
}

/// A file about a version that is still to come.
fn too_new(version: &str, path: &TreePath, folder: &str, own: &str, report: &mut Report) {
    if version::compare(version, own) == Some(Ordering::Greater) {
        let message = format!("is about version {version}, and the template is at {own}");
        report.note(folder, path, message, "raise `version` in the manifest, or give it the version that is next");
    }
}

/// Whether the template asks, or asked, for each feature that a section names.
fn features(note: &Note, path: &TreePath, folder: &str, manifest: &Manifest, report: &mut Report) {
    let known = || manifest.features().into_iter().map(|feature| feature.name);
    for feature in note.sections.iter().flat_map(|section| &section.features) {
        if manifest.feature(feature).is_none() && !manifest.migrations.contains_key(feature) {
            let mend = nearest(feature, known()).map_or_else(
                || format!("the template has {}", listed(known())),
                |near| format!("did you mean `{near}`?"),
            );
            report.note(folder, path, format!("names the feature `{feature}`, which the template does not have"), mend);
        }
    }
}

fn unreadable(error: &Error, path: &TreePath, folder: &str, report: &mut Report) {
    let detail = error.causes.iter().chain(&error.hints).map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    report.note(folder, path, error.message.clone(), detail.join("; "));
}
