//! Combinations of features that stand for all of them, of which there are 2ⁿ.

use std::collections::BTreeSet;

/// Combinations of `features` features as bits: all, none, each alone, each pair, all but one, and then at most `more` others,
/// far from each other and every time the same. None comes twice; there are about n² / 2 of them.
///
/// A file, a line or a package that depends on one feature or on two is there in one of them and not in another.
///
/// # Panics
/// With more than 63 features.
#[must_use]
pub fn combinations(features: usize, more: u64) -> Vec<u64> {
    assert!(features < 64, "{features} features are more than a number has bits");
    let all = (1_u64 << features) - 1;
    let one = || (0..features).map(|at| 1_u64 << at);
    let two = one().flat_map(|first| one().map(move |second| first | second));
    let others = (1..=more).map(|number| scattered(number) & all);
    let every = [all, 0].into_iter().chain(one()).chain(two).chain(one().map(|bit| all ^ bit)).chain(others);
    let mut seen = BTreeSet::new();
    every.filter(|bits| seen.insert(*bits)).collect()
}

/// As many features as [`covering`] looks at together: hardly a condition names more, with those that it stands in.
const TOGETHER: usize = 4;

/// Combinations of `features` features as bits, in which any four of them are seen in each of their sixteen states: all, none,
/// each alone, all but one, and as many others as it takes. None comes twice, and they are every time the same.
///
/// What [`combinations`] says of each pair alone holds here too: of two features and any two others, there is one combination with
/// the former and without the latter. With twenty features it takes a hundred, where those are more than two hundred.
///
/// # Panics
/// With more than 63 features.
#[must_use]
pub fn covering(features: usize) -> Vec<u64> {
    assert!(features < 64, "{features} features are more than a number has bits");
    let all = (1_u64 << features) - 1;
    let one = || (0..features).map(|at| 1_u64 << at);
    let mut seen = BTreeSet::new();
    let few = [all, 0].into_iter().chain(one()).chain(one().map(|bit| all ^ bit));
    let mut chosen: Vec<u64> = few.filter(|bits| seen.insert(*bits)).collect();
    let mut unseen: Vec<(u64, u64)> =
        groups(features).into_iter().flat_map(|group| states(group).map(move |state| (group, state))).collect();
    unseen.retain(|(group, state)| chosen.iter().all(|bits| bits & group != *state));
    let mut number = 0;
    while let Some(&(group, state)) = unseen.first() {
        number += 1;
        let bits = climbed(scattered(number) & all & !group | state, features, &unseen);
        unseen.retain(|(group, state)| bits & group != *state);
        chosen.push(bits);
    }
    chosen
}

/// Every group of [`TOGETHER`] features, or of all where there are fewer.
fn groups(features: usize) -> Vec<u64> {
    let mut groups = vec![0_u64];
    for _ in 0..TOGETHER.min(features) {
        // By one that is below those it has, so that each is made once.
        let larger = |&group: &u64| (0..group.trailing_zeros()).take(features).map(move |at| group | 1 << at);
        groups = groups.iter().flat_map(larger).collect();
    }
    groups
}

/// Every choice among the features of a group.
fn states(group: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(group), move |state| state.checked_sub(1).map(|below| below & group))
}

/// The combination that is reached from `bits` by changing one feature after the other, as long as more is seen by it.
fn climbed(mut bits: u64, features: usize, unseen: &[(u64, u64)]) -> u64 {
    let count = |bits: u64| unseen.iter().filter(|(group, state)| bits & group == *state).count();
    let mut best = count(bits);
    loop {
        let before = best;
        for at in 0..features {
            let found = count(bits ^ 1 << at);
            if found > best {
                (bits, best) = (bits ^ 1 << at, found);
            }
        }
        if best == before {
            return bits;
        }
    }
}

/// Numbers far from each other, by Fibonacci hashing: the steps of the golden ratio spread evenly over the bits.
fn scattered(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_grow_with_the_square_of_the_features() {
        let counts: Vec<usize> = (0..10).map(|features| combinations(features, 0).len()).collect();
        assert_eq!(counts, [1, 2, 4, 8, 16, 22, 29, 37, 46, 56]);
        assert!(combinations(10, 12).len() > 64);
    }

    #[test]
    fn of_any_two_features_each_is_there_with_and_without_the_other() {
        let all = combinations(15, 0);
        for (one, other) in (0..15).flat_map(|one| (0..one).map(move |other| (one, other))) {
            let seen: BTreeSet<_> = all.iter().map(|bits| (bits >> one & 1, bits >> other & 1)).collect();
            assert_eq!(seen.len(), 4, "{one} and {other}");
        }
    }

    #[test]
    fn of_any_four_features_every_state_is_covered() {
        for features in [0, 1, 2, 3, 4, 5, 9, 18] {
            let chosen = covering(features);
            assert_eq!(chosen.iter().collect::<BTreeSet<_>>().len(), chosen.len(), "none twice of {features}");
            let group = |four: [usize; 4]| four.map(|at| 1_u64 << at);
            for one in 0..features {
                for other in 0..one {
                    let more = (0..other).flat_map(|third| (0..third).map(move |fourth| (third, fourth)));
                    for four in more.map(|(third, fourth)| group([one, other, third, fourth])) {
                        let seen: BTreeSet<_> = chosen.iter().map(|bits| four.map(|bit| bits & bit != 0)).collect();
                        assert_eq!(seen.len(), 16, "{four:?} of {features}");
                    }
                    let seen: BTreeSet<_> = chosen.iter().map(|bits| (bits >> one & 1, bits >> other & 1)).collect();
                    assert_eq!(seen.len(), 4, "{one} and {other} of {features}");
                }
            }
        }
    }

    #[test]
    fn what_covers_has_the_extremes_and_is_far_fewer_than_every_pair() {
        let chosen = covering(20);
        let all = (1 << 20) - 1;
        for at in 0..20 {
            assert!(chosen.contains(&(1 << at)) && chosen.contains(&(all ^ 1 << at)), "{at} alone, and all but it");
        }
        assert_eq!(chosen[..2], [all, 0]);
        assert!(chosen.len() < combinations(20, 0).len() / 2, "{}", chosen.len());
    }
}
