//! `use` declarations: the names in them are sets.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::units::Unit;
use crate::merge::additions::additions;

/// A name, or a group of names in braces with the path before it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Import {
    path: String,
    group: Option<Vec<Import>>,
}

impl Import {
    fn id(&self) -> String {
        if self.group.is_some() { format!("{}{{", self.path) } else { self.path.clone() }
    }
}

/// What a declaration is known by: all of it, or what stands before its braces.
pub(super) fn key(body: &str) -> String {
    let words = body.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.split_once('{') {
        Some((before, _)) => format!("{before}{{"),
        None => words,
    }
}

/// Merges three declarations; `None` if they are none, have comments in them, or do not fit together. Without a base
/// it is empty.
pub(super) fn merge(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let (mine, their) = (read(ours)?, read(theirs)?);
    let base = if base.is_empty() { Import { path: mine.path.clone(), group: Some(Vec::new()) } } else { read(base)? };
    if base.path != mine.path || base.path != their.path {
        return None;
    }
    let merged = groups(base.group.as_deref()?, mine.group.as_deref()?, their.group.as_deref()?)?;
    let indent = &ours[..ours.len() - ours.trim_start().len()];
    let width = [ours, theirs].into_iter().flat_map(str::lines).map(str::len).max().unwrap_or(0).max(100);
    Some(written(&mine.path, &merged, indent, width) + "\n")
}

fn groups(base: &[Import], ours: &[Import], theirs: &[Import]) -> Option<Vec<Import>> {
    let ids = |list: &[Import]| list.iter().map(Import::id).collect::<Vec<_>>();
    let added = additions(&ids(base), &ids(ours), &ids(theirs))?;
    let find = |list: &'_ [Import], id: &str| list.iter().position(|import| import.id() == id);
    let mut merged = Vec::new();
    for mine in ours {
        let (old, their) = (find(base, &mine.id()), find(theirs, &mine.id()));
        match (old, their, &mine.group) {
            (_, Some(their), Some(group)) => {
                let old = old.and_then(|old| base[old].group.as_deref()).unwrap_or_default();
                let group = groups(old, group, theirs[their].group.as_deref()?)?;
                merged.push(Import { path: mine.path.clone(), group: Some(group) });
            }
            (Some(old), None, _) if base[old] != *mine => return None,
            (Some(_), None, _) => {}
            _ => merged.push(mine.clone()),
        }
    }
    let edited = |old: &Import| find(theirs, &old.id()).is_some_and(|their| theirs[their] != *old);
    if base.iter().any(|old| find(ours, &old.id()).is_none() && edited(old)) {
        return None;
    }
    let order = [by_case as fn(&Import) -> (u8, String), by_text];
    let order = order.into_iter().find(|order| ours.is_sorted_by_key(order) && theirs.is_sorted_by_key(order));
    for addition in added {
        merged.insert(addition.at, theirs[addition.from].clone());
    }
    if let Some(order) = order {
        merged.sort_by_key(order);
    }
    Some(merged)
}

/// rustfmt's order until 2021: small letters, capitals, constants; groups are the last.
fn by_case(import: &Import) -> (u8, String) {
    let name = import.path.trim_start_matches("r#");
    let rank = match name {
        "self" => 0,
        "super" | "crate" => 1,
        _ if import.group.is_some() && name.is_empty() => 5,
        _ if name.starts_with(|c: char| c.is_lowercase() || c == '_') => 2,
        _ if name.len() > 1 && name.chars().all(|c| c.is_uppercase() || c == '_' || c.is_numeric()) => 4,
        _ => 3,
    };
    (rank, name.to_owned())
}

/// Its order since.
fn by_text(import: &Import) -> (u8, String) {
    (u8::from(import.path != "self"), import.path.clone())
}

fn read(declaration: &str) -> Option<Import> {
    let text = declaration.trim();
    if text.contains("//") || text.contains("/*") {
        return None;
    }
    let words = text.strip_suffix(';')?.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_use = words.starts_with("use ") || words.starts_with("pub ") || words.starts_with("pub(");
    let (import, rest) = one(&words)?;
    (is_use && words.contains("use ") && rest.is_empty() && import.group.is_some()).then_some(import)
}

