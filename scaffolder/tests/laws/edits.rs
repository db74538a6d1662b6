//! What users do to their projects.

use heavy_stack::snapshot::{Obstacle, Snapshot};
use heavy_stack::tree::{File, Tree, TreePath};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// One thing that a user does; files and lines are picked among those that are there.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Replace(Index, Index),
    Insert(Index, Index),
    Delete(Index, Index),
    /// Something at the end, with a newline or without.
    Append(Index, bool),
    DeleteFile(Index),
    MoveFile(Index, Index),
    AddFile(Index, bool),
    Crlf(Index),
    ByteOrderMark(Index),
    NoFinalNewline(Index),
    MakeExecutable(Index),
    /// Other bytes in a file that is no text, or becomes none.
    Binary(Index),
    /// Nothing is left in it.
    Empty(Index),
    /// As `cargo fmt` might: every line is indented.
    Indent(Index),
}

/// Where users put files of their own: places that templates like too, and others.
const PLACES: [&str; 16] = [
    "docs/tour.md",
    "src/pages/home.rs",
    "static/font.bin",
    "docs",
    "scripts/mine.sh",
    "notes",
    "notes.txt",
    "src/mine.rs",
    "src/pages/mine.rs",
    "src/pages/search.rs",
    "docs/mine.md",
    "migrations/0002_mine.sql",
    "migrations/0003_mine.sql",
    "app/mine.txt",
    "handbook/start.md",
    "static/mine.bin",
];

pub(crate) fn edits(most: usize) -> impl Strategy<Value = Vec<Edit>> {
    let index = any::<Index>;
    let edit = prop_oneof![
        5 => (index(), index()).prop_map(|(file, line)| Edit::Replace(file, line)),
        5 => (index(), index()).prop_map(|(file, line)| Edit::Insert(file, line)),
        3 => (index(), index()).prop_map(|(file, line)| Edit::Delete(file, line)),
        2 => (index(), any::<bool>()).prop_map(|(file, newline)| Edit::Append(file, newline)),
        2 => index().prop_map(Edit::DeleteFile),
        2 => (index(), index()).prop_map(|(file, to)| Edit::MoveFile(file, to)),
        3 => (index(), any::<bool>()).prop_map(|(to, binary)| Edit::AddFile(to, binary)),
        1 => index().prop_map(Edit::Crlf),
        1 => index().prop_map(Edit::ByteOrderMark),
        1 => index().prop_map(Edit::NoFinalNewline),
        1 => index().prop_map(Edit::MakeExecutable),
        1 => index().prop_map(Edit::Binary),
        1 => index().prop_map(Edit::Empty),
        1 => index().prop_map(Edit::Indent),
    ];
    vec(edit, 0..most)
}

/// A link in the place of a file, or of the folder that it is in.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    at: Index,
    folder: bool,
}

pub(crate) fn link() -> impl Strategy<Value = Link> {
    (any::<Index>(), any::<bool>()).prop_map(|(at, folder)| Link { at, folder })
}

/// Puts it into a project. What stood there is elsewhere now, out of reach.
pub(crate) fn put_link(project: &mut Snapshot, link: &Link) {
    let open: Vec<&TreePath> = project.files.keys().filter(|path| path.as_str() != "heavy.toml").collect();
    if open.is_empty() {
        return;
    }
    let path = open[link.at.index(open.len())].as_str();
    let folder = path.rsplit_once('/').map(|(folder, _)| folder).filter(|_| link.folder);
    let at = TreePath::parse(folder.unwrap_or(path)).expect("a good path");
    project.files.retain(|path, _| !path.is_within(at.as_str()));
    project.obstacles.insert(at, Obstacle::Link);
}

/// The project after these edits, of files that `may` be edited. `heavy.toml` has laws of its own.
pub(crate) fn apply(project: &Tree, edits: &[Edit], may: &dyn Fn(&str) -> bool) -> Tree {
    let mut tree = project.clone();
    for (number, edit) in edits.iter().enumerate() {
        one(&mut tree, edit, &format!("mine-{number}"), &|path| path.as_str() != "heavy.toml" && may(path.as_str()));
    }
    tree
}

