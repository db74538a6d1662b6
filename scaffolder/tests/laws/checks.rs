//! What must hold of the result of a move, said without knowing how files are merged.

use std::collections::BTreeSet;

use heavy_stack::merge::ConflictKind;
use heavy_stack::snapshot::Snapshot;
use heavy_stack::transition::Move;
use heavy_stack::tree::{File, Tree, TreePath};

use crate::project::once;

/// A move, from all sides.
pub(crate) struct Sides<'a> {
    pub(crate) base: &'a Tree,
    pub(crate) ours: &'a Snapshot,
    pub(crate) theirs: &'a Tree,
    pub(crate) after: &'a Tree,
    pub(crate) plan: &'a Move,
}

type Check = Result<(), String>;

/// Ends a check that does not hold.
macro_rules! holds {
    ($condition:expr, $($what:tt)*) => {
        if !$condition {
            return Err(format!($($what)*));
        }
    };
}

impl Sides<'_> {
    pub(crate) fn check(&self) -> Check {
        self.every_line_of_the_user_is_there()?;
        self.every_binary_of_the_user_is_there()?;
        self.every_file_of_the_users_own_is_there()?;
        self.conflicts_are_reported()?;
        self.what_the_user_deleted_stays_deleted()?;
        self.once_written_is_not_touched()?;
        self.the_lock_says_what_is_open()?;
        self.nothing_is_done_through_a_link()?;
        for path in self.after.keys() {
            let all = (self.base.get(path), self.ours.files.get(path), self.theirs.get(path), self.after.get(path));
            if let (Some(base), Some(ours), Some(theirs), Some(after)) = all
                && !self.is_open(path)
                && !once(path)
                && path.as_str() != "heavy.toml"
            {
                both_sides_have_their_way(path, base, ours, theirs, after)?;
                the_form_is_the_users(path, ours, after)?;
            }
        }
        Ok(())
    }

    fn is_open(&self, path: &TreePath) -> bool {
        self.plan.conflicts.iter().any(|conflict| conflict.path == *path)
    }

    /// Every line that stands in a file of the project and nowhere in the base is somewhere in the result.
    fn every_line_of_the_user_is_there(&self) -> Check {
        let (pristine, kept) = (all_lines(self.base), all_lines(self.after));
        // `heavy.toml` is `heavy`'s own.
        let written = |(path, file): &(&TreePath, &File)| is_text(file) && path.as_str() != "heavy.toml";
        for (path, file) in self.ours.files.iter().filter(written) {
            for line in lines(file) {
                holds!(
                    pristine.contains(line) || kept.contains(line),
                    "`{path}` had the line {:?}, which is lost",
                    String::from_utf8_lossy(line)
                );
            }
        }
        Ok(())
    }

    fn every_binary_of_the_user_is_there(&self) -> Check {
        let pristine: BTreeSet<&[u8]> = self.base.values().map(|file| file.bytes.as_slice()).collect();
        let kept: BTreeSet<&[u8]> = self.after.values().map(|file| file.bytes.as_slice()).collect();
        for (path, file) in self.ours.files.iter().filter(|(_, file)| !is_text(file)) {
            let bytes = file.bytes.as_slice();
            holds!(pristine.contains(bytes) || kept.contains(bytes), "the bytes of `{path}` are lost");
        }
        Ok(())
    }

    /// A file where no template has one is not changed, wherever it stands afterwards.
    fn every_file_of_the_users_own_is_there(&self) -> Check {
        let contents: BTreeSet<&[u8]> = self.base.values().map(|file| file.bytes.as_slice()).collect();
        for (path, file) in &self.ours.files {
            let own = !self.base.contains_key(path) && !self.theirs.contains_key(path);
            // One that the user moved here, edited or not, is the template's still.
            let moved = contents.contains(file.bytes.as_slice()) || shares_a_line(file, self.base);
            if own && !moved {
                let to = self.plan.moved.iter().find(|(from, _)| from == path).map_or(path, |(_, to)| to);
                holds!(self.after.get(to) == Some(file), "`{path}` is the user's own, and `{to}` is another file");
            }
        }
        Ok(())
    }

    /// Whoever has markers or a file beside has a conflict; whoever has a conflict about lines has markers.
    fn conflicts_are_reported(&self) -> Check {
        let marked = |file: &File| lines(file).any(|line| line.starts_with(b">>>>>>> template "));
        for (path, file) in self.after.iter().filter(|(_, file)| is_text(file)) {
            holds!(!marked(file) || self.is_open(path), "`{path}` has markers, and no conflict is reported");
        }
        for conflict in &self.plan.conflicts {
            let path = &conflict.path;
            if let Some(side_file) = &conflict.side_file {
                let theirs = conflict.theirs.as_ref();
                holds!(theirs.is_some() && self.after.get(side_file) == theirs, "what stands beside `{path}`");
                holds!(!self.ours.files.contains_key(side_file), "`{side_file}` was the user's");
            } else if conflict.kind == ConflictKind::Content {
                holds!(self.after.get(path).is_some_and(marked), "`{path}` has a conflict and no markers");
            }
        }
        let open: BTreeSet<_> = self.plan.conflicts.iter().map(|conflict| &conflict.path).collect();
        holds!(open.len() == self.plan.conflicts.len(), "two conflicts at one path");
        Ok(())
    }

    fn what_the_user_deleted_stays_deleted(&self) -> Check {
        for path in self.base.keys().filter(|path| self.theirs.contains_key(*path)) {
            let deleted = !self.ours.files.contains_key(path) && path.as_str() != "heavy.toml";
            holds!(!deleted || !self.after.contains_key(path) || self.is_open(path), "`{path}` came back");
        }
        Ok(())
    }

    fn once_written_is_not_touched(&self) -> Check {
        for (path, file) in self.ours.files.iter().filter(|(path, _)| once(path)) {
            holds!(self.after.get(path) == Some(file), "`{path}` is written once, and was touched");
        }
        Ok(())
    }

    fn the_lock_says_what_is_open(&self) -> Check {
        let lock = self.after.iter().find(|(path, _)| path.as_str() == "heavy.toml").map(|(_, file)| &file.bytes);
        let text = String::from_utf8_lossy(lock.ok_or("no heavy.toml")?);
        let lock: toml::Table = toml::from_str(&text).map_err(|error| error.to_string())?;
        let paths = lock.get("conflicts").and_then(|conflicts| conflicts.get("paths")?.as_array());
        let recorded: BTreeSet<&str> = paths.into_iter().flatten().filter_map(toml::Value::as_str).collect();
        let open: BTreeSet<&str> = self.plan.conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
        holds!(recorded == open, "heavy.toml records {recorded:?}, open are {open:?}");
        Ok(())
    }
}

