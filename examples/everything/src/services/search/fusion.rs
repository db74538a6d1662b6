//! One list of several that were ordered by different measures.

use std::{collections::HashMap, hash::Hash};

/// How little the first places of a list differ: the larger, the more being in several lists counts. 60 is the value
/// of the paper, and what search engines use.
const K: f64 = 60.0;

/// Reciprocal rank fusion: a place of a list, from 1, is worth `1 / (60 + place)`, and the sum orders the whole. Only
/// places count, because an angle and a count of words cannot be compared. The scores are good for nothing but the
/// order; of equals, the one that is named first comes first.
/// <https://plg.uwaterloo.ca/~gvcormac/cormacksigir09-rrf.pdf>
pub fn fuse<Id: Copy + Eq + Hash>(lists: &[Vec<Id>]) -> Vec<(Id, f64)> {
    let mut places = HashMap::new();
    let mut fused: Vec<(Id, f64)> = Vec::new();
    for list in lists {
        for (place, id) in (1_u32..).zip(list) {
            let at = *places.entry(*id).or_insert(fused.len());
            if at == fused.len() {
                fused.push((*id, 0.0));
            }
            fused[at].1 += 1.0 / (K + f64::from(place));
        }
    }
    fused.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(lists: &[Vec<char>]) -> String {
        fuse(lists).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn what_is_in_both_lists_comes_before_the_first_of_either() {
        assert_eq!(order(&[vec!['a', 'b', 'c'], vec!['x', 'y', 'c']]), "caxby");
    }

    #[test]
    fn one_list_keeps_its_order_and_none_is_empty() {
        assert_eq!(order(&[vec!['b', 'a'], vec![]]), "ba");
        assert_eq!(order(&[]), "");
    }

    #[test]
    fn a_place_is_worth_what_the_paper_says() {
        let fused = fuse(&[vec!['a'], vec!['b', 'a']]);
        assert_eq!(fused, [('a', 1.0 / 61.0 + 1.0 / 62.0), ('b', 1.0 / 61.0)]);
    }
}
