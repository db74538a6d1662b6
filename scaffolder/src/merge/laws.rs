//! Laws that hold for all trees; those of merges by key are in `keys`. The trees are small and their lines few, so that everything collides with everything.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseResult;

mod keys;
mod sets;

use super::cases::labels;
use super::{Merged, NoDriver, merge};
use crate::tree::{File, Tree, TreePath};

const PATHS: [&str; 13] =
    ["a", "b", "A", "a/x", "a/y", "b/x", "b/y", "a/deep/x", "c/deep/x", "c.toml", "d.json", "a/c.toml", "logo.png"];

/// Lines that three texts may share.
const LINES: [&str; 12] =
    ["[t]", "[u]", "x = 1", "x = 2", "y = [\"a\"]", "{", "}", "\"k\": 1,", "<<<<<<< yours", "=======", "", "# note"];

fn path() -> impl Strategy<Value = TreePath> {
    select(&PATHS[..]).prop_map(|path| TreePath::parse(path).expect("a good path"))
}

/// A line that several sides may have, or one that this side alone writes.
fn line(own: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![4 => select(&LINES[..]).prop_map(str::to_owned), 1 => (0..4_u8).prop_map(move |n| format!("{own}{n} = {n}"))]
}

fn content(own: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let text = vec(line(own), 0..9).prop_map(|lines| lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    (text, 0..10_u8).prop_map(|(text, form)| match form {
        0 => text.replace('\n', "\r\n").into_bytes(),
        1 => text.replacen('\n', "\r\n", 2).into_bytes(),
        2 => text.trim_end_matches('\n').as_bytes().to_vec(),
        3 => format!("\u{feff}{text}").into_bytes(),
        4 => format!("\0{text}").into_bytes(),
        5 => text.replace('\n', "\r").into_bytes(),
        _ => text.into_bytes(),
    })
}

fn file(own: &'static str) -> impl Strategy<Value = File> {
    (content(own), prop::bool::weighted(0.1)).prop_map(|(bytes, executable)| File { bytes, executable })
}

/// Takes out what cannot stand in one tree: a file where another's folder is.
fn possible(files: BTreeMap<TreePath, File>) -> Tree {
    let within = |path: &TreePath, folder: &TreePath| path != folder && path.is_within(folder.as_str());
    let in_a_file = |path: &TreePath| files.keys().any(|folder| within(path, folder));
    files.iter().filter(|(path, _)| !in_a_file(path)).map(|(path, file)| (path.clone(), file.clone())).collect()
}

fn tree(own: &'static str) -> impl Strategy<Value = Tree> {
    btree_map(path(), file(own), 0..7).prop_map(possible)
}

#[derive(Clone, Debug)]
enum Edit {
    Delete(usize),
    Move(usize, TreePath),
    MoveFolder(&'static str, &'static str),
    Write(TreePath, File),
    Insert(usize, usize, String),
    RemoveLine(usize, usize),
    Endings(usize),
    Append(usize, String),
}

fn edit(own: &'static str) -> impl Strategy<Value = Edit> {
    let index = 0..8_usize;
    prop_oneof![
        1 => index.clone().prop_map(Edit::Delete),
        2 => (index.clone(), path()).prop_map(|(index, path)| Edit::Move(index, path)),
        1 => (select(vec!["a", "b", "c"]), select(vec!["a", "b", "e", "A"])).prop_map(|(from, to)| Edit::MoveFolder(from, to)),
        2 => (path(), file(own)).prop_map(|(path, file)| Edit::Write(path, file)),
        4 => (index.clone(), 0..8_usize, line(own)).prop_map(|(index, at, line)| Edit::Insert(index, at, line)),
        2 => (index.clone(), 0..8_usize).prop_map(|(index, at)| Edit::RemoveLine(index, at)),
        1 => index.clone().prop_map(Edit::Endings),
        1 => (index, line(own)).prop_map(|(index, line)| Edit::Append(index, line)),
    ]
}

fn apply(tree: &mut Tree, edit: Edit) {
    let nth = |tree: &Tree, index: usize| tree.keys().nth(index % tree.len().max(1)).cloned();
    let change = |tree: &mut Tree, index: usize, change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let Some(file) = nth(tree, index).and_then(|path| tree.get_mut(&path)) else { return };
        let mut lines = file.bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        change(&mut lines);
        file.bytes = lines.concat();
    };
    match edit {
        Edit::Delete(index) => drop(nth(tree, index).and_then(|path| tree.remove(&path))),
        Edit::Move(index, to) => {
            if let Some(file) = nth(tree, index).and_then(|path| tree.remove(&path)) {
                tree.insert(to, file);
            }
        }
        Edit::MoveFolder(from, to) => {
            let moved = tree.iter().map(|(path, file)| {
                let rest = path.as_str().strip_prefix(from).filter(|rest| rest.starts_with('/'));
                let place = rest.map(|rest| TreePath::parse(&format!("{to}{rest}")).expect("a good path"));
                (place.unwrap_or_else(|| path.clone()), file.clone())
            });
            *tree = moved.collect();
        }
        Edit::Write(path, file) => drop(tree.insert(path, file)),
        Edit::Insert(index, at, line) => {
            change(tree, index, &|lines| lines.insert(at.min(lines.len()), format!("{line}\n").into_bytes()));
        }
        Edit::RemoveLine(index, at) => change(tree, index, &|lines| {
            if at < lines.len() {
                lines.remove(at);
            }
        }),
        Edit::Endings(index) => change(tree, index, &|lines| {
            for line in lines {
                *line = String::from_utf8_lossy(line).replace('\n', "\r\n").replace("\r\r", "\r").into_bytes();
            }
        }),
        Edit::Append(index, line) => change(tree, index, &|lines| lines.push(line.clone().into_bytes())),
    }
    *tree = possible(std::mem::take(tree));
}

