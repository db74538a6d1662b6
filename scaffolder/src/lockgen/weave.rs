//! Several sequences in one, each item once.

use std::collections::BTreeSet;

/// An item, and the sequences that have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Woven<T> {
    pub(super) item: T,
    pub(super) within: BTreeSet<usize>,
}

/// Merges sequences so that each keeps its order; `None` if two of them contradict each other, or one has an item
/// twice.
pub(super) fn weave<T: Copy + Ord>(sequences: &[Vec<T>]) -> Option<Vec<Woven<T>>> {
    let mut waiting: Vec<BTreeSet<T>> = Vec::new();
    for sequence in sequences {
        let set: BTreeSet<T> = sequence.iter().copied().collect();
        if set.len() != sequence.len() {
            return None;
        }
        waiting.push(set);
    }
    let mut at = vec![0; sequences.len()];
    let mut woven = Vec::new();
    loop {
        let heads: Vec<Option<T>> =
            sequences.iter().zip(&at).map(|(sequence, &at)| sequence.get(at).copied()).collect();
        if heads.iter().all(Option::is_none) {
            return Some(woven);
        }
        // The least of those that no sequence has further down: the result does not depend on their order.
        let free = |item: &T| {
            heads.iter().zip(&waiting).all(|(head, waiting)| *head == Some(*item) || !waiting.contains(item))
        };
        let item = heads.iter().flatten().copied().filter(free).min()?;
        let within: BTreeSet<usize> = (0..sequences.len()).filter(|&index| heads[index] == Some(item)).collect();
        for &index in &within {
            at[index] += 1;
            waiting[index].remove(&item);
        }
        woven.push(Woven { item, within });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn woven(sequences: &[&str]) -> Option<String> {
        let sequences: Vec<Vec<char>> = sequences.iter().map(|text| text.chars().collect()).collect();
        weave(&sequences).map(|woven| woven.iter().map(|woven| woven.item).collect())
    }

    #[test]
    fn every_sequence_keeps_its_order() {
        assert_eq!(woven(&["ace", "bcde", ""]).as_deref(), Some("abcde"));
        assert_eq!(woven(&["zay", "zby"]).as_deref(), Some("zaby"));
    }

    #[test]
    fn sequences_that_contradict_each_other_cannot_be_woven() {
        assert_eq!(woven(&["ab", "ba"]), None);
        assert_eq!(woven(&["aa"]), None);
    }
}
