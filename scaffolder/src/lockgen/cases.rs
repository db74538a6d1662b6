//! Conditions for sets of combinations of features, in the shared dialect.

use std::collections::{BTreeMap, BTreeSet};

use super::Variant;
use crate::error::{Error, Result};

/// The most features whose combinations are tried: 3 to this power conditions are looked through.
const MOST: usize = 6;

/// Finds conditions.
pub(super) struct Cases {
    features: Vec<String>,
    variants: Vec<Vec<bool>>,
    /// Every conjunction and the combinations that it holds for, the shortest first.
    conjunctions: Vec<(Vec<Option<bool>>, BTreeSet<usize>)>,
}

impl Cases {
    pub(super) fn of(variants: &[Variant]) -> Result<Self> {
        let features: Vec<String> =
            variants.first().map(|variant| variant.features.keys().cloned().collect()).unwrap_or_default();
        let assignments: Vec<Vec<bool>> =
            variants.iter().map(|variant| variant.features.values().copied().collect()).collect();
        let distinct: BTreeSet<&BTreeMap<String, bool>> = variants.iter().map(|variant| &variant.features).collect();
        let complete = features.len() <= MOST
            && distinct.len() == variants.len()
            && variants.len() == 1 << features.len()
            && variants.iter().all(|variant| variant.features.keys().eq(features.iter()));
        if !complete {
            return Err(Error::template(format!(
                "every combination of at most {MOST} features needs one lock file; there are {}",
                variants.len()
            )));
        }
        let mut all = vec![Vec::new()];
        for _ in &features {
            all = all
                .iter()
                .flat_map(|start: &Vec<Option<bool>>| {
                    [None, Some(true), Some(false)].map(|next| [start.clone(), vec![next]].concat())
                })
                .collect();
        }
        let mut conjunctions: Vec<_> = all
            .into_iter()
            .map(|conjunction| {
                let holds = |variant: &Vec<bool>| {
                    conjunction.iter().zip(variant).all(|(want, is)| want.is_none_or(|want| want == *is))
                };
                let set = (0..assignments.len()).filter(|&at| holds(&assignments[at])).collect();
                (conjunction, set)
            })
            .collect();
        conjunctions.sort_by_key(|(conjunction, _)| conjunction.iter().flatten().count());
        Ok(Self { features, variants: assignments, conjunctions })
    }

    /// Every combination.
    pub(super) fn all(&self) -> BTreeSet<usize> {
        (0..self.variants.len()).collect()
    }

    /// Conditions that hold for exactly this set, no two of them at once; `None` stands for none needed.
    pub(super) fn of_set(&self, set: &BTreeSet<usize>) -> Vec<Option<String>> {
        self.of_subset(set, &self.all())
    }

    /// The same where only the combinations in `within` can occur.
    pub(super) fn of_subset(&self, set: &BTreeSet<usize>, within: &BTreeSet<usize>) -> Vec<Option<String>> {
        if set == within {
            return vec![None];
        }
        let seen = |holds: &BTreeSet<usize>| -> BTreeSet<usize> { holds.intersection(within).copied().collect() };
        if let Some((conjunction, _)) = self.conjunctions.iter().find(|(_, holds)| seen(holds) == *set) {
            return vec![Some(self.words(conjunction, true, " and "))];
        }
        let others: BTreeSet<usize> = within.difference(set).copied().collect();
        if let Some((conjunction, _)) = self.conjunctions.iter().find(|(_, holds)| seen(holds) == others) {
            return vec![Some(self.words(conjunction, false, " or "))];
        }
        // Neither one `and` nor one `or` says it: several conditions, each for a part.
        let mut rest = set.clone();
        let mut conditions = Vec::new();
        while !rest.is_empty() {
            let part = self.conjunctions.iter().find(|(_, holds)| {
                let holds = seen(holds);
                !holds.is_empty() && holds.is_subset(&rest)
            });
            // A conjunction of every feature holds for a single combination, so there is always one.
            let Some((conjunction, holds)) = part else { break };
            conditions.push(Some(self.words(conjunction, true, " and ")));
            rest = rest.difference(holds).copied().collect();
        }
        conditions
    }

    fn words(&self, conjunction: &[Option<bool>], as_is: bool, join: &str) -> String {
        let words = self.features.iter().zip(conjunction).filter_map(|(feature, want)| {
            want.map(|want| if want == as_is { feature.clone() } else { format!("{feature} == false") })
        });
        words.collect::<Vec<_>>().join(join)
    }
}
