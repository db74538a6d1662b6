//! What changed between two texts, as the browser applies it: `[keep, skip, "insert", keep, skip, "insert", …]` in
//! UTF-16 code units; the rest of the old text is kept.

use std::time::{Duration, Instant};

use serde::{Serialize, Serializer, ser::SerializeSeq};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

/// One replacement: after `keep` units, `skip` units give way to `insert`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Splice {
    pub keep: usize,
    pub skip: usize,
    pub insert: String,
}

/// From one text to another. Sent as one flat array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Splices(pub Vec<Splice>);

impl Serialize for Splices {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut flat = serializer.serialize_seq(Some(self.0.len() * 3))?;
        for splice in &self.0 {
            flat.serialize_element(&splice.keep)?;
            flat.serialize_element(&splice.skip)?;
            flat.serialize_element(&splice.insert)?;
        }
        flat.end()
    }
}

/// A difference of fewer bytes is sent as it is: finding smaller ones in it would save less than it costs.
const SMALL: usize = 64;

/// What leads from `old` to `new`.
pub(crate) fn splices(old: &str, new: &str) -> Splices {
    let start = common_prefix(old, new);
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = common_suffix(old_rest, new_rest);
    let old_middle = &old_rest[..old_rest.len() - end];
    let new_middle = &new_rest[..new_rest.len() - end];
    if old_middle.is_empty() && new_middle.is_empty() {
        return Splices::default();
    }
    let keep = units(&old[..start]);
    if old_middle.len() <= SMALL && new_middle.len() <= SMALL
        || old_middle.is_empty()
        || new_middle.is_empty()
    {
        return Splices(vec![Splice {
            keep,
            skip: units(old_middle),
            insert: new_middle.to_owned(),
        }]);
    }
    by_token(keep, old_middle, new_middle)
}

/// The difference in whole tags and texts, and then in what differs of those.
fn by_token(mut keep: usize, old: &str, new: &str) -> Splices {
    let (old, new) = (tokens(old), tokens(new));
    // Pages that have little in common are not compared for long: what is left is sent as it is.
    let deadline = Instant::now() + Duration::from_millis(20);
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    let mut splices: Vec<Splice> = Vec::new();
    let (mut gone, mut come) = (String::new(), String::new());
    for op in ops {
        let (_, old_range, new_range) = op.as_tag_tuple();
        if let DiffOp::Equal { .. } = op {
            keep = replace(&mut splices, keep, &gone, &come);
            gone.clear();
            come.clear();
            keep += units(&old[old_range].concat());
        } else {
            gone.extend(old[old_range].iter().copied());
            come.extend(new[new_range].iter().copied());
        }
    }
    replace(&mut splices, keep, &gone, &come);
    Splices(splices)
}

/// Adds what leads from `old` to `new` after `keep` units, and returns how many of its last units stay.
fn replace(splices: &mut Vec<Splice>, keep: usize, old: &str, new: &str) -> usize {
    let start = common_prefix(old, new);
    let end = common_suffix(&old[start..], &new[start..]);
    let gone = &old[start..old.len() - end];
    let insert = new[start..new.len() - end].to_owned();
    if gone.is_empty() && insert.is_empty() {
        return keep + units(old);
    }
    splices.push(Splice {
        keep: keep + units(&old[..start]),
        skip: units(gone),
        insert,
    });
    units(&old[old.len() - end..])
}

/// `<tag …>` and the texts between.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = match rest.strip_prefix('<') {
            Some(tag) => tag.find('>').map_or(rest.len(), |end| end + 2),
            None => rest.find('<').unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn common_prefix(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    a.floor_char_boundary(same)
}

fn common_suffix(a: &str, b: &str) -> usize {
    let (backwards_a, backwards_b) = (a.bytes().rev(), b.bytes().rev());
    let same = backwards_a
        .zip(backwards_b)
        .take_while(|(a, b)| a == b)
        .count();
    a.len() - a.ceil_char_boundary(a.len() - same)
}

/// UTF-16 code units of `text`.
pub(crate) fn units(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars().map(char::len_utf16).sum()
}
