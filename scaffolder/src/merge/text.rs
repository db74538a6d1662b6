//! Text without what differs between editors and platforms: line endings, a byte-order mark, a newline at the end. Each
//! of them is merged on its own, and what the user chose stays.

use gix::diff::blob::{Algorithm, Diff, InternedInput};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A text, taken apart.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// The lines, each ended with `\n`, the last one too.
    pub(super) body: Vec<u8>,
    marked: bool,
    /// For each line, whether it ended with `\r\n`.
    carriage: Vec<bool>,
    /// Whether the last line was ended. An empty file has no opinion.
    closed: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Lf,
    CrLf,
    Mixed,
}

impl Text {
    /// Takes a text apart; `None` if these bytes are not text, which is to say that there is a zero in them.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.contains(&0) {
            return None;
        }
        let rest = bytes.strip_prefix(BYTE_ORDER_MARK);
        let (marked, rest) = (rest.is_some(), rest.unwrap_or(bytes));
        let mut text = Self { body: Vec::with_capacity(rest.len() + 1), marked, carriage: Vec::new(), closed: None };
        for line in rest.split_inclusive(|byte| *byte == b'\n') {
            text.closed = Some(line.ends_with(b"\n"));
            let content = line.strip_suffix(b"\r\n");
            // An ending that is missing is no opinion either; it is taken for the one before.
            let carriage = match text.closed {
                Some(true) => content.is_some(),
                _ => text.carriage.last().copied().unwrap_or(false),
            };
            text.carriage.push(carriage);
            let content = content.or_else(|| line.strip_suffix(b"\n")).unwrap_or(line);
            text.body.extend_from_slice(content);
            text.body.push(b'\n');
        }
        Some(text)
    }

    /// `None` if no line is ended.
    fn ending(&self) -> Option<Ending> {
        let single = self.carriage.len() == 1 && self.closed == Some(false);
        let first = *self.carriage.first().filter(|_| !single)?;
        let uniform = self.carriage.iter().all(|carriage| *carriage == first);
        Some(match (uniform, first) {
            (false, _) => Ending::Mixed,
            (true, true) => Ending::CrLf,
            (true, false) => Ending::Lf,
        })
    }

    /// Writes a merged body as the user's file is written; in what they left as it was in the base, as the template's.
    /// A last line that is a conflict marker is always ended.
    pub(super) fn write(body: &[u8], marked: bool, base: Option<&Self>, ours: &Self, theirs: &Self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(body.len() + 3);
        if merge(base.map(|base| base.marked), ours.marked, theirs.marked) {
            bytes.extend_from_slice(BYTE_ORDER_MARK);
        }
        let lines: Vec<&[u8]> = body.split_inclusive(|byte| *byte == b'\n').collect();
        let carriage = Self::endings(&lines, base, ours, theirs);
        let closed = choose(base.map(|base| base.closed), ours.closed, theirs.closed);
        let open = closed == Some(false) && !(marked && lines.last().is_some_and(|line| line.starts_with(b">>>>>>>")));
        for (index, (line, carriage)) in lines.iter().zip(carriage).enumerate() {
            bytes.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
            if !(open && index + 1 == lines.len()) {
                bytes.extend_from_slice(if carriage { b"\r\n" } else { b"\n" });
            }
        }
        bytes
    }

    /// For each line of the merged body, whether it ends with `\r\n`.
    fn endings(lines: &[&[u8]], base: Option<&Self>, ours: &Self, theirs: &Self) -> Vec<bool> {
        let (mine, others) = (ours.ending(), theirs.ending());
        let chosen = match mine {
            Some(Ending::Mixed) => mine,
            _ => choose(base.map(Self::ending), mine, others),
        };
        match chosen {
            Some(Ending::CrLf) => vec![true; lines.len()],
            Some(Ending::Lf) | None => vec![false; lines.len()],
            Some(Ending::Mixed) => {
                let mixed = if mine == chosen { ours } else { theirs };
                // Lines that this text does not have are written as most lines of the user's are.
                let usual = ours.carriage.iter().filter(|carriage| **carriage).count() * 2 > ours.carriage.len();
                mixed.endings_of(lines).into_iter().map(|ending| ending.unwrap_or(usual)).collect()
            }
        }
    }

    /// The endings that these lines have in this text, as far as they are in it.
    fn endings_of(&self, lines: &[&[u8]]) -> Vec<Option<bool>> {
        let mut input = InternedInput::default();
        input.update_before(self.body.split_inclusive(|byte| *byte == b'\n'));
        input.update_after(lines.iter().copied());
        let diff = Diff::compute(Algorithm::Histogram, &input);
        let mut kept = self.carriage.iter().enumerate().filter(|(index, _)| !diff.is_removed(*index as u32));
        let endings = 0..lines.len() as u32;
        endings.map(|line| if diff.is_added(line) { None } else { kept.next().map(|(_, ending)| *ending) }).collect()
    }
}

/// The three-way merge of one property.
fn merge<T: PartialEq>(base: Option<T>, ours: T, theirs: T) -> T {
    if base.as_ref() == Some(&ours) { theirs } else { ours }
}

/// The three-way merge of a property that a text may have no opinion on.
fn choose<T: PartialEq + Copy>(base: Option<Option<T>>, ours: Option<T>, theirs: Option<T>) -> Option<T> {
    match (ours, theirs) {
        (Some(_), Some(_)) => merge(base, ours, theirs),
        _ => ours.or(theirs),
    }
}
