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

/// Below this many bytes a difference is sent as it is: finding smaller ones in it would save less than it costs.
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

/// The difference in whole tags and texts.
fn by_token(mut keep: usize, old: &str, new: &str) -> Splices {
    let (old, new) = (tokens(old), tokens(new));
    // Pages that have little in common are not compared for long: what is left is sent as it is.
    let deadline = Instant::now() + Duration::from_millis(20);
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    let mut splices: Vec<Splice> = Vec::new();
    for op in ops {
        let (_, old_range, new_range) = op.as_tag_tuple();
        let taken = old[old_range].iter().map(|token| units(token)).sum();
        if let DiffOp::Equal { .. } = op {
            keep += taken;
            continue;
        }
        let insert = new[new_range].concat();
        match splices.last_mut() {
            Some(last) if keep == 0 => {
                last.skip += taken;
                last.insert.push_str(&insert);
            }
            _ => splices.push(Splice {
                keep: std::mem::take(&mut keep),
                skip: taken,
                insert,
            }),
        }
    }
    Splices(splices)
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
    (0..=same)
        .rev()
        .find(|&at| a.is_char_boundary(at) && b.is_char_boundary(at))
        .unwrap_or(0)
}

fn common_suffix(a: &str, b: &str) -> usize {
    let (backwards_a, backwards_b) = (a.bytes().rev(), b.bytes().rev());
    let same = backwards_a
        .zip(backwards_b)
        .take_while(|(a, b)| a == b)
        .count();
    (0..=same)
        .rev()
        .find(|&at| a.is_char_boundary(a.len() - at) && b.is_char_boundary(b.len() - at))
        .unwrap_or(0)
}

/// UTF-16 code units of `text`.
fn units(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars().map(char::len_utf16).sum()
}

/// What a browser makes of `splices`.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn apply(text: &str, splices: &[serde_json::Value]) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let (mut at, mut result) = (0, Vec::with_capacity(units.len()));
    let number = |value: &serde_json::Value| {
        usize::try_from(value.as_u64().unwrap_or_default()).unwrap_or(usize::MAX)
    };
    for splice in splices.chunks(3) {
        let keep = number(&splice[0]);
        result.extend_from_slice(&units[at..at + keep]);
        at += keep + number(&splice[1]);
        result.extend(splice[2].as_str().unwrap_or_default().encode_utf16());
    }
    result.extend_from_slice(&units[at..]);
    String::from_utf16_lossy(&result)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn there(old: &str, new: &str) -> String {
        let flat = serde_json::to_value(splices(old, new)).unwrap();
        apply(old, flat.as_array().unwrap())
    }

    #[test]
    fn a_counter_costs_a_few_bytes() {
        let page = |count: i32| format!("<main><p>{count}</p><b>{}</b></main>", "x".repeat(500));
        let change = serde_json::to_string(&splices(&page(5), &page(6))).unwrap();
        assert_eq!(change, r#"[9,1,"6"]"#);
    }

    #[test]
    fn two_changes_far_apart_do_not_send_what_is_between() {
        let page = |a: &str, b: &str| format!("<p>{a}</p>{}<p>{b}</p>", "<i>same</i>".repeat(50));
        let change = splices(&page("one", "two"), &page("three", "four"));
        let sent: usize = change.0.iter().map(|splice| splice.insert.len()).sum();
        assert!(sent < 40, "{change:?}");
    }

    proptest! {
        #[test]
        fn the_splices_of_any_two_texts_lead_from_one_to_the_other(old in ".*", new in ".*") {
            prop_assert_eq!(there(&old, &new), new);
        }

        #[test]
        fn the_splices_of_any_two_pages_lead_from_one_to_the_other(
            old in "(<[a-c]>|</[a-c]>|[äx🙂]{0,9}){0,60}",
            new in "(<[a-c]>|</[a-c]>|[äx🙂]{0,9}){0,60}",
        ) {
            prop_assert_eq!(there(&old, &new), new);
        }
    }
}
