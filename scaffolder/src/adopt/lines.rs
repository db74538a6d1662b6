//! Files compared by their lines, wherever these stand: people move code around.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::tree::{Tree, TreePath, same_lines};

/// Lines, and how often each is there.
type Lines<'a> = HashMap<&'a [u8], usize>;

/// The lines of a file, without their endings. Braces and blank lines say nothing, and do not count.
fn lines(bytes: &[u8]) -> Lines<'_> {
    let mut lines = Lines::new();
    for line in bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()) {
            *lines.entry(line).or_default() += 1;
        }
    }
    lines
}

/// The share of lines that two files have in common: 0 is none, 1 is the same file.
pub(super) fn similarity(one: &[u8], other: &[u8]) -> f64 {
    if same_lines(one, other) {
        return 1.0;
    }
    let (one, other) = (lines(one), lines(other));
    let common: usize = one.iter().map(|(line, count)| (*count).min(other.get(line).copied().unwrap_or(0))).sum();
    let all = one.values().sum::<usize>() + other.values().sum::<usize>();
    // Less than the same file in any case.
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 lines")]
    let share = if all == 0 { 0.0 } else { 2.0 * common as f64 / all as f64 };
    share.min(0.99)
}

/// What speaks for a feature, and what against it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    /// Lines that only the feature brings and the project has, and lines that it takes away and the project has not.
    on: usize,
    /// The other way round.
    off: usize,
}

impl Evidence {
    /// Compares what a feature changes with what the project has.
    pub(super) fn of(on: &Tree, off: &Tree, project: &Tree) -> Self {
        let mut evidence = Self::default();
        for path in super::paths(on, off) {
            let at = |tree: &'_ Tree| -> Vec<u8> { bytes(tree, path) };
            let (on, off, found) = (at(on), at(off), at(project));
            if on == off {
                continue;
            }
            let (on, off, found) = (lines(&on), lines(&off), lines(&found));
            let (there, not_there) = changed(&on, &off, &found);
            evidence.on += there;
            evidence.off += not_there;
            let (there, not_there) = changed(&off, &on, &found);
            evidence.off += there;
            evidence.on += not_there;
        }
        evidence
    }

    /// Greater: the feature is on. Equal: it changes nothing that could be seen.
    pub(super) fn verdict(self) -> Ordering {
        self.on.cmp(&self.off)
    }
}

fn bytes(tree: &Tree, path: &TreePath) -> Vec<u8> {
    tree.get(path).map(|file| file.bytes.clone()).unwrap_or_default()
}

/// Of the lines that `with` has beyond `without`, how many are found and how many are not.
fn changed(with: &Lines<'_>, without: &Lines<'_>, found: &Lines<'_>) -> (usize, usize) {
    let mut there = 0;
    let mut all = 0;
    for (line, count) in with {
        let common = without.get(line).copied().unwrap_or(0).min(*count);
        let brought = count - common;
        all += brought;
        there += found.get(line).copied().unwrap_or(0).saturating_sub(common).min(brought);
    }
    (there, all - there)
}
