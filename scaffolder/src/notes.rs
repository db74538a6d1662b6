//! What a version of a template says to those whose projects come to it. Pure.
//!
//! A note is `notes/1.2.0.md` beside the manifest: TOML between two lines of `+++`, then Markdown.
//!
//! ```text
//! +++
//! title = "traces are a feature"
//!
//! [sections."The endpoint is a setting"]
//! features = ["otel"]
//! by-hand = true
//! +++
//! What every project should know.
//!
//! ## The endpoint is a setting
//! Set `OTLP_ENDPOINT` …
//! ```
//!
//! A section that the front matter does not name concerns every project. [`upgrading`] keeps what was shown in the project.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ignore::gitignore::Gitignore;
use serde::Deserialize;

use crate::answers::Answers;
use crate::error::{Error, Result};
use crate::manifest::patterns::matcher;
use crate::template::Template;
use crate::tree::{Tree, TreePath};
use crate::value::Value;
use crate::version;

mod markdown;
pub mod upgrading;

/// What the front matter stands between.
const FENCE: &str = "+++";

/// The note of one version.
#[derive(Clone, Debug)]
pub struct Note {
    /// The version, as its file is called.
    pub version: String,
    /// What is new, in a few words.
    pub title: String,
    /// What stands before the first section, for every project.
    pub intro: String,
    /// The rest, in the note's order.
    pub sections: Vec<Section>,
}

/// A part of a note, and whom it concerns.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// What stands below it.
    pub text: String,
    /// Whether somebody has to do something.
    pub by_hand: bool,
    /// It concerns projects with one of these features; none means all.
    pub features: Vec<String>,
    /// It concerns projects with a file that these patterns match.
    files: Option<Gitignore>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    title: String,
    #[serde(default)]
    sections: BTreeMap<String, Concerns>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Concerns {
    #[serde(default)]
    features: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    by_hand: bool,
}

impl Section {
    /// A section of no template: what a move has to say about this project.
    #[must_use]
    pub fn by_hand(heading: &str, text: String) -> Self {
        Self { heading: heading.to_owned(), text, by_hand: true, features: Vec::new(), files: None }
    }
}

impl Note {
    /// Reads the note of a version.
    ///
    /// # Errors
    /// Of kind `Template`: front matter that is missing, no TOML, or about a section that is not there.
    pub fn parse(version: &str, text: &str) -> Result<Self> {
        let malformed = |problem: &str| Error::template(format!("the note of version {version} {problem}"));
        let text = text.replace("\r\n", "\n");
        let (front, body) = text
            .strip_prefix(FENCE)
            .and_then(|rest| rest.strip_prefix('\n')?.split_once("\n+++\n"))
            .ok_or_else(|| malformed("has no front matter").hint("begin with `+++`, `title = \"…\"`, `+++`"))?;
        let front: FrontMatter =
            toml::from_str(front).map_err(|error| malformed("has front matter that cannot be read").because(error))?;
        let (intro, parts) = markdown::sections(body);
        let mut concerns = front.sections;
        let mut sections = Vec::new();
        for (heading, text) in parts {
            let Concerns { features, files, by_hand } = concerns.remove(&heading).unwrap_or_default();
            let features = features.iter().map(|feature| feature.replace('-', "_")).collect();
            let bad = |error| malformed(&format!("has a bad pattern for the section `{heading}`")).because(error);
            let files = if files.is_empty() { None } else { Some(matcher(&files).map_err(bad)?) };
            sections.push(Section { heading, text, by_hand, features, files });
        }
        if let Some(heading) = concerns.into_keys().next() {
            return Err(malformed(&format!("says whom the section `{heading}` concerns, and has none"))
                .hint("give it the words of a heading `## …`"));
        }
        Ok(Self { version: version.to_owned(), title: front.title, intro, sections })
    }

    /// The note without what does not concern a project with these answers and files.
    #[must_use]
    pub fn for_project(&self, answers: &Answers, files: &Tree) -> Self {
        let has = |feature: &String| answers.get(feature) == Some(&Value::Bool(true));
        let concerns = |section: &&Section| {
            let by_feature = section.features.is_empty() || section.features.iter().any(has);
            let matched = |patterns: &Gitignore| files.keys().any(|path| matches(patterns, path));
            by_feature && section.files.as_ref().is_none_or(matched)
        };
        Self { sections: self.sections.iter().filter(concerns).cloned().collect(), ..self.clone() }
    }
}

fn matches(patterns: &Gitignore, path: &TreePath) -> bool {
    patterns.matched_path_or_any_parents(path.as_str(), false).is_ignore()
}

/// The version that a file of the notes is about, if it is called so: `1.2.0.md` with the ending `.md`.
#[must_use]
pub fn version_of<'a>(path: &'a TreePath, ending: &str) -> Option<&'a str> {
    path.as_str().strip_suffix(ending).filter(|version| !version.contains('/') && version::parse(version).is_some())
}

/// The files of a template's notes with this ending, for the versions after `from` up to `to`, oldest first.
#[must_use]
pub fn between<'a>(template: &'a Template, from: &str, to: &str, ending: &str) -> Vec<(&'a str, &'a [u8])> {
    let is_passed = |version: &str| {
        version::compare(from, version) == Some(Ordering::Less)
            && matches!(version::compare(version, to), Some(Ordering::Less | Ordering::Equal))
    };
    let files = template.notes.iter().filter_map(|(path, file)| {
        version_of(path, ending).filter(|version| is_passed(version)).map(|version| (version, file.bytes.as_slice()))
    });
    let mut files: Vec<_> = files.collect();
    files.sort_by_key(|(version, _)| version::parse(version));
    files
}

/// The notes for a project that goes from one version of its template to another, oldest first. One that cannot be read is
/// in its place with the reason.
#[must_use]
pub fn notes(template: &Template, from: &str, to: &str) -> Vec<Result<Note>> {
    let files = between(template, from, to, ".md").into_iter();
    files.map(|(version, bytes)| Note::parse(version, &String::from_utf8_lossy(bytes))).collect()
}

#[cfg(test)]
mod tests;
