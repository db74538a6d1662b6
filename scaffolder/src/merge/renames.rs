//! What one side renamed since the base: files that are gone, paired with files that are new.
//!
//! After git's `diffcore-rename.c`: equal content first, then the best pairs of at least half similar content, by the
//! share of common lines in the larger file. Three differences: line endings and byte-order marks do not count, a new
//! name that differs only in case is always a rename, and a file that is gone from a moved folder is the new one of the
//! same name there, however much of it changed. gix's own tracker gives each new file its best source in the order of
//! hashes, and so takes a source away from a better pair; here the best pair comes first.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::folders;
use super::paths::{Renames, folded};
use super::text::Text;
use crate::tree::{File, Tree, TreePath};

/// More pairs than these are not compared line by line, which would take seconds; git has the same limit.
const MOST_PAIRS: usize = 1_000_000;

/// Finds the files that this side renamed.
pub(super) fn renames(base: &Tree, side: &Tree) -> Renames {
    let mut search = Search {
        gone: base.iter().filter(|(path, _)| !side.contains_key(path)).map(Candidate::of).collect(),
        new: side.iter().filter(|(path, _)| !base.contains_key(path)).map(Candidate::of).collect(),
        found: Renames::new(),
    };
    search.pair_by_case();
    search.pair_equal();
    search.pair_similar();
    search.pair_by_folder(base, side);
    search.found
}

/// A file that may be one end of a rename. It is only read when it is compared: most new files are the user's own, and in most moves
/// nothing is gone.
struct Candidate<'a> {
    path: &'a TreePath,
    file: &'a File,
    body: OnceCell<Vec<u8>>,
    lines: OnceCell<Vec<(u64, usize)>>,
}

impl<'a> Candidate<'a> {
    fn of((path, file): (&'a TreePath, &'a File)) -> Self {
        Self { path, file, body: OnceCell::new(), lines: OnceCell::new() }
    }

    /// The content without line endings and byte-order mark.
    fn body(&self) -> &[u8] {
        let bytes = &self.file.bytes;
        self.body.get_or_init(|| Text::read(bytes).map_or_else(|| bytes.clone(), |text| text.body))
    }

    /// Hash and length of each line, sorted.
    fn lines(&self) -> &[(u64, usize)] {
        self.lines.get_or_init(|| {
            let lines = self.body().split_inclusive(|byte| *byte == b'\n');
            let mut lines: Vec<_> = lines.map(|line| (hash(line), line.len())).collect();
            lines.sort_unstable();
            lines
        })
    }

    /// The share of common lines in the larger file, in thousandths.
    fn similarity(&self, other: &Self) -> usize {
        let (mine, others) = (self.body().len(), other.body().len());
        let (small, large) = (mine.min(others), mine.max(others));
        if small * 2 < large || small == 0 {
            return 0;
        }
        let (mut mine, mut others) = (self.lines().iter().peekable(), other.lines().iter().peekable());
        let mut common = 0;
        while let (Some(a), Some(b)) = (mine.peek(), others.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => drop(mine.next()),
                std::cmp::Ordering::Greater => drop(others.next()),
                std::cmp::Ordering::Equal => {
                    common += a.1;
                    mine.next();
                    others.next();
                }
            }
        }
        common * 1000 / large
    }
}

/// FNV-1a: the same on every machine and in every run.
fn hash(line: &[u8]) -> u64 {
    line.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

struct Search<'a> {
    gone: Vec<Candidate<'a>>,
    new: Vec<Candidate<'a>>,
    found: Renames,
}

impl Search<'_> {
    /// `readme.md` → `README.md` is the same file to some file systems, and so it is here.
    fn pair_by_case(&mut self) {
        let pairs = self.best(|gone, new| (folded(gone.path) == folded(new.path)).then_some(0));
        self.take(pairs);
    }

    fn pair_equal(&mut self) {
        let pairs = self.best(|gone, new| (!gone.body().is_empty() && gone.body() == new.body()).then_some(0));
        self.take(pairs);
    }

    fn pair_similar(&mut self) {
        if self.gone.len().saturating_mul(self.new.len()) <= MOST_PAIRS {
            let pairs = self.best(|gone, new| Some(gone.similarity(new)).filter(|score| *score >= 500));
            self.take(pairs);
        }
    }

    fn pair_by_folder(&mut self, base: &Tree, side: &Tree) {
        let moved = folders::renamed(base, side, &self.found);
        let pairs = self.best(|gone, new| (folders::follow(&moved, gone.path).as_ref() == Some(new.path)).then_some(0));
        self.take(pairs);
    }

    /// Pairs with a score, best first: by score, then equal file names, then by path.
    fn best(&self, score: impl Fn(&Candidate, &Candidate) -> Option<usize>) -> Vec<(TreePath, TreePath)> {
        let mut pairs = Vec::new();
        for gone in &self.gone {
            for new in &self.new {
                if let Some(score) = score(gone, new) {
                    let same_name = gone.path.file_name() == new.path.file_name();
                    pairs.push(((score, same_name), gone.path, new.path));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
        pairs.into_iter().map(|(_, gone, new)| (gone.clone(), new.clone())).collect()
    }

    /// Takes each pair of which neither end is taken.
    fn take(&mut self, pairs: Vec<(TreePath, TreePath)>) {
        let mut taken = BTreeSet::new();
        for (gone, new) in pairs {
            if !self.found.contains_key(&gone) && taken.insert(new.clone()) {
                self.found.insert(gone, new);
            }
        }
        self.gone.retain(|candidate| !self.found.contains_key(candidate.path));
        self.new.retain(|candidate| !taken.contains(candidate.path));
    }
}
