//! The rules, by what they are about.

use super::Rule;

mod indexes;
mod objects;
mod queries;
mod routines;
mod tables;
mod transactions;
mod types;

pub(super) const ALL: &[&[Rule]] = &[
    transactions::RULES,
    types::RULES,
    tables::RULES,
    indexes::RULES,
    objects::RULES,
    routines::RULES,
    queries::RULES,
];
