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
    // Fibonacci hashing: the steps of the golden ratio spread evenly over the bits.
    let others = (1..=more).map(|number| (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16) & all);
    let every = [all, 0].into_iter().chain(one()).chain(two).chain(one().map(|bit| all ^ bit)).chain(others);
    let mut seen = BTreeSet::new();
    every.filter(|bits| seen.insert(*bits)).collect()
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
}