fn one(tree: &mut Tree, edit: &Edit, tag: &str, may: &dyn Fn(&TreePath) -> bool) {
    let open: Vec<TreePath> = tree.keys().filter(|path| may(path)).cloned().collect();
    let pick = |file: &Index| (!open.is_empty()).then(|| open[file.index(open.len())].clone());
    let place = |to: &Index| TreePath::parse(PLACES[to.index(PLACES.len())]).expect("a good path");
    match edit {
        Edit::AddFile(to, binary) => {
            let path = place(to);
            let free = may(&path) && is_free(tree, &path);
            if free {
                let bytes = if *binary { format!("\0{tag}") } else { format!("{tag}\n{tag} second\n{tag} third\n") };
                tree.insert(path, File::new(bytes));
            }
        }
        Edit::MoveFile(file, to) => {
            let (Some(from), to) = (pick(file), place(to)) else { return };
            if may(&to) && is_free(tree, &to) {
                let file = tree.remove(&from).expect("picked");
                tree.insert(to, file);
            }
        }
        Edit::DeleteFile(file) => drop(pick(file).map(|path| tree.remove(&path))),
        Edit::Replace(file, _)
        | Edit::Insert(file, _)
        | Edit::Delete(file, _)
        | Edit::Append(file, _)
        | Edit::Crlf(file)
        | Edit::ByteOrderMark(file)
        | Edit::NoFinalNewline(file)
        | Edit::MakeExecutable(file)
        | Edit::Binary(file)
        | Edit::Empty(file)
        | Edit::Indent(file) => {
            if let Some(file) = pick(file).and_then(|path| tree.get_mut(&path)) {
                content(file, edit, tag);
            }
        }
    }
}

/// Nothing stands there, neither does a file where its folder would be, nor a folder.
fn is_free(tree: &Tree, path: &TreePath) -> bool {
    tree.keys().all(|other| !other.is_within(path.as_str()) && !path.is_within(other.as_str()))
}

fn content(file: &mut File, edit: &Edit, tag: &str) {
    if let Edit::MakeExecutable(_) = edit {
        file.executable = !file.executable;
        return;
    }
    if let Edit::Binary(_) = edit {
        file.bytes = [b"\0", tag.as_bytes(), &file.bytes].concat();
        return;
    }
    if file.bytes.contains(&0) {
        return;
    }
    let text = String::from_utf8(file.bytes.clone()).expect("text");
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let at = |index: &Index, length: usize| index.index(length.max(1)).min(length);
    match edit {
        Edit::Replace(_, line) if !lines.is_empty() => {
            let at = at(line, lines.len());
            lines[at] = format!("{tag} instead{end}");
        }
        Edit::Insert(_, line) => {
            let at = at(line, lines.len());
            lines.insert(at, format!("{tag} more{end}"));
        }
        Edit::Delete(_, line) if !lines.is_empty() => drop(lines.remove(at(line, lines.len()))),
        Edit::Append(_, newline) => {
            if lines.last().is_some_and(|last| !last.ends_with('\n')) {
                lines.push(end.to_owned());
            }
            lines.push(format!("{tag} at the end{}", if *newline { end } else { "" }));
        }
        Edit::Crlf(_) => lines.iter_mut().for_each(|line| *line = line.replace("\r\n", "\n").replace('\n', "\r\n")),
        Edit::ByteOrderMark(_) if !text.starts_with('\u{feff}') => lines.insert(0, "\u{feff}".to_owned()),
        Edit::NoFinalNewline(_) => {
            if let Some(last) = lines.last_mut() {
                last.truncate(last.trim_end_matches(['\r', '\n']).len());
            }
        }
        Edit::Empty(_) => lines.clear(),
        Edit::Indent(_) => {
            let blank = |line: &String| line.trim_start_matches('\u{feff}').trim().is_empty();
            for line in lines.iter_mut().filter(|line| !blank(line)) {
                let mark = if line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
                line.insert_str(mark, "  ");
            }
        }
        _ => {}
    }
    file.bytes = lines.concat().into_bytes();
}
