//! Lists of lines whose order means nothing are sets to the merge: what both sides add at one place is no conflict, and the
//! same item from both is there once.
//!
//! Such lists are declarations of modules and imports in Rust, routes in a chain of calls, and the patterns of a file like
//! `.gitignore`, unless one of them takes another back (`!pattern`), which makes their order count. Only whole lines are
//! items: one that spans several lines, or has an attribute above it, is left to the person.

use super::additions::additions;
use super::{Labels, lines};
use crate::tree::TreePath;

/// Merges three texts line by line, and where both sides changed a list, as sets. `Err` is the text with markers around
/// what is left.
pub(super) fn merge(
    path: &TreePath,
    base: &[u8],
    ours: &[u8],
    theirs: &[u8],
    labels: &Labels,
) -> Result<Vec<u8>, Vec<u8>> {
    let marked = match lines::merge(base, ours, theirs, labels) {
        Ok(merged) => return Ok(merged),
        Err(marked) => marked,
    };
    let mut resolved = false;
    let (mut base_rest, mut ours_rest, mut theirs_rest) = (Vec::new(), Vec::new(), Vec::new());
    for part in lines::parts(base, ours, theirs) {
        match part {
            lines::Part::Merged(text) => {
                for rest in [&mut base_rest, &mut ours_rest, &mut theirs_rest] {
                    rest.extend(&text);
                }
            }
            lines::Part::Conflict { base, ours, theirs } => match union(path, &base, &ours, &theirs) {
                Some(union) => {
                    resolved = true;
                    for rest in [&mut base_rest, &mut ours_rest, &mut theirs_rest] {
                        rest.extend(union.bytes());
                    }
                }
                None => {
                    base_rest.extend(base);
                    ours_rest.extend(ours);
                    theirs_rest.extend(theirs);
                }
            },
        }
    }
    // What is merged already is the same in all three.
    if resolved { lines::merge(&base_rest, &ours_rest, &theirs_rest, labels) } else { Err(marked) }
}

/// The items of both sides, without those that one of them removed; `None` if these lines are no set.
fn union(path: &TreePath, base: &[u8], ours: &[u8], theirs: &[u8]) -> Option<String> {
    let read = |lines| items(path, std::str::from_utf8(lines).ok()?);
    let (base, ours, theirs) = (read(base)?, read(ours)?, read(theirs)?);
    // Several kinds in one place are several lists.
    let mut kinds = [&base, &ours, &theirs].into_iter().flatten().map(|item| item.kind);
    let kind = kinds.next()?;
    if !kinds.all(|other| other == kind) {
        return None;
    }
    let texts = |items: &[Item]| items.iter().map(|item| item.line.to_owned()).collect::<Vec<_>>();
    let (base, ours, theirs) = (texts(&base), texts(&ours), texts(&theirs));
    let added = additions(&base, &ours, &theirs)?;
    let mut merged: Vec<&String> = ours.iter().filter(|line| theirs.contains(line) || !base.contains(line)).collect();
    for addition in added {
        merged.insert(addition.at, &theirs[addition.from]);
    }
    // One key with two values is a question for a person.
    let keys: Vec<&str> = merged.iter().map(|line| kind.key(line)).collect();
    if keys.iter().enumerate().any(|(index, key)| keys[..index].contains(key)) {
        return None;
    }
    // Below a comment stands what it is about.
    if kind != Kind::Pattern && ours.is_sorted() && theirs.is_sorted() {
        merged.sort();
    }
    Some(merged.into_iter().map(|line| format!("{line}\n")).collect())
}

struct Item<'a> {
    kind: Kind,
    line: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `mod name;` with any visibility.
    Module,
    /// `use path;` on one line, with any visibility.
    Import,
    /// `.route("/path", handler)`, a link of a chain.
    Route,
    /// A pattern of a file like `.gitignore`, or a comment there.
    Pattern,
}

impl Kind {
    /// What no two items of a list may share.
    fn key(self, line: &str) -> &str {
        match self {
            Self::Module => line.trim_end_matches(';').rsplit(' ').next().unwrap_or(line),
            Self::Route => line.split('"').nth(1).unwrap_or(line),
            Self::Import | Self::Pattern => line,
        }
    }
}

/// Each line as an item; `None` if one of them is none.
fn items<'a>(path: &TreePath, lines: &'a str) -> Option<Vec<Item<'a>>> {
    let name = path.file_name();
    let kind = |line: &str| match name {
        _ if name.ends_with(".rs") => rust(line),
        _ if name.starts_with('.') && name.ends_with("ignore") => pattern(line),
        _ => None,
    };
    lines.lines().map(|line| Some(Item { kind: kind(line)?, line })).collect()
}

fn rust(line: &str) -> Option<Kind> {
    let code = line.trim_start();
    let code = match code.strip_prefix("pub") {
        Some(rest) => match rest.strip_prefix('(') {
            Some(scope) => scope.split_once(')')?.1.trim_start(),
            None => rest.strip_prefix(' ')?,
        },
        None => code,
    };
    if let Some(name) = code.strip_prefix("mod ") {
        let name = name.strip_suffix(';')?;
        return name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '#').then_some(Kind::Module);
    }
    if let Some(path) = code.strip_prefix("use ") {
        let balanced = path.matches('{').count() == path.matches('}').count();
        return (path.ends_with(';') && balanced).then_some(Kind::Import);
    }
    let route = [".route(\"", ".page(\"", ".nest(\""].iter().any(|call| code.starts_with(call));
    let balanced = code.matches('(').count() == code.matches(')').count();
    (route && code.ends_with(')') && balanced).then_some(Kind::Route)
}

fn pattern(line: &str) -> Option<Kind> {
    (!line.trim().is_empty() && !line.starts_with('!')).then_some(Kind::Pattern)
}
