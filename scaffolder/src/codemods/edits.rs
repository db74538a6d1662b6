//! Changes of a text, by place.

use std::ops::Range;

#[derive(Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push((range, text.into()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with the changes, and where places of the old text are in it. Of two changes that overlap the outer one counts; the
    /// rest comes with the next run.
    pub(super) fn apply(mut self, text: &str, places: &[usize]) -> (String, Vec<usize>) {
        self.0.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
        let mut out = String::with_capacity(text.len());
        let mut places = places.to_vec();
        let before = places.clone();
        let mut at = 0;
        for (range, new) in self.0 {
            if range.start >= at {
                out.push_str(&text[at..range.start]);
                out.push_str(&new);
                at = range.end;
                for (place, _) in places.iter_mut().zip(&before).filter(|(_, before)| **before >= range.end) {
                    *place = (*place + new.len()).saturating_sub(range.len());
                }
            }
        }
        out.push_str(&text[at..]);
        (out, places)
    }
}
