//! What a version brings besides files: its notes, which the project keeps, and rewrites of the user's code.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::State;
use crate::codemods::{Codemods, Remark, Rewritten, rewrite};
use crate::diff::difference;
use crate::error::Result;
use crate::lockfile::Keep;
use crate::notes::{Note, Section, between, notes, upgrading};
use crate::snapshot::Snapshot;
use crate::transition::Move;
use crate::tree::{Tree, TreePath};
use crate::ui::Ui;

/// What the versions say that a sync passes.
#[derive(Default)]
pub(in crate::commands) struct Upgrade {
    notes: Vec<Note>,
    codemods: Vec<Codemods>,
}

/// What of it concerns a project.
#[derive(Default)]
pub(in crate::commands) struct Concerning {
    /// The notes, oldest first, without the sections about other projects.
    notes: Vec<Note>,
    /// Whether the project keeps them.
    kept: bool,
    /// The user's files before and after the rewrites.
    rewritten: (Tree, Tree),
    /// What the rewrites left to a person.
    remarks: Vec<Remark>,
}

impl Upgrade {
    /// What the template of `to` says to a project that comes from version `from`. A note that cannot be read stops no sync.
    pub(in crate::commands) fn of(from: &str, to: &State, ui: Ui) -> Self {
        let mut upgrade = Self::default();
        for note in notes(&to.template, from, to.version()) {
            match note {
                Ok(note) => upgrade.notes.push(note),
                Err(error) => ui.warning(&error),
            }
        }
        upgrade.codemods = codemods(from, to, ui);
        upgrade
    }

    pub(in crate::commands) fn is_empty(&self) -> bool {
        self.notes.is_empty() && self.codemods.is_empty()
    }

    /// Adds to a plan the rewrites, and what the project keeps.
    pub(in crate::commands) fn add_to(
        &self,
        plan: &mut Move,
        ours: &Snapshot,
        theirs: &Tree,
        to: &State,
        keep: &Keep,
    ) -> Concerning {
        let mut notes: Vec<Note> = self.notes.iter().map(|note| note.for_project(&to.answers, &ours.files)).collect();
        let mut after = plan.applied_to(&ours.files);
        let Rewritten { files, remarks } = self.rewritten(&after, plan, ours, theirs, to, keep);
        let before = files.keys().filter_map(|path| Some((path.clone(), after.get(path)?.clone()))).collect();
        after.extend(files.clone());
        if !files.is_empty() {
            plan.give(&ours.files, after.clone());
        }
        if !remarks.is_empty() {
            let lines: Vec<String> = remarks.iter().map(shown).collect();
            let section = Section::by_hand("Lines to look at", lines.join("\n"));
            match notes.last_mut().filter(|note| note.version == to.version()) {
                Some(note) => note.sections.push(section),
                None => notes.push(Note {
                    version: to.version().to_owned(),
                    title: "names that changed".to_owned(),
                    intro: String::new(),
                    sections: vec![section],
                }),
            }
        }
        let place = upgrading::path().filter(|path| !keep.matches(path) && is_free(path, &after, ours, theirs));
        let file = place.as_ref().and_then(|path| upgrading::with(after.get(path), &notes));
        let kept = file.is_some();
        if let (Some(path), Some(file)) = (place, file) {
            after.insert(path, file);
            plan.give(&ours.files, after);
        }
        Concerning { notes, kept, rewritten: (before, files), remarks }
    }

    /// The user's own Rust, and what they made of the template's. What is written once, what no move may touch, and what is in
    /// conflict stays.
    fn rewritten(
        &self,
        after: &Tree,
        plan: &Move,
        ours: &Snapshot,
        theirs: &Tree,
        to: &State,
        keep: &Keep,
    ) -> Rewritten {
        let open = plan.conflicts.iter().flat_map(|conflict| [Some(&conflict.path), conflict.side_file.as_ref()]);
        let open: BTreeSet<&TreePath> = open.flatten().collect();
        let once = &to.template.manifest.once;
        let stays = |path: &TreePath| once.matches(path) || keep.matches(path) || open.contains(path);
        let is_users = |path: &TreePath| after.get(path) != theirs.get(path) && !stays(path);
        rewrite(after, &ours.files, is_users, &self.codemods)
    }
}

