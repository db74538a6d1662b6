//! A text as a list of units: lines that belong together, by their indentation.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// A line with everything that is indented below it, its closing brackets, and the comments and attributes above it.
#[derive(Clone, Debug)]
pub(super) struct Unit<'a> {
    /// All of it: whole lines.
    pub(super) text: Cow<'a, str>,
    /// How many bytes at the beginning are blank lines, comments and attributes.
    pub(super) lead: usize,
    /// What it is known by in its list; the ones of one list differ. Before that is settled, what a unit is known by that is
    /// no item, if not by its first line.
    pub(super) id: String,
    /// What it is, if it is an item of a set.
    pub(super) item: Option<Item>,
}

/// An item of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// What no two items of the list may share.
    pub(super) key: String,
    /// Items of a lower rank stand before those of a higher one where both sides have it so.
    pub(super) rank: u8,
}

impl Unit<'_> {
    /// Without what stands above it.
    pub(super) fn body(&self) -> &str {
        &self.text[self.lead..]
    }

    pub(super) fn above(&self) -> &str {
        &self.text[..self.lead]
    }
}

/// What a line is to the units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// It begins a unit, if it is not indented below another.
    Head,
    /// It goes on with the unit before: a closing bracket.
    Closing,
    /// It is the inside of a text that spans lines: its indentation means nothing.
    Text,
    /// A comment or attribute, which belongs to what follows.
    Above,
}

/// The width of the space that a line begins with; `None` for a blank one.
pub(super) fn indentation(line: &str) -> Option<usize> {
    let rest = line.trim_start();
    (!rest.is_empty()).then(|| line.len() - rest.len())
}

/// Takes a text apart, given what each line is. The units' ids and items are not known yet.
pub(super) fn split<'a>(text: &'a str, lines: &[Line]) -> Vec<Unit<'a>> {
    let heads = text.split_inclusive('\n').zip(lines).filter(|(_, kind)| matches!(kind, Line::Head | Line::Above));
    let depth = heads.filter_map(|(line, _)| indentation(line)).min().unwrap_or(0);
    split_at(text, lines, depth)
}

/// Takes a text apart in which indentation means nothing: every line begins a unit that is a [`Line::Head`].
pub(super) fn split_flat<'a>(text: &'a str, lines: &[Line]) -> Vec<Unit<'a>> {
    split_at(text, lines, usize::MAX)
}

/// Takes a text apart whose units are indented so far at most.
fn split_at<'a>(text: &'a str, lines: &[Line], depth: usize) -> Vec<Unit<'a>> {
    let mut splitter = Splitter { text, units: Vec::new(), start: 0, body: None, above: None, commented: false };
    let mut at = 0;
    for (line, kind) in text.split_inclusive('\n').zip(lines) {
        let indent = indentation(line);
        let goes_on = matches!(kind, Line::Closing | Line::Text) || indent.is_some_and(|indent| indent > depth);
        match (indent, kind) {
            (_, _) if splitter.body.is_some() && goes_on => splitter.go_on(),
            (None, _) => splitter.blank(at),
            (_, Line::Above) => splitter.comment(at),
            _ => splitter.begin(at),
        }
        at += line.len();
    }
    splitter.end()
}

struct Splitter<'a> {
    text: &'a str,
    units: Vec<Unit<'a>>,
    /// Where the unit began that is being read, and where its body did.
    start: usize,
    body: Option<usize>,
    /// Where the blank lines and comments begin that are behind it, and whether a comment is the last of them.
    above: Option<usize>,
    commented: bool,
}

impl<'a> Splitter<'a> {
    fn go_on(&mut self) {
        (self.above, self.commented) = (None, false);
    }

    fn blank(&mut self, at: usize) {
        // A comment with a blank line below it is a unit of its own.
        if self.commented {
            self.close(self.above.unwrap_or(at));
            self.push(at, at);
            self.above = None;
        }
        self.above = self.above.or(Some(at));
        self.commented = false;
    }

    fn comment(&mut self, at: usize) {
        self.above = self.above.or(Some(at));
        self.commented = true;
    }

    fn begin(&mut self, at: usize) {
        self.close(self.above.unwrap_or(at));
        (self.body, self.above, self.commented) = (Some(at), None, false);
    }

    fn end(mut self) -> Vec<Unit<'a>> {
        let end = self.text.len();
        self.close(self.above.unwrap_or(end));
        if self.start < end {
            self.push(end, end);
        }
        self.units
    }

    /// Ends the unit that is being read, if one is.
    fn close(&mut self, end: usize) {
        if let Some(body) = self.body.take() {
            self.push(end, body);
        }
    }

    fn push(&mut self, end: usize, body: usize) {
        let (text, lead) = (Cow::Borrowed(&self.text[self.start..end]), body.min(end) - self.start);
        self.units.push(Unit { text, lead, id: String::new(), item: None });
        self.start = end;
    }
}

/// A unit's lines at its own indentation, and what is indented below each.
pub(super) struct Parts<'a> {
    /// The lines; the first begins the unit.
    pub(super) frame: Vec<&'a str>,
    /// What stands below each of them.
    pub(super) inner: Vec<&'a str>,
}

/// Takes a unit's body apart.
pub(super) fn parts<'a>(body: &'a str, lines: &[Line]) -> Parts<'a> {
    let depth = indentation(body.lines().next().unwrap_or_default());
    let mut parts = Parts { frame: Vec::new(), inner: Vec::new() };
    let (mut at, mut start) = (0, 0);
    for (index, (line, kind)) in body.split_inclusive('\n').zip(lines).enumerate() {
        if index == 0 || (*kind == Line::Closing && indentation(line) == depth) {
            if index > 0 {
                parts.inner.push(&body[start..at]);
            }
            parts.frame.push(line);
            start = at + line.len();
        }
        at += line.len();
    }
    parts.inner.push(&body[start..at]);
    parts
}

/// The keys that stand in a list more than once, as often as they stand there again.
pub(super) fn repeated(list: &[Unit]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let keys = list.iter().filter_map(|unit| Some(unit.item.as_ref()?.key.clone()));
    keys.filter(|key| !seen.insert(key.clone())).collect()
}