impl Sides<'_> {
    fn nothing_is_done_through_a_link(&self) -> Check {
        for at in self.ours.obstacles.keys() {
            let through = self.plan.changes.iter().find(|change| change.path.is_within(at.as_str()));
            holds!(through.is_none(), "`{at}` is a link, and {through:?}");
            for path in self.base.keys().chain(self.theirs.keys()).filter(|path| path.is_within(at.as_str())) {
                let arrives = self.theirs.contains_key(path) && self.base.get(path) != self.theirs.get(path);
                holds!(
                    !arrives || once(path) || self.is_open(path),
                    "`{path}` is behind the link `{at}`, and nobody says so"
                );
            }
        }
        Ok(())
    }
}

/// In a file without conflict, what either side changed is changed.
fn both_sides_have_their_way(path: &TreePath, base: &File, ours: &File, theirs: &File, after: &File) -> Check {
    let mode = if ours.executable == base.executable { theirs.executable } else { ours.executable };
    holds!(after.executable == mode, "`{path}` may be run: {}", after.executable);
    if [base, ours, theirs, after].iter().any(|file| !is_text(file)) {
        return Ok(());
    }
    let set = |file| lines(file).collect::<BTreeSet<_>>();
    let (base, ours, theirs, after) = (set(base), set(ours), set(theirs), set(after));
    let blank = |line: &&&[u8]| !line.is_empty();
    let shown = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
    for line in base.iter().filter(blank) {
        let gone = !ours.contains(line) || !theirs.contains(line);
        holds!(!gone || !after.contains(line), "`{path}`: {:?} was deleted, and is there", shown(line));
    }
    for line in ours.difference(&base).chain(theirs.difference(&base)).filter(blank) {
        holds!(after.contains(line), "`{path}`: {:?} was added, and is not there", shown(line));
    }
    Ok(())
}

/// Line endings, byte-order mark and final newline are the user's.
fn the_form_is_the_users(path: &TreePath, ours: &File, after: &File) -> Check {
    if !is_text(ours) || !is_text(after) || ours.bytes.is_empty() || after.bytes.is_empty() {
        return Ok(());
    }
    let mark = |file: &File| file.bytes.starts_with("\u{feff}".as_bytes());
    holds!(mark(ours) == mark(after), "`{path}`: the byte-order mark");
    // Of a file without a line nothing says how its last one ends.
    if ours.bytes == "\u{feff}".as_bytes() || after.bytes == "\u{feff}".as_bytes() {
        return Ok(());
    }
    let final_newline = |file: &File| file.bytes.ends_with(b"\n");
    holds!(final_newline(ours) == final_newline(after), "`{path}`: the final newline");
    let ends = |file: &File| {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        let (all, crlf) = (text.matches('\n').count(), text.matches("\r\n").count());
        if all == 0 { None } else { Some((crlf == all, crlf == 0)) }
    };
    match (ends(ours), ends(after)) {
        (Some((true, _)), Some(after)) => holds!(after.0, "`{path}` had CRLF throughout"),
        (Some((_, true)), Some(after)) => holds!(after.1, "`{path}` had LF throughout"),
        _ => {}
    }
    Ok(())
}

fn is_text(file: &File) -> bool {
    !file.bytes.contains(&0)
}

/// The lines of a text, without what ends them, and without a byte-order mark.
fn lines(file: &File) -> impl Iterator<Item = &[u8]> {
    let bytes = file.bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&file.bytes);
    bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

fn all_lines(tree: &Tree) -> BTreeSet<&[u8]> {
    tree.values().filter(|file| is_text(file)).flat_map(lines).collect()
}

/// Whether a file has a line of the template, and so may be a file of its that the user moved.
fn shares_a_line(file: &File, tree: &Tree) -> bool {
    let known = all_lines(tree);
    lines(file).any(|line| !line.trim_ascii().is_empty() && known.contains(line))
}
