//! The template's `Cargo.lock`, made from those that cargo wrote.
//!
//! A fresh project must build with the versions that were tested, in every combination of features, and
//! `cargo build --locked` accepts only the text that cargo itself would write. The combinations are too many to ask
//! cargo about each, so some are enough: a package, or a line of one, gets the simplest condition that fits all
//! combinations in which cargo was asked ([`conditions`]).
//!
//! ```text
//! {%- if otel or load %}
//! ```

mod conditions;
mod parse;
mod weave;

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use conditions::Samples;
use parse::Block;
use weave::{Woven, weave};

/// What cargo wrote for one combination of features.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Every boolean question and its answer.
    pub features: BTreeMap<String, bool>,
    /// The text of `Cargo.lock`.
    pub lock: String,
}

/// Puts lock files of several combinations of features together, in the shared dialect. Each of these comes out as it
/// is; others come out right if their packages follow from those of these combinations.
///
/// # Errors
/// Of kind `Template`: a text is no lock file of cargo's, or two combinations order their packages differently.
pub fn template_lock(variants: &[Variant]) -> Result<String> {
    let samples = Samples::of(variants)?;
    let locks = variants.iter().map(|variant| parse::lock(&variant.lock)).collect::<Result<Vec<_>>>()?;
    let (header, _) = locks.first().ok_or_else(|| Error::template("there is no lock file to start from"))?;
    if locks.iter().any(|(other, _)| other != header) {
        return Err(Error::template("the lock files do not start alike; the same cargo must write them all"));
    }
    let keys: Vec<Vec<_>> = locks.iter().map(|(_, blocks)| blocks.iter().map(Block::key).collect()).collect();
    let woven = weave(&keys).ok_or_else(|| Error::template("two lock files order the same packages differently"))?;

    let everywhere = samples.all();
    let mut text = header.clone();
    for run in woven.chunk_by(|one, next| one.within == next.within) {
        let within = &run[0].within;
        let mut packages = String::new();
        for Woven { item: key, .. } in run {
            let of_this = |at: &usize| locks[*at].1.iter().find(|block| block.key() == *key);
            let blocks: Vec<&Block> = within.iter().filter_map(of_this).collect();
            packages.push_str(&package(&blocks, within, &samples)?);
        }
        text.push_str(&samples.tagged(&packages, within, &everywhere));
    }
    text.push('\n');
    Ok(text)
}

/// The lines of a package, each preceded by its newline, those that differ between `within` under their conditions.
fn package(blocks: &[&Block], within: &BTreeSet<usize>, samples: &Samples) -> Result<String> {
    let lines: Vec<Vec<&str>> = blocks.iter().map(|block| block.lines.clone()).collect();
    let disordered = || Error::template(format!("two lock files order the lines of `{}` differently", blocks[0].name));
    let woven = weave(&lines).ok_or_else(disordered)?;
    let places: Vec<usize> = within.iter().copied().collect();
    let mut text = String::from("\n");
    for run in woven.chunk_by(|one, next| one.within == next.within) {
        let lines: String = run.iter().map(|woven| format!("\n{}", woven.item)).collect();
        let present = run[0].within.iter().map(|&at| places[at]).collect();
        text.push_str(&samples.tagged(&lines, &present, within));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
