//! Merges ranked lists whose scores cannot be compared.

use std::{collections::HashMap, hash::Hash};

/// The constant of the formula: the larger it is, the more it counts to be in several lists. 60 is the value of the paper
/// and of most search engines.
const K: f64 = 60.0;

/// Reciprocal rank fusion: an item scores `1 / (60 + rank)` for each list that it is in, with ranks from 1. Only ranks
/// count, because a distance of vectors and a full-text score cannot be compared. Use the scores only for sorting. Items
/// with the same score keep the order of the lists.
/// <https://plg.uwaterloo.ca/~gvcormac/cormacksigir09-rrf.pdf>
pub fn fuse<Id: Copy + Eq + Hash>(lists: &[Vec<Id>]) -> Vec<(Id, f64)> {
    let mut positions = HashMap::new();
    let mut fused: Vec<(Id, f64)> = Vec::new();
    for list in lists {
        for (rank, id) in (1_u32..).zip(list) {
            let position = *positions.entry(*id).or_insert(fused.len());
            if position == fused.len() {
                fused.push((*id, 0.0));
            }
            fused[position].1 += 1.0 / (K + f64::from(rank));
        }
    }
    fused.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(lists: &[Vec<char>]) -> String {
        fuse(lists).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn an_item_of_both_lists_comes_before_the_first_item_of_either() {
        assert_eq!(order(&[vec!['a', 'b', 'c'], vec!['x', 'y', 'c']]), "caxby");
    }

    #[test]
    fn a_single_list_keeps_its_order_and_no_list_gives_no_items() {
        assert_eq!(order(&[vec!['b', 'a'], vec![]]), "ba");
        assert_eq!(order(&[]), "");
    }

    #[test]
    fn a_rank_scores_as_in_the_paper() {
        let fused = fuse(&[vec!['a'], vec!['b', 'a']]);
        assert_eq!(fused, [('a', 1.0 / 61.0 + 1.0 / 62.0), ('b', 1.0 / 61.0)]);
    }
}
