//! A generated project is product code: it is formatted, has no warning and passes its own tests, and its committed
//! `Cargo.lock` is exactly what cargo would write.
//!
//! With n features nothing here costs 2ⁿ builds: a plain project and one with everything are tested whole, one with each
//! feature alone is compiled, and only the lock file is looked at in a hundred combinations. `cargo test` does the plain
//! project; `HEAVY_FULL=1` adds the rest but for pairs of features, which are too many for every change.

#[path = "workshop/others.rs"]
mod others;
#[path = "workshop/tools.rs"]
mod tools;
mod workshop;

use heavy_stack::manifest::{Manifest, covering};
use others::{api_client, bucket};
use workshop::full::{self, is_full_run, is_on, tell};
use workshop::{Servers, browser_tests, cargo, cargo_with_clippy, change, firefox_tests, project, turn};

/// The features of this repository's template.
fn features() -> Vec<String> {
    let manifest = Manifest::parse(include_str!("../../cargo-generate.toml")).expect("a good manifest");
    manifest.features().iter().map(|feature| feature.name.to_owned()).collect()
}

fn is_formatted_clean_and_passes_its_tests(name: &str, features: &[&str]) {
    let _turn = turn();
    let project = project(name, features);
    let _servers = Servers(&project);
    cargo(&project, &["fmt", "--all", "--check"]);
    cargo_with_clippy(&project, &["test", "--locked", "--workspace"]);
    if features.contains(&"files") {
        bucket(&project);
    }
    if features.contains(&"openapi") {
        api_client(&project);
    }
    if features.contains(&"browser_tests") {
        browser_tests(&project);
        firefox_tests(&project);
    }
}

#[test]
fn a_plain_project_is_formatted_clean_and_passes_its_tests() {
    is_formatted_clean_and_passes_its_tests("plain", &[]);
}

#[test]
fn a_project_with_everything_is_formatted_clean_and_passes_its_tests_and_those_in_a_browser() {
    if !is_full_run("a project with every feature, built and tested") {
        return;
    }
    let features = features();
    is_formatted_clean_and_passes_its_tests("zz-everything", &features.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_project_with_one_feature_is_formatted_and_clean() {
    if !is_full_run("a project with each feature alone, compiled") {
        return;
    }
    let _turn = turn();
    let project = project("one-feature", &[]);
    for feature in features() {
        change(&project, &[&feature]);
        cargo(&project, &["fmt", "--all", "--check"]);
        cargo_with_clippy(&project, &["check", "--locked", "--workspace", "--all-targets"]);
    }
}

/// Together with the tests above it is every state of any three features: what stands for two of them and not for a third.
/// Before a release, as the next one; with names of features in `HEAVY_PAIRS`, without those.
#[test]
fn a_project_with_all_features_but_one_compiles_with_its_tests() {
    let Some(is_wanted) = wanted_pairs("a project with all features but one, compiled") else { return };
    let features = features();
    let _turn = turn();
    let project = project("all-but-one", &[]);
    for one in features.iter().filter(|feature| is_wanted(feature)) {
        tell(&format!("without {one}\n"));
        change(&project, &features.iter().filter(|other| *other != one).map(String::as_str).collect::<Vec<_>>());
        cargo(&project, &["check", "--locked", "--workspace", "--all-targets"]);
    }
}

/// Before a release: `HEAVY_PAIRS=1 cargo test --test generated`, or with names of features in its place, `HEAVY_PAIRS=jobs,totp`, those
/// pairs that have one of them. There are more than a hundred, so it takes an hour or two.
#[test]
fn any_two_features_compile_together_with_their_tests() {
    let Some(is_wanted) = wanted_pairs("each pair of features, compiled") else { return };
    let features = features();
    let pairs = features.iter().enumerate().flat_map(|(at, one)| features[..at].iter().map(move |other| (other, one)));
    let pairs: Vec<_> = pairs.filter(|(one, other)| is_wanted(one) || is_wanted(other)).collect();
    assert!(!pairs.is_empty(), "HEAVY_PAIRS names no feature");
    let _turn = turn();
    let project = project("pairs", &[]);
    for ((one, other), number) in pairs.iter().zip(1..) {
        tell(&format!("pair {number} of {}: {one}, {other}\n", pairs.len()));
        change(&project, &[one, other]);
        cargo(&project, &["check", "--locked", "--workspace", "--all-targets"]);
    }
}

/// Whether a feature is one of `HEAVY_PAIRS`; `None`, which is said, if that is not set.
fn wanted_pairs(what: &str) -> Option<impl Fn(&String) -> bool> {
    if !is_on("HEAVY_PAIRS") {
        tell(&format!("\nskipped without HEAVY_PAIRS=1: {what}\n"));
        return None;
    }
    let wanted = std::env::var("HEAVY_PAIRS").expect("names of features");
    Some(move |feature: &String| wanted == "1" || wanted.split(',').any(|name| name == feature))
}

/// In a full run of combinations in which any four features are seen in every state; else of all features, of none, and of each.
#[test]
fn the_lock_file_is_what_cargo_would_write_whatever_is_chosen() {
    let _turn = turn();
    let features = features();
    let mut tried = covering(features.len());
    if !is_full_run("the lock file in a hundred combinations of features") {
        tried.truncate(2 + features.len());
    }
    let all = tried[0];
    for bits in tried {
        let chosen = features.iter().enumerate().filter(|(at, _)| bits & (1_u64 << *at) != 0);
        let project = project("locked", &chosen.map(|(_, feature)| feature.as_str()).collect::<Vec<_>>());
        // The first, with everything, fetches what the others have.
        let offline: &[&str] = if bits == all { &[] } else { &["--offline"] };
        cargo(&project, &[&["metadata", "--locked", "--format-version=1"], offline].concat());
    }
}
