//! The difference of two trees, as people read it: `git diff`'s format, so that tools that know it can be used on it.

use std::collections::BTreeSet;
use std::fmt::Write;

use gix::diff::blob::unified_diff::{ConsumeHunk, ContextSize, DiffLineKind, HunkHeader};
use gix::diff::blob::{Algorithm, InternedInput, UnifiedDiff, diff_with_slider_heuristics};

use crate::tree::{File, Tree, TreePath};

/// One line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it says of the file.
    pub kind: Kind,
    /// Its text, prefix included, without a newline.
    pub text: String,
}

/// What a line of a difference says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Which file this is about.
    Header,
    /// Where in the file the next lines stand.
    Hunk,
    /// The same on both sides.
    Context,
    /// Only after.
    Added,
    /// Only before.
    Removed,
}

/// Everything in which `after` differs from `before`, file by file.
#[must_use]
pub fn difference(before: &Tree, after: &Tree) -> Vec<Line> {
    let paths: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut lines = Vec::new();
    for path in paths {
        let (before, after) = (before.get(path), after.get(path));
        if before != after {
            file(path, before, after, &mut lines);
        }
    }
    lines
}

fn file(path: &TreePath, before: Option<&File>, after: Option<&File>, lines: &mut Vec<Line>) {
    let mut header = |text: String| lines.push(Line { kind: Kind::Header, text });
    let mode = |file: &File| if file.executable { "100755" } else { "100644" };
    header(format!("diff --git {} {}", quoted("a/", path), quoted("b/", path)));
    match (before, after) {
        (None, Some(after)) => header(format!("new file mode {}", mode(after))),
        (Some(before), None) => header(format!("deleted file mode {}", mode(before))),
        (Some(before), Some(after)) if before.executable != after.executable => {
            header(format!("old mode {}", mode(before)));
            header(format!("new mode {}", mode(after)));
        }
        _ => {}
    }
    let content = |file: Option<&File>| file.map(|file| file.bytes.clone()).unwrap_or_default();
    let (old, new) = (content(before), content(after));
    if old == new {
        return;
    }
    let side = |file: Option<&File>, prefix| match file {
        Some(_) => quoted(prefix, path),
        None => "/dev/null".to_owned(),
    };
    let (old_name, new_name) = (side(before, "a/"), side(after, "b/"));
    match (std::str::from_utf8(&old), std::str::from_utf8(&new)) {
        (Ok(old), Ok(new)) if !old.contains('\0') && !new.contains('\0') => {
            header(format!("--- {old_name}"));
            header(format!("+++ {new_name}"));
            let input = InternedInput::new(old.as_bytes(), new.as_bytes());
            let diff = diff_with_slider_heuristics(Algorithm::Histogram, &input);
            // The sink never fails.
            drop(UnifiedDiff::new(&diff, &input, Hunks(lines), ContextSize::default()).consume());
        }
        _ => header(format!("Binary files {old_name} and {new_name} differ")),
    }
}

/// As git writes it: in quotes, with escapes, if a space, a quote or a control character stands in it.
fn quoted(prefix: &str, path: &TreePath) -> String {
    let text = format!("{prefix}{path}");
    if !text.contains(|c: char| c.is_control() || c == '"' || c == '\\') {
        return text;
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => drop(write!(out, "\\{:03o}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

struct Hunks<'a>(&'a mut Vec<Line>);

impl ConsumeHunk for Hunks<'_> {
    type Out = ();

    fn consume_hunk(&mut self, header: HunkHeader, lines: &[(DiffLineKind, &[u8])]) -> std::io::Result<()> {
        // A side without lines starts, for every program that applies differences, at the line before.
        let place =
            |start: u32, length: u32| format!("{},{length}", if length == 0 { start.saturating_sub(1) } else { start });
        let before = place(header.before_hunk_start, header.before_hunk_len);
        let after = place(header.after_hunk_start, header.after_hunk_len);
        self.0.push(Line { kind: Kind::Hunk, text: format!("@@ -{before} +{after} @@") });
        for (kind, bytes) in lines {
            let text = String::from_utf8_lossy(bytes);
            let (body, ended) = text.strip_suffix('\n').map_or((&*text, false), |body| (body, true));
            let prefix = kind.to_prefix();
            let kind = match kind {
                DiffLineKind::Context => Kind::Context,
                DiffLineKind::Add => Kind::Added,
                DiffLineKind::Remove => Kind::Removed,
            };
            self.0.push(Line { kind, text: format!("{prefix}{body}") });
            if !ended {
                self.0.push(Line { kind: Kind::Context, text: "\\ No newline at end of file".to_owned() });
            }
        }
        Ok(())
    }

    fn finish(self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;

    fn shown(before: &Tree, after: &Tree) -> String {
        difference(before, after).into_iter().map(|line| line.text + "\n").collect()
    }

    #[test]
    fn files_that_came_went_and_changed_are_shown_as_git_shows_them() {
        let before = tree(&[("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"), ("gone", "x\n"), ("same", "=")]);
        let mut after = tree(&[("a", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"), ("new", "no newline"), ("same", "=")]);
        let run = TreePath::parse("same").expect("a path");
        after.entry(run).and_modify(|file| file.executable = true);
        insta::assert_snapshot!(shown(&before, &after), @"
        diff --git a/a b/a
        --- a/a
        +++ b/a
        @@ -2,7 +2,7 @@
         2
         3
         4
        -5
        +five
         6
         7
         8
        diff --git a/gone b/gone
        deleted file mode 100644
        --- a/gone
        +++ /dev/null
        @@ -1,1 +0,0 @@
        -x
        diff --git a/new b/new
        new file mode 100644
        --- /dev/null
        +++ b/new
        @@ -0,0 +1,1 @@
        +no newline
        \\ No newline at end of file
        diff --git a/same b/same
        old mode 100644
        new mode 100755
        ");
    }

    #[test]
    fn what_is_no_text_is_only_named() {
        let before = tree(&[("logo.png", "\0a")]);
        insta::assert_snapshot!(shown(&before, &tree(&[("logo.png", "\0b")])), @"
        diff --git a/logo.png b/logo.png
        Binary files a/logo.png and b/logo.png differ
        ");
    }

    #[test]
    fn the_same_tree_has_no_difference() {
        let same = tree(&[("a", "1")]);
        assert_eq!(difference(&same, &same), []);
    }
}