/// Reads one import, and what follows it.
fn one(text: &str) -> Option<(Import, &str)> {
    let text = text.trim_start();
    let end = text.find(['{', ',', '}']).unwrap_or(text.len());
    let (path, rest) = text.split_at(end);
    let Some(mut rest) = rest.strip_prefix('{') else {
        return (!path.trim().is_empty()).then(|| (Import { path: path.trim().to_owned(), group: None }, rest));
    };
    let mut group = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('}') {
            return Some((Import { path: path.to_owned(), group: Some(group) }, after.trim_start()));
        }
        let (import, after) = one(rest)?;
        group.push(import);
        rest = after.trim_start();
        rest = rest.strip_prefix(',').or_else(|| rest.starts_with('}').then_some(rest))?;
    }
}

fn on_one_line(import: &Import) -> String {
    match &import.group {
        None => import.path.clone(),
        Some(group) => {
            let names: Vec<String> = group.iter().map(on_one_line).collect();
            format!("{}{{{}}}", import.path, names.join(", "))
        }
    }
}

/// As rustfmt writes it.
fn written(path: &str, group: &[Import], indent: &str, width: usize) -> String {
    let names: Vec<String> = group.iter().map(on_one_line).collect();
    let line = format!("{indent}{path}{{{}}};", names.join(", "));
    let nested = group.iter().any(|import| import.group.is_some());
    if line.len() <= width && !nested {
        return line;
    }
    let mut text = format!("{indent}{path}{{\n");
    block(&mut text, group, &format!("{indent}    "), width);
    let _ = write!(text, "{indent}}};");
    text
}

/// The lines between braces: each group on lines of its own, names as many as fit on one.
fn block(text: &mut String, group: &[Import], indent: &str, width: usize) {
    if group.iter().any(|import| import.group.is_some()) {
        for import in group {
            let line = format!("{indent}{},\n", on_one_line(import));
            let nested = import.group.as_ref().is_some_and(|group| group.iter().any(|import| import.group.is_some()));
            match &import.group {
                Some(group) if line.len() > width + 1 || nested => {
                    let _ = writeln!(text, "{indent}{}{{", import.path);
                    block(text, group, &format!("{indent}    "), width);
                    let _ = writeln!(text, "{indent}}},");
                }
                _ => text.push_str(&line),
            }
        }
        return;
    }
    let mut line = indent.to_owned();
    for import in group {
        let name = format!("{},", import.path);
        if line.len() > indent.len() {
            if line.len() + 1 + name.len() > width {
                let _ = writeln!(text, "{line}");
                line = indent.to_owned();
            } else {
                line.push(' ');
            }
        }
        line.push_str(&name);
    }
    let _ = writeln!(text, "{line}");
}

/// How many names are imported a second time in a list.
pub(super) fn repetitions(units: &[Unit]) -> usize {
    let mut seen = BTreeSet::new();
    let mut count = 0;
    // One under a condition may stand beside another.
    for unit in units.iter().filter(|unit| !unit.above().contains("#[")) {
        let body = unit.body().trim();
        let mut paths = Vec::new();
        if let Some(import) = read(body) {
            leaves("", &import, &mut paths);
        } else if unit.item.is_some() && key(body).contains("use ") && body.ends_with(';') {
            paths.push(key(body).trim_end_matches(';').to_owned());
        }
        // With any visibility it is the same name.
        let declared = |path: &String| path.split_once("use ").map(|(_, path)| path.to_owned());
        count += paths.iter().filter_map(declared).filter(|path| !seen.insert(path.clone())).count();
    }
    count
}

fn leaves(prefix: &str, import: &Import, paths: &mut Vec<String>) {
    let path = format!("{prefix}{}", import.path);
    match &import.group {
        Some(group) => group.iter().for_each(|import| leaves(&path, import, paths)),
        None => paths.push(path),
    }
}
