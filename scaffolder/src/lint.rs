//! What in a template the two engines would render differently, or not at all.
//!
//! Rendering is lenient where it can be; the lint is strict. What it accepts, minijinja and Liquid render to the
//! same bytes: the parity tests generate templates at random and hold it to that. The rules are those of
//! docs/TEMPLATE-AUTHORS.md, one constant each, in the same order.

mod conditions;
mod files;
mod insertions;
mod layout;
mod manifest;
mod notes;
mod own;
mod placeholders;
mod tags;

use std::collections::BTreeSet;

use crate::template::{MANIFEST, Manifest, Template};
use crate::tree::{Tree, TreePath};

/// One thing to mend in a template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the root of the repository.
    pub path: TreePath,
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// The rule's name: one of [`rule`].
    pub rule: &'static str,
    /// What is wrong, one sentence, lowercase, no full stop.
    pub message: String,
    /// What to write instead.
    pub mend: String,
}

/// The rules, in the order of docs/TEMPLATE-AUTHORS.md.
pub mod rule {
    /// 1: what a placeholder may be called.
    pub const NAMES: &str = "names";
    /// 2: the filters that both engines have.
    pub const FILTERS: &str = "filters";
    /// 3: the conditions that both engines understand alike.
    pub const CONDITIONS: &str = "conditions";
    /// 4: where tags stand, and which white space they eat.
    pub const WHITE_SPACE: &str = "white-space";
    /// 5: how a comment is written.
    pub const COMMENTS: &str = "comments";
    /// 6: how braces are written that are no tag.
    pub const BRACES: &str = "braces";
    /// 7: other languages' braces.
    pub const CLASHES: &str = "clashes";
    /// 8: files that are copied as they are.
    pub const VERBATIM: &str = "verbatim";
    /// 9: the expressions of workflows.
    pub const WORKFLOWS: &str = "workflows";
    /// 10: paths that some answers leave out.
    pub const IGNORE: &str = "ignore";
    /// 11: for which answers.
    pub const WHEN: &str = "when";
    /// 12: placeholders in names of files.
    pub const FILE_NAMES: &str = "file-names";
    /// 13: files that may be run.
    pub const EXECUTABLE: &str = "executable";
    /// 14: files that cargo-generate treats in its own way.
    pub const KINDS: &str = "kinds";
    /// 15: no formatting after rendering.
    pub const FMT: &str = "fmt";
    /// 16: everything used is declared, and the other way round.
    pub const DECLARED: &str = "declared";
    /// 17: where answers of older versions go.
    pub const ANSWERS: &str = "answers";
    /// 18: what is written once, and what a rename leaves outside.
    pub const ONCE_AND_RENAME: &str = "once-and-rename";
    /// 19: what versions say, and whom it concerns.
    pub const NOTES: &str = "notes";
    /// Questions that nobody needs.
    pub const QUESTIONS: &str = "questions";
}

/// Checks the tree of a whole repository, manifest and template; findings in the order of their places.
///
/// A manifest that cannot be read is one finding: nothing else can be said without it. Symlinks cannot stand in a
/// tree; whoever reads one from disk reports them.
#[must_use]
pub fn lint(root: &Tree) -> Vec<Finding> {
    check(root, None)
}

/// The same for a pack, which may ask about the answers to the questions of the template `ground` that it is made for.
#[must_use]
pub fn lint_pack(root: &Tree, ground: &Manifest) -> Vec<Finding> {
    check(root, Some(ground))
}

fn check(root: &Tree, ground: Option<&Manifest>) -> Vec<Finding> {
    let mut template = match Template::from_tree(root.clone()) {
        Ok(template) => template,
        Err(error) => {
            let detail = error.causes.iter().chain(&error.hints).cloned().collect::<Vec<_>>().join("; ");
            return manifest_path()
                .map(|path| Finding { path, line: 0, rule: rule::DECLARED, message: error.message, mend: detail })
                .into_iter()
                .collect();
        }
    };
    let text = String::from_utf8_lossy(&template.manifest_file.bytes).into_owned();
    let folder = template.manifest.subfolder.as_deref().filter(|folder| root.keys().any(|path| path.is_within(folder)));
    let asked: BTreeSet<String> = template.manifest.questions.iter().map(|question| question.name.clone()).collect();
    let folder = folder.map(str::to_owned);
    // A question of the pack hides one of the template with its name.
    let grounds = ground.map(|ground| ground.questions.as_slice()).unwrap_or_default().iter();
    template.manifest.questions.extend(grounds.filter(|question| !asked.contains(&question.name)).cloned());
    let mut report = Report { findings: Vec::new(), used: BTreeSet::new(), asked, folder };
    let lists = manifest::check(&template, &text, &mut report);
    files::check(&template, &lists, &mut report);
    own::check(&template, &text, &mut report);
    insertions::check(&template, &text, &mut report);
    notes::check(&template, &text, &mut report);
    manifest::check_used(&template, &text, &mut report);
    report.findings.sort();
    report.findings.dedup();
    report.findings
}

fn manifest_path() -> Option<TreePath> {
    TreePath::parse(MANIFEST).ok()
}

/// Findings so far, and the placeholders that were met.
struct Report {
    findings: Vec<Finding>,
    used: BTreeSet<String>,
    /// The questions that this manifest asks itself.
    asked: BTreeSet<String>,
    folder: Option<String>,
}

impl Report {
    /// A finding in a file of the project tree.
    fn file(&mut self, path: &TreePath, line: usize, rule: &'static str, message: String, mend: impl Into<String>) {
        let path = match &self.folder {
            Some(folder) => TreePath::parse(&format!("{folder}/{path}")).unwrap_or_else(|_| path.clone()),
            None => path.clone(),
        };
        self.findings.push(Finding { path, line, rule, message, mend: mend.into() });
    }

    /// A finding in a file of the notes, of which `name` is the path in their folder.
    fn note(&mut self, folder: &str, name: &TreePath, message: String, mend: impl Into<String>) {
        let path = TreePath::parse(&format!("{folder}/{name}")).unwrap_or_else(|_| name.clone());
        self.findings.push(Finding { path, line: 0, rule: rule::NOTES, message, mend: mend.into() });
    }

    /// A finding in the manifest, at the first line that holds `place`, rather in quotes than within another word.
    fn manifest(&mut self, text: &str, place: &str, rule: &'static str, message: String, mend: impl Into<String>) {
        let forms = [format!("'{place}'"), format!("\"{place}\""), format!(".{place}]"), place.to_owned()];
        let line =
            forms.iter().find_map(|form| text.lines().position(|line| line.contains(form))).map_or(0, |at| at + 1);
        if let Some(path) = manifest_path() {
            self.findings.push(Finding { path, line, rule, message, mend: mend.into() });
        }
    }
}

#[cfg(test)]
mod tests;
