//! On which features a part of the lock file depends, learned from combinations in which it was seen or not.
//!
//! The part is there if one of several clauses holds, each a conjunction of features that are chosen or not. A clause
//! starts as one combination in which the part was seen, with every feature that is chosen in it or not; then each
//! feature is dropped that is not needed to tell it from the combinations without the part. Those that are not chosen
//! are dropped first: what one feature brings is there whatever else is chosen.

use std::collections::BTreeSet;

use super::Variant;
use crate::error::{Error, Result};

/// Features by number, and whether each has to be chosen.
type Clause = Vec<(usize, bool)>;

/// The combinations of features in which cargo was asked.
pub(super) struct Samples {
    features: Vec<String>,
    chosen: Vec<Vec<bool>>,
}

impl Samples {
    pub(super) fn of(variants: &[Variant]) -> Result<Self> {
        let features: Vec<String> =
            variants.first().map(|variant| variant.features.keys().cloned().collect()).unwrap_or_default();
        let distinct: BTreeSet<_> = variants.iter().map(|variant| &variant.features).collect();
        let alike = variants.iter().all(|variant| variant.features.keys().eq(features.iter()));
        if distinct.len() != variants.len() || !alike {
            return Err(Error::template("each lock file needs a combination of its own of the same features"));
        }
        let chosen = variants.iter().map(|variant| variant.features.values().copied().collect()).collect();
        Ok(Self { features, chosen })
    }

    /// Every sample.
    pub(super) fn all(&self) -> BTreeSet<usize> {
        (0..self.chosen.len()).collect()
    }

    /// A text that was seen in the samples `present`, of the samples `within` in which it could be, under its
    /// condition. The dash eats the newline before a tag, so the text brings its own.
    pub(super) fn tagged(&self, text: &str, present: &BTreeSet<usize>, within: &BTreeSet<usize>) -> String {
        if present == within {
            return text.to_owned();
        }
        let conditions = self.words(&self.clauses(present, within));
        // The dialect does not mix `and` with `or`: what needs both is asked for one after the other.
        conditions.iter().rev().fold(String::new(), |otherwise, condition| {
            let otherwise = match otherwise.is_empty() {
                true => otherwise,
                false => format!("\n{{%- else %}}{otherwise}"),
            };
            format!("\n{{%- if {condition} %}}{text}{otherwise}\n{{%- endif %}}")
        })
    }

    fn clauses(&self, present: &BTreeSet<usize>, within: &BTreeSet<usize>) -> Vec<Clause> {
        let mut seen: Vec<usize> = present.iter().copied().collect();
        seen.sort_by_key(|&at| self.chosen[at].iter().filter(|chosen| **chosen).count());
        let mut clauses: Vec<Clause> = Vec::new();
        for at in seen {
            if clauses.iter().any(|clause| self.holds(clause, at)) {
                continue;
            }
            let mut clause: Clause = self.chosen[at].iter().copied().enumerate().collect();
            clause.sort_by_key(|(_, chosen)| *chosen);
            for literal in clause.clone() {
                let shorter: Clause = clause.iter().copied().filter(|other| *other != literal).collect();
                if !within.difference(present).any(|&absent| self.holds(&shorter, absent)) {
                    clause = shorter;
                }
            }
            clauses.push(clause);
        }
        clauses
    }

    fn holds(&self, clause: &Clause, sample: usize) -> bool {
        clause.iter().all(|&(feature, chosen)| self.chosen[sample][feature] == chosen)
    }

    /// Clauses of one feature in one condition, joined by `or`; any other in one of its own.
    fn words(&self, clauses: &[Clause]) -> Vec<String> {
        let word = |&(feature, chosen): &(usize, bool)| match chosen {
            true => self.features[feature].clone(),
            false => format!("{} == false", self.features[feature]),
        };
        let (single, long): (Vec<_>, Vec<_>) = clauses.iter().partition(|clause| clause.len() == 1);
        let any = single.iter().flat_map(|clause| clause.iter()).map(word).collect::<Vec<_>>().join(" or ");
        let each = long.iter().map(|clause| {
            let mut sorted = (*clause).clone();
            sorted.sort_unstable();
            sorted.iter().map(word).collect::<Vec<_>>().join(" and ")
        });
        Some(any).filter(|any| !any.is_empty()).into_iter().chain(each).collect()
    }
}
