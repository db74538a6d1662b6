//! Which elements a change of the page lies in, so that the browser parses and compares those and not the whole page.
//!
//! A component has no element of its own, and one component may be a table of ten thousand rows. So what is named is
//! the smallest element that holds the change from its start tag to its end tag. Everything here is found in the two
//! texts: nothing is kept for it between two messages.

use std::ops::Range;

use serde::{Serialize, Serializer, ser::SerializeSeq};

use crate::{
    html,
    splice::{Splice, Splices, units},
};

/// A smaller page is parsed as a whole, in a few milliseconds: what names the elements would be a fourth of the
/// message. In bytes.
const SMALL_PAGE: usize = 8 * 1024;

/// An element that holds a part of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Where its start tag begins in the old text, in UTF-16 code units.
    pub start: usize,
    /// From there to the end of its end tag.
    pub length: usize,
    /// The way to it: its place among the child elements of the root, and so on.
    pub path: Vec<usize>,
}

/// Sent as one flat array.
impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut flat = serializer.serialize_seq(Some(self.path.len() + 2))?;
        for number in [&self.start, &self.length].into_iter().chain(&self.path) {
            flat.serialize_element(number)?;
        }
        flat.end()
    }
}

/// The elements that hold all of what leads from `old` to `new`, in order, none within another; none if only the
/// whole page does.
pub(crate) fn targets(old: &str, new: &str, splices: &Splices) -> Vec<Target> {
    if old.len() < SMALL_PAGE {
        return Vec::new();
    }
    find(old, new, &edits(old, splices)).unwrap_or_default()
}

/// A splice, in bytes of both texts.
struct Edit {
    old: Range<usize>,
    new: Range<usize>,
}

fn edits(old: &str, splices: &Splices) -> Vec<Edit> {
    let (mut at, mut at_new) = (0, 0);
    let edit = |splice: &Splice| {
        let start = at + bytes(&old[at..], splice.keep);
        let end = start + bytes(&old[start..], splice.skip);
        let new_start = at_new + (start - at);
        (at, at_new) = (end, new_start + splice.insert.len());
        Edit {
            old: start..end,
            new: new_start..at_new,
        }
    };
    splices.0.iter().map(edit).collect()
}