/// The rewrites of the versions after `from`, up to that of `to`. Rules that cannot be read stop no sync.
pub(super) fn codemods(from: &str, to: &State, ui: Ui) -> Vec<Codemods> {
    let rules = between(&to.template, from, to.version(), ".toml").into_iter();
    rules
        .filter_map(|(version, bytes)| match Codemods::parse(version, &String::from_utf8_lossy(bytes)) {
            Ok(codemods) => Some(codemods),
            Err(error) => {
                ui.warning(&error);
                None
            }
        })
        .collect()
}

/// A remark as an item of a list.
pub(super) fn shown(remark: &Remark) -> String {
    let Remark { path, line, text } = remark;
    if *line == 0 { format!("- `{path}`: {text}") } else { format!("- `{path}:{line}`: {text}") }
}

/// Whether the user's own file can stand at `path`: the template has none there, and nothing else is in its place.
fn is_free(path: &TreePath, after: &Tree, ours: &Snapshot, theirs: &Tree) -> bool {
    let below_a_file = || after.keys().any(|file| path.folders().any(|folder| folder == file.as_str()));
    let is_a_folder = || after.keys().any(|file| file != path && file.is_within(path.as_str()));
    let blocked = || ours.obstacles.keys().any(|obstacle| path.is_within(obstacle.as_str()));
    !theirs.contains_key(path) && !below_a_file() && !is_a_folder() && !blocked()
}

impl Concerning {
    /// The notes in full, and the rewrites, unless the whole move is shown as a difference.
    pub(super) fn show(&self, ui: Ui, with_rewrites: bool) -> Result<()> {
        for note in &self.notes {
            ui.note(format_args!("new in {}: {}", note.version, note.title));
            indented(ui, 4, &note.intro);
            for section in &note.sections {
                let by_hand = if section.by_hand { " (by hand)" } else { "" };
                ui.line(format_args!("    - {}{by_hand}", section.heading));
                indented(ui, 6, &section.text);
            }
        }
        let (before, after) = &self.rewritten;
        if with_rewrites && !after.is_empty() {
            ui.note("the version changed names, and your code goes along:");
            ui.difference(&difference(before, after), false)?;
        }
        Ok(())
    }

    /// What there is to do after the move.
    pub(super) fn afterwards(&self) -> Option<String> {
        let by_hand = self.notes.iter().flat_map(|note| &note.sections).filter(|section| section.by_hand).count();
        let what = match by_hand {
            0 => "says what is new".to_owned(),
            1 => "says what is new, and what is left to do by hand".to_owned(),
            count => format!("says what is new, and {count} things that are left to do by hand"),
        };
        self.kept.then(|| format!("`{}` {what}", upgrading::UPGRADING))
    }

    /// The files that are rewritten, and what is left to a person.
    pub(super) fn rewrites_json(&self) -> Value {
        rewrites_as_json(&self.rewritten.1, &self.remarks)
    }

    pub(super) fn json(&self) -> Vec<Value> {
        let note = |note: &Note| {
            let sections = note
                .sections
                .iter()
                .map(|section| json!({ "heading": section.heading, "text": section.text, "by_hand": section.by_hand }));
            json!({
                "version": note.version,
                "title": note.title,
                "intro": note.intro,
                "sections": sections.collect::<Vec<_>>(),
            })
        };
        self.notes.iter().map(note).collect()
    }
}

/// The files that are rewritten, and what is left to a person, for programs.
pub(super) fn rewrites_as_json(files: &Tree, remarks: &[Remark]) -> Value {
    let remark = |remark: &Remark| json!({ "path": remark.path.as_str(), "line": remark.line, "text": remark.text });
    json!({
        "files": files.keys().map(TreePath::as_str).collect::<Vec<_>>(),
        "remarks": remarks.iter().map(remark).collect::<Vec<_>>(),
    })
}

fn indented(ui: Ui, by: usize, text: &str) {
    for line in text.lines() {
        ui.line(format!("{:by$}{line}", "").trim_end());
    }
}
