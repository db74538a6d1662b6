//! `heavy template lock`: tested versions for every combination of features.
//!
//! 1. render the project with every feature and let cargo complete its `Cargo.lock`: versions that are pinned stay,
//!    only what is missing is added
//! 2. do the same without features, with each feature alone, with each pair, and with all but one, each starting from
//!    the result of 1, so that all agree; that is n² combinations, not 2ⁿ
//! 3. put the lock files together ([`crate::lockgen`])
//! 4. compare with cargo in other combinations, chosen by number; a difference is one more to learn from

use std::collections::BTreeMap;

use crate::cli::Lock;
use crate::error::{Error, Result};
use crate::lockgen::{Variant, template_lock};
use crate::manifest::combinations;
use crate::source::folder;
use crate::suggest::typed;
use crate::template::{Manifest, Template};
use crate::ui::Ui;

use super::outdated::{Outdated, differs};
use super::resolve::{Features, locked, resolve};

const LOCK: &str = "Cargo.lock";
/// How many combinations are compared with cargo beside those that the file is made from.
const COMPARED: u64 = 12;

pub(in crate::commands) fn run(args: &Lock, ui: Ui) -> Result<u8> {
    let template = Template::from_tree(folder::read(&args.dir)?)?;
    let features: Vec<String> = names(&template.manifest)?;
    let mut variants: Vec<Variant> = Vec::new();
    let busy = ui.busy("Resolving versions");
    let mut asked = combinations(features.len(), COMPARED);
    let compared = asked.split_off(combinations(features.len(), 0).len());
    for features in asked.into_iter().map(|bits| combination(bits, &features)) {
        busy.now(&described(&features));
        let start = variants.first().map(|with_everything| with_everything.lock.as_str());
        let lock = resolve(&template, &features, start, args.offline)?;
        variants.push(Variant { features, lock });
    }
    let mut text = template_lock(&variants)?;
    for features in compared.into_iter().map(|bits| combination(bits, &features)) {
        busy.now(&described(&features));
        let lock = resolve(&template, &features, Some(&variants[0].lock), args.offline)?;
        let as_expected = locked(&template, &text, &features)? == lock;
        variants.push(Variant { features, lock });
        if !as_expected {
            text = template_lock(&variants)?;
        }
    }
    drop(busy);

    let below = template.manifest.subfolder.as_ref().map_or_else(|| args.dir.clone(), |folder| args.dir.join(folder));
    let mut outdated = Outdated::default();
    outdated.extend(differs(below.join(LOCK), text.into_bytes())?);
    outdated.write_or_check(args.check, &format!("heavy template lock {}", typed(&args.dir)), ui)?;
    ui.status(
        "Locked",
        format_args!("{} features; compared with cargo in {} combinations", features.len(), variants.len()),
    );
    Ok(0)
}

fn names(manifest: &Manifest) -> Result<Vec<String>> {
    let features: Vec<String> = manifest.features().iter().map(|feature| feature.name.to_owned()).collect();
    if features.len() > 32 {
        return Err(Error::template(format!("the template has {} features; 32 are allowed", features.len())));
    }
    Ok(features)
}

fn combination(bits: u64, features: &[String]) -> Features {
    features
        .iter()
        .enumerate()
        .map(|(at, feature)| (feature.clone(), bits & (1 << at) != 0))
        .collect::<BTreeMap<_, _>>()
}

fn described(features: &Features) -> String {
    let chosen: Vec<&str> = features.iter().filter(|(_, chosen)| **chosen).map(|(name, _)| name.as_str()).collect();
    if chosen.is_empty() { "without features".to_owned() } else { format!("with {}", chosen.join(" and ")) }
}