/// How many bytes of `text` its first `wanted` UTF-16 code units are.
fn bytes(text: &str, wanted: usize) -> usize {
    let mut left = wanted;
    let end = text.char_indices().find(|(_, letter)| {
        let done = left == 0;
        left = left.saturating_sub(letter.len_utf16());
        done
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// An element whose start tag was read, and whose end tag was not.
struct Open {
    start: usize,
    /// Its place among the child elements of its parent.
    nth: usize,
    /// How many child elements it has so far.
    children: usize,
    /// What is in it changes only together with it.
    indivisible: bool,
}

impl Open {
    fn new(start: usize, nth: usize, indivisible: bool) -> Self {
        Self {
            start,
            nth,
            children: 0,
            indivisible,
        }
    }
}

fn find(old: &str, new: &str, edits: &[Edit]) -> Option<Vec<Target>> {
    // With where each begins, in bytes.
    let mut targets: Vec<(usize, Target)> = Vec::new();
    let mut open = vec![Open::new(0, 0, false)];
    let (mut at, mut next) = (0, 0);
    while let Some(first) = edits.get(next) {
        let change = first.old.start;
        while let Some(tag) = Tag::next(old, at).filter(|tag| tag.range.start < change) {
            if tag.range.end <= change {
                at = tag.content();
                tag.read(&mut open)?;
                continue;
            }
            // The change begins in this tag, of which it is no other element that has another name.
            if !tag.is_end && change > tag.range.start + 1 + tag.name.len() {
                tag.open(&mut open)?;
            }
            break;
        }
        let (depth, end, held) = (1..open.len()).rev().find_map(|depth| {
            let inseparable = open[..depth].iter().any(|around| around.indivisible);
            let held = (!inseparable).then(|| holds(old, new, open[depth].start, edits));
            held.flatten().map(|(end, held)| (depth, end, held))
        })?;
        let start = open[depth].start;
        let target = Target {
            start: units(&old[..start]),
            length: units(&old[start..end]),
            path: open[1..=depth].iter().map(|element| element.nth).collect(),
        };
        // It may be around some that were found before.
        targets.retain(|(other, _)| *other < start);
        targets.push((start, target));
        open.truncate(depth);
        open.last_mut()?.children += 1;
        (at, next) = (end, held);
    }
    Some(targets.into_iter().map(|(_, target)| target).collect())
}

/// Whether the element that begins at `start` is one element in both texts and holds all of `edits` that begin in it:
/// where it ends in `old`, and how many edits begin before that.
fn holds(old: &str, new: &str, start: usize, edits: &[Edit]) -> Option<(usize, usize)> {
    let end = end_of_element(old, start)?;
    let before = |place| edits.partition_point(|edit| edit.old.start < place);
    let held = before(end);
    let (first, last) = (
        edits.get(before(start + 1))?,
        edits.get(held.checked_sub(1)?)?,
    );
    let after = end.checked_sub(last.old.end)?;
    let new_start = first.new.start.checked_sub(first.old.start - start)?;
    let new_end = end_of_element(new, new_start)?;
    (new_end == last.new.end + after).then_some((end, held))
}

/// Where the element ends whose start tag is at `start`.
fn end_of_element(text: &str, start: usize) -> Option<usize> {
    let first = Tag::next(text, start)?;
    if first.is_void() {
        return Some(first.range.end);
    }
    let (mut at, mut depth) = (first.content(), 1_usize);
    loop {
        let tag = Tag::next(text, at)?;
        at = tag.content();
        if tag.is_end {
            depth -= 1;
        } else if !tag.is_void() {
            depth += 1;
        }
        if depth == 0 {
            return (tag.name == first.name).then_some(at);
        }
    }
}

/// Elements without content.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];
/// Whose content is no markup.
const RAW: [&str; 5] = ["script", "style", "iframe", "noembed", "xmp"];
/// Whose content a parser, or the script, takes for something else when it stands alone.
const INDIVISIBLE: [&str; 5] = ["svg", "math", "select", "template", "noscript"];
/// Whose content is somebody else's.
const FOREIGN: [&str; 2] = [" contenteditable", " data-ignore"];

struct Tag<'a> {
    text: &'a str,
    range: Range<usize>,
    name: &'a str,
    is_end: bool,
}

impl<'a> Tag<'a> {
    /// The first tag from `at` on.
    fn next(text: &'a str, mut at: usize) -> Option<Self> {
        loop {
            at += text[at..].find('<')?;
            let rest = &text[at..];
            if !rest.starts_with("<!") {
                break;
            }
            let end = if rest.starts_with("<!--") { "-->" } else { ">" };
            at += rest.find(end)? + end.len();
        }
        let rest = &text[at..];
        let range = at..at + html::end_of_tag(rest);
        let is_end = rest.starts_with("</");
        let name = &rest[1 + usize::from(is_end)..];
        let name = &name[..name.find([' ', '>'])?];
        Some(Self {
            text,
            range,
            name,
            is_end,
        })
    }

    fn is_void(&self) -> bool {
        VOID.contains(&self.name)
    }

    /// Where the next tag is looked for.
    fn content(&self) -> usize {
        let end = self.range.end;
        if self.is_end || !RAW.contains(&self.name) {
            return end;
        }
        let length = self.text[end..].find(&format!("</{}", self.name));
        length.map_or(self.text.len(), |length| end + length)
    }

    /// What it opens or closes.
    fn read(&self, open: &mut Vec<Open>) -> Option<()> {
        if !self.is_end && !self.is_void() {
            return self.open(open);
        }
        if self.is_end {
            open.pop();
        }
        open.last_mut()?.children += 1;
        Some(())
    }

    fn open(&self, open: &mut Vec<Open>) -> Option<()> {
        let tag = &self.text[self.range.clone()];
        let indivisible = INDIVISIBLE.contains(&self.name)
            || self.name.contains('-')
            || FOREIGN.iter().any(|attribute| tag.contains(attribute));
        let nth = open.last()?.children;
        open.push(Open::new(self.range.start, nth, indivisible));
        Some(())
    }
}
