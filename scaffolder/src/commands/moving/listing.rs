//! A plan as people and programs read it.

use serde_json::{Value, json};

use crate::merge::ConflictKind;
use crate::transition::{Change, Move};
use crate::tree::TreePath;

/// One line of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::commands) struct Entry {
    /// What happens: `create`, `update`, `delete`, `move`, `conflict`, `keep`.
    pub(in crate::commands) action: &'static str,
    /// Where.
    pub(in crate::commands) path: TreePath,
    /// Where it stood before, if it moves.
    pub(in crate::commands) from: Option<TreePath>,
    /// Why, if the action does not say it.
    pub(in crate::commands) why: Option<String>,
}

impl Entry {
    /// What it is about: `src/routes.rs`, `old.rs -> new.rs`, `Cargo.toml (both changed the same lines)`.
    pub(in crate::commands) fn subject(&self) -> String {
        let from = self.from.as_ref().map(|from| format!("{from} -> ")).unwrap_or_default();
        let why = self.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        format!("{from}{}{why}", self.path)
    }

    pub(in crate::commands) fn json(&self) -> Value {
        let mut value = json!({ "action": self.action, "path": self.path.as_str() });
        if let (Some(object), Some(from)) = (value.as_object_mut(), &self.from) {
            object.insert("from".to_owned(), from.as_str().into());
        }
        if let (Some(object), Some(why)) = (value.as_object_mut(), &self.why) {
            object.insert("why".to_owned(), why.as_str().into());
        }
        value
    }
}

/// What a move does, by path; what is left for the person at the end.
pub(in crate::commands) fn entries(plan: &Move) -> Vec<Entry> {
    let in_conflict = |path: &TreePath| {
        plan.conflicts.iter().any(|conflict| conflict.path == *path || conflict.side_file.as_ref() == Some(path))
    };
    let moved_from = |path: &TreePath| plan.moved.iter().find(|(_, to)| to == path).map(|(from, _)| from.clone());
    let moved_away = |path: &TreePath| plan.moved.iter().any(|(from, _)| from == path);
    let mut entries: Vec<Entry> = plan
        .changes
        .iter()
        .filter(|change| !in_conflict(&change.path))
        .filter(|change| change.after.is_some() || !moved_away(&change.path))
        .map(|change| {
            let from = moved_from(&change.path);
            let numbered = plan.renumbered.iter().find(|(_, here)| *here == change.path);
            let why = numbered.map(|(theirs, _)| {
                format!("`{}` of the template: you have a file with this number", theirs.file_name())
            });
            Entry { action: action(change, from.is_some()), path: change.path.clone(), from, why }
        })
        .collect();
    entries.extend(plan.kept_deleted.iter().map(|path| Entry {
        action: "keep",
        path: path.clone(),
        from: None,
        why: Some("you deleted it; the template changed it".to_owned()),
    }));
    entries.extend(plan.untouched.iter().map(|path| Entry {
        action: "keep",
        path: path.clone(),
        from: None,
        why: Some("`heavy.toml` keeps it; the template changed it".to_owned()),
    }));
    if plan.lock_by_cargo {
        entries.extend(TreePath::parse("Cargo.lock").map(|path| Entry {
            action: "update",
            path,
            from: None,
            why: Some("by cargo".to_owned()),
        }));
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    entries.extend(plan.conflicts.iter().map(|conflict| Entry {
        action: "conflict",
        path: conflict.path.clone(),
        from: moved_from(&conflict.path),
        why: Some(match &conflict.side_file {
            Some(side_file) => format!("{}; the template's version is `{side_file}`", reason(conflict.kind)),
            None => reason(conflict.kind).to_owned(),
        }),
    }));
    entries
}

fn action(change: &Change, moved: bool) -> &'static str {
    match (&change.before, &change.after) {
        (_, Some(_)) if moved => "move",
        (None, _) => "create",
        (Some(_), None) => "delete",
        (Some(_), Some(_)) => "update",
    }
}

/// Why a conflict is one, as a part of a sentence.
pub(in crate::commands) fn reason(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::Content => "you and the template changed the same lines",
        ConflictKind::BothAdded => "you and the template added it",
        ConflictKind::DeletedByTemplate => "you changed it, the template deleted it; yours stays",
        ConflictKind::Binary => "you and the template changed it, and it cannot be merged; yours stays",
        ConflictKind::Blocked => "something else of yours stands there, or in the place of its folder",
        ConflictKind::MovedApart => "you and the template moved it to different places",
        ConflictKind::UnknownBase => "it differs from the template, and the version it comes from is not known",
    }
}
