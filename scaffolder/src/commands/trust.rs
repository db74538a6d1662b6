//! What somebody has to know of a pack before they say yes to it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::hidden::visible;
use crate::lockfile::Lock;
use crate::pack::{Addition, Packs, commands, runs_when};
use crate::suggest::listed;
use crate::tree::{Tree, TreePath};
use crate::ui::Ui;

/// A pack whose content is new to a project.
pub(in crate::commands) struct Coming {
    name: String,
    /// The version that the project has.
    before: Option<String>,
    version: String,
    source: String,
    rev: Option<String>,
    commit: Option<String>,
    files: Vec<TreePath>,
    lines: Vec<(TreePath, String)>,
    dependencies: Vec<String>,
    /// Files that run by themselves, with when.
    runs: Vec<(TreePath, &'static str)>,
    commands: Vec<String>,
}

/// The packs in `packs` that a project with this `heavy.toml` has not, or has in another state.
pub(in crate::commands) fn coming(
    lock: &Lock,
    packs: &Packs,
    additions: &BTreeMap<String, Addition>,
    theirs: &Tree,
) -> Vec<Coming> {
    let is_new = |name: &str, stamp: &str| lock.packs.get(name).is_none_or(|there| there.stamp != stamp);
    packs
        .iter()
        .filter(|(name, pack)| is_new(name, &pack.lock.stamp))
        .map(|(name, pack)| {
            let addition = additions.get(name).cloned().unwrap_or_default();
            let executable = |path: &TreePath| theirs.get(path).is_some_and(|file| file.executable);
            let touched = addition.files.iter().chain(addition.lines.iter().map(|(path, _)| path));
            let mut runs: Vec<_> =
                touched.filter_map(|path| Some((path.clone(), runs_when(path, executable(path))?))).collect();
            runs.sort();
            runs.dedup();
            Coming {
                name: name.clone(),
                before: lock.packs.get(name).map(|there| there.version.clone()),
                version: pack.lock.version.clone(),
                source: pack.lock.source.clone(),
                rev: pack.lock.rev.clone(),
                commit: pack.lock.commit.clone(),
                files: addition.files,
                lines: addition.lines,
                dependencies: addition.dependencies,
                runs,
                commands: commands(&pack.template),
            }
        })
        .collect()
}

impl Coming {
    /// Shows where it is from and what it brings, apart from its files, which the plan lists.
    pub(in crate::commands) fn show(&self, ui: Ui, as_result: bool) -> Result<()> {
        let at = match (&self.commit, &self.rev) {
            (Some(commit), Some(rev)) if rev != commit => format!(", commit {commit} (`{}`)", visible(rev)),
            (Some(commit), _) => format!(", commit {commit}"),
            (None, _) => ", a folder as it is".to_owned(),
        };
        let number = self.files.len();
        let before = self.before.as_ref().map(|before| format!("{} -> ", visible(before))).unwrap_or_default();
        let files = if number == 1 { "1 file" } else { &format!("{number} files") };
        let what =
            format!("`{}` {before}{} ({files}) from {}{at}", self.name, visible(&self.version), visible(&self.source));
        ui.planned("pack", what, as_result)?;
        for (path, lines) in &self.lines {
            for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
                ui.planned("insert", format_args!("{path}: {}", visible(line)), as_result)?;
            }
        }
        for dependency in &self.dependencies {
            ui.planned("depend", visible(dependency), as_result)?;
        }
        for (path, when) in &self.runs {
            ui.planned("runs", format_args!("{path} {when}"), as_result)?;
        }
        for command in &self.commands {
            ui.planned("command", format_args!("{} (only with --allow-commands)", visible(command)), as_result)?;
        }
        Ok(())
    }

    pub(in crate::commands) fn json(&self) -> Value {
        json!({
            "name": self.name,
            "before": self.before,
            "version": self.version,
            "source": self.source,
            "rev": self.rev,
            "commit": self.commit,
            "files": self.files.iter().map(TreePath::as_str).collect::<Vec<_>>(),
            "lines": self.lines.iter().map(|(path, text)| json!({ "path": path.as_str(), "text": text })).collect::<Vec<_>>(),
            "dependencies": self.dependencies,
            "runs": self.runs.iter().map(|(path, when)| json!({ "path": path.as_str(), "when": when })).collect::<Vec<_>>(),
            "commands": self.commands,
        })
    }
}

/// The question that is asked after "Do this?", whose answer is no unless somebody says yes.
pub(in crate::commands) fn question(coming: &[Coming]) -> String {
    format!("Do you trust {}, whose code will run as your own?", names(coming))
}

/// Nobody can be asked, and nobody said yes beforehand.
pub(in crate::commands) fn refusal(coming: &[Coming]) -> Error {
    let them = if coming.len() == 1 { "it" } else { "them" };
    Error::user(format!("nobody said that {} can be trusted", names(coming)))
        .hint(format!("look at what {them} would do: the same command with --dry-run"))
        .hint(format!("say that you trust {them}: add --trust"))
}

fn names(coming: &[Coming]) -> String {
    let names = listed(coming.iter().map(|pack| pack.name.as_str()));
    format!("the {} {names}", if coming.len() == 1 { "pack" } else { "packs" })
}