fn edited(base: &Tree, edits: Vec<Edit>) -> Tree {
    edits.into_iter().fold(base.clone(), |mut tree, edit| {
        apply(&mut tree, edit);
        tree
    })
}

/// A base, and what both sides made of it.
fn three() -> impl Strategy<Value = (Tree, Tree, Tree)> {
    (tree("base"), vec(edit("mine"), 0..7), vec(edit("new"), 0..7)).prop_map(|(base, ours, theirs)| {
        let (ours, theirs) = (edited(&base, ours), edited(&base, theirs));
        (base, ours, theirs)
    })
}

fn merged(base: &Tree, ours: &Tree, theirs: &Tree) -> Merged {
    merge(base, ours, theirs, &labels(), &NoDriver)
}

/// The lines of a text that are not blank, as a person sees them; of anything else, the whole.
fn lines_of(file: &File) -> Vec<Vec<u8>> {
    if file.bytes.contains(&0) {
        return vec![file.bytes.clone()];
    }
    let text = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    let lines =
        text.split(|byte| *byte == b'\n').map(|line| line.trim_ascii().strip_suffix(b",").unwrap_or(line.trim_ascii()));
    lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
}

/// How often each line stands in a tree.
fn count<'a>(files: impl IntoIterator<Item = &'a File>) -> BTreeMap<Vec<u8>, usize> {
    let mut counts = BTreeMap::new();
    for line in files.into_iter().flat_map(lines_of) {
        *counts.entry(line).or_default() += 1;
    }
    counts
}

