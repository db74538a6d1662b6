//! The template's `Cargo.lock`, made from those that cargo wrote.
//!
//! A fresh project must build with the versions that were tested, for every name and combination of features, and
//! `cargo build --locked` accepts only the text that cargo itself would write. Two things differ between projects:
//! a combination of features brings its own packages, which becomes a condition around them, and cargo sorts
//! packages by name, the project's own among them. So the project's block stands in every gap between two packages,
//! under the condition that the name falls there:
//!
//! ```text
//! {%- if crate_name > "memchr" and crate_name < "mime" %}
//! ```

mod cases;
mod gap;
mod parse;
mod weave;

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use cases::Cases;
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

/// A `Cargo.lock` for every name and combination of features.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockTemplate {
    /// The text, in the shared dialect.
    pub text: String,
    /// Names of crates that the project depends on, in snake case, sorted: no project can be called so.
    pub names: Vec<String>,
}

/// Puts the lock files of every combination of features together.
///
/// `probe` is the crate name of the project for which cargo wrote them; any name that is no dependency will do.
///
/// # Errors
/// Of kind `Template`: a text is no lock file of cargo's, the probe is not in it or another package depends on it,
/// or two combinations order their packages differently.
pub fn template_lock(probe: &str, variants: &[Variant]) -> Result<LockTemplate> {
    let cases = Cases::of(variants)?;
    let locks = variants.iter().map(|variant| parse::lock(&variant.lock)).collect::<Result<Vec<_>>>()?;
    let (header, _) = locks.first().ok_or_else(|| Error::template("there is no lock file to start from"))?;
    if locks.iter().any(|(other, _)| other != header) {
        return Err(Error::template("the lock files do not start alike; the same cargo must write them all"));
    }
    let mut roots = Vec::new();
    let mut others = Vec::new();
    for (_, blocks) in &locks {
        let (root, rest): (Vec<_>, Vec<_>) = blocks.iter().partition(|block| block.name == probe);
        let [root] = root.as_slice() else {
            return Err(Error::template(format!("a lock file does not have the package `{probe}` exactly once")));
        };
        if let Some(block) = rest.iter().find(|block| block.depends_on(probe)) {
            return Err(Error::template(format!(
                "`{}` depends on the project itself, whose name may change",
                block.name
            )));
        }
        roots.push(*root);
        others.push(rest);
    }
    let keys: Vec<Vec<_>> = others.iter().map(|blocks| blocks.iter().map(|block| block.key()).collect()).collect();
    let woven = weave(&keys).ok_or_else(|| Error::template("two lock files order the same packages differently"))?;

    let everywhere = cases.all();
    let root = body(&roots, &everywhere, &cases)?.replace(&name_line(probe), &name_line("{{ crate_name }}"));
    let mut text = header.clone();
    let mut previous: Option<&str> = None;
    for Woven { item: key, within } in &woven {
        if previous != Some(key.name) {
            push_root(&mut text, &root, previous, Some(key.name));
            previous = Some(key.name);
        }
        let blocks: Vec<&Block> =
            within.iter().filter_map(|&at| others[at].iter().copied().find(|block| block.key() == *key)).collect();
        for case in cases.of_set(within) {
            // Lines that differ within the packages of one case are told apart inside it.
            let block = body(&blocks, within, &cases)?;
            push(&mut text, case.as_deref(), &block);
        }
    }
    push_root(&mut text, &root, previous, None);
    text.push('\n');
    let names: BTreeSet<String> = woven.iter().map(|woven| woven.item.name.replace('-', "_")).collect();
    Ok(LockTemplate { text, names: names.into_iter().collect() })
}

/// `template/hooks/crates.rhai`: the names that no project can have.
#[must_use]
pub fn crates_script(names: &[String]) -> String {
    let mut script = String::from(
        "// Written by `heavy template lock`: the crates that a project depends on, in snake case.\n\
         // A project of the same name could not be told from its dependency.\n\n\
         export const NAMES = [\n",
    );
    for name in names {
        script.push_str(&format!("    \"{name}\",\n"));
    }
    script.push_str("];\n");
    script
}

fn name_line(name: &str) -> String {
    format!("\nname = \"{name}\"\n")
}

/// The lines of a package, each preceded by its newline, those that differ under their conditions.
fn body(blocks: &[&Block], within: &BTreeSet<usize>, cases: &Cases) -> Result<String> {
    let lines: Vec<Vec<&str>> = blocks.iter().map(|block| block.lines.clone()).collect();
    let disordered = || Error::template(format!("two lock files order the lines of `{}` differently", blocks[0].name));
    let woven = weave(&lines).ok_or_else(disordered)?;
    let places: Vec<usize> = within.iter().copied().collect();
    let mut text = String::from("\n");
    for run in woven.chunk_by(|one, next| one.within == next.within) {
        let lines: String = run.iter().map(|woven| format!("\n{}", woven.item)).collect();
        let set: BTreeSet<usize> = run[0].within.iter().map(|&at| places[at]).collect();
        if set == *within {
            text.push_str(&lines);
        } else {
            for case in cases.of_subset(&set, within) {
                push(&mut text, case.as_deref(), &lines);
            }
        }
    }
    Ok(text)
}

/// Adds a text under a condition. The dash eats the newline before a tag, so the text brings its own.
fn push(text: &mut String, condition: Option<&str>, body: &str) {
    match condition {
        None => text.push_str(body),
        Some(condition) => text.push_str(&format!("\n{{%- if {condition} %}}{body}\n{{%- endif %}}")),
    }
}

fn push_root(text: &mut String, root: &str, previous: Option<&str>, next: Option<&str>) {
    if gap::can_hold_a_name(previous, next) {
        let condition = match (previous, next) {
            (Some(previous), Some(next)) => Some(format!("crate_name > \"{previous}\" and crate_name < \"{next}\"")),
            (Some(previous), None) => Some(format!("crate_name > \"{previous}\"")),
            (None, Some(next)) => Some(format!("crate_name < \"{next}\"")),
            (None, None) => None,
        };
        push(text, condition.as_deref(), root);
    }
}

#[cfg(test)]
mod tests;