/// Every line of the side that the base does not have has to be found.
fn keeps(base: &Tree, side: &Tree, found: &BTreeMap<Vec<u8>, usize>) -> TestCaseResult {
    let known = count(base.values());
    for line in count(side.values()).keys().filter(|line| !known.contains_key(*line)) {
        prop_assert!(found.contains_key(line), "{:?} is lost", String::from_utf8_lossy(line));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_template_did_not_change_stays_the_users((base, ours, _) in three()) {
        let expected = Merged { tree: ours.clone(), ..Merged::default() };
        prop_assert_eq!(merged(&base, &ours, &base), expected);
    }

    #[test]
    fn what_the_user_did_not_change_becomes_the_templates((base, _, theirs) in three()) {
        let merged = merged(&base, &base, &theirs);
        prop_assert_eq!(&merged.tree, &theirs);
        prop_assert_eq!((merged.conflicts, merged.kept_deleted), (vec![], vec![]));
    }

    #[test]
    fn what_both_changed_alike_is_done((base, side, _) in three()) {
        let expected = Merged { tree: side.clone(), ..Merged::default() };
        prop_assert_eq!(merged(&base, &side, &side), expected);
    }

    #[test]
    fn no_line_of_the_users_is_lost((base, ours, theirs) in three()) {
        keeps(&base, &ours, &count(merged(&base, &ours, &theirs).tree.values()))?;
    }

    #[test]
    fn no_line_of_the_templates_is_passed_over_in_silence((base, ours, theirs) in three()) {
        let merged = merged(&base, &ours, &theirs);
        let named = merged.conflicts.iter().filter_map(|conflict| conflict.theirs.as_ref());
        let kept_deleted = merged.kept_deleted.iter().filter_map(|path| theirs.get(path));
        let found = count(merged.tree.values().chain(named).chain(kept_deleted));
        keeps(&base, &theirs, &found)?;
    }

    #[test]
    fn every_conflict_can_be_found((base, ours, theirs) in three()) {
        let merged = merged(&base, &ours, &theirs);
        for conflict in &merged.conflicts {
            prop_assert!(conflict.ours.is_none() || merged.tree.contains_key(&conflict.path), "{:?}", conflict);
            if let Some(side_file) = &conflict.side_file {
                prop_assert_eq!(merged.tree.get(side_file), conflict.theirs.as_ref());
            }
        }
        for (from, to) in &merged.moved {
            prop_assert!(ours.contains_key(from) && merged.tree.contains_key(to));
        }
        prop_assert_eq!(&possible(merged.tree.clone()), &merged.tree);
    }

    #[test]
    fn the_users_line_endings_stay_whatever_the_template_does((base, ours, theirs) in three(), windows: bool) {
        let (from, to) = if windows { ("\n", "\r\n") } else { ("\r\n", "\n") };
        let all = |tree: &Tree, from: &str, to: &str| -> Tree {
            let rewrite = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\r', "").replace('\n', from).replace(from, to);
            tree.iter().filter(|(_, file)| !file.bytes.contains(&0)).map(|(path, file)| {
                (path.clone(), File { bytes: rewrite(&file.bytes).into_bytes(), executable: file.executable })
            }).collect()
        };
        let (base, ours, theirs) = (all(&base, from, from), all(&ours, from, to), all(&theirs, from, from));
        // The same merge, with the template's endings on both sides.
        let plain = merged(&base, &all(&ours, "\n", from), &theirs);
        let with_endings = merged(&base, &ours, &theirs);
        prop_assert_eq!(plain.tree.keys().collect::<Vec<_>>(), with_endings.tree.keys().collect::<Vec<_>>());
        prop_assert_eq!(plain.conflicts.len(), with_endings.conflicts.len());
        for (path, file) in &with_endings.tree {
            if ours.get(path).is_some_and(|file| file.bytes.contains(&b'\n')) {
                let text = String::from_utf8_lossy(&file.bytes).into_owned();
                prop_assert_eq!(&text.replace("\r\n", "\n").replace('\n', to), &text);
            }
        }
    }
}

fn some_lines(own: &'static str) -> impl Strategy<Value = Vec<String>> {
    vec(line(own).prop_filter("not blank", |line| !line.is_empty()), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_byte_order_mark_and_a_missing_newline_at_the_end_stay_the_users(
        (base, ours, theirs) in (some_lines("base"), some_lines("mine"), some_lines("new")),
        [mark, open, theirs_is_other] in any::<[bool; 3]>(),
    ) {
        let written = |lines: &[String], mark: bool, open: bool| {
            let text = lines.join("\n") + if open { "" } else { "\n" };
            let path = TreePath::parse("a.txt").expect("a good path");
            Tree::from([(path, File::new(if mark { format!("\u{feff}{text}") } else { text }))])
        };
        let text = |merged: &Merged| merged.tree.values().map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).collect::<String>();
        let pristine = |lines: &[String]| written(lines, mark != theirs_is_other, open != theirs_is_other);
        let merged = text(&merged(&pristine(&base), &written(&ours, mark, open), &pristine(&theirs)));
        prop_assert_eq!(merged.starts_with('\u{feff}'), mark);
        let ends_in_marker = merged.lines().last().is_some_and(|line| line.starts_with(">>>>>>>"));
        prop_assert!(merged.ends_with('\n') != open || ends_in_marker, "{merged:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_are_too_strange(
        texts in vec(vec(select(&b"\0\r\n\xef\xbb\xbf[]{}=,\"'#/a1. <>|\xff\xe9\\"[..]), 0..24), 3),
        name in select(&["a", "a.toml", "a.json"][..]),
    ) {
        let tree = |bytes: &Vec<u8>| Tree::from([(TreePath::parse(name).expect("a good path"), File::new(bytes.clone()))]);
        let [base, ours, theirs] = &texts[..] else { unreachable!("three texts") };
        let there = merged(&tree(base), &tree(ours), &tree(theirs));
        let back = merged(&tree(base), &tree(theirs), &tree(ours));
        prop_assert_eq!(there.conflicts.is_empty(), back.conflicts.is_empty());
    }
}
