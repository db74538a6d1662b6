//! Sets in YAML: the keys of a mapping, and some lists.

use std::sync::LazyLock;

use regex::Regex;

use super::place::Place;
use super::units::{Item, Line, Unit};

/// A key, and what follows it on its line.
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^("[^"]*"|'[^']*'|[^\s\[\]{},&*!|>%@`"'#?:-][^:#]*?)\s*:(?:\s+(.*))?$"#).expect("a pattern")
});

/// Lists of words whose order means nothing, by the key that they stand below.
const SETS: [&str; 19] = [
    "branches",
    "branches-ignore",
    "cap_add",
    "cap_drop",
    "configs",
    "depends_on",
    "environment",
    "expose",
    "extra_hosts",
    "labels",
    "needs",
    "networks",
    "paths",
    "ports",
    "profiles",
    "secrets",
    "tags",
    "types",
    "volumes",
];

pub(super) fn lines(text: &str) -> Vec<Line> {
    let kind = |line: &str| match line.trim_start() {
        code if code.starts_with('#') => Line::Above,
        code if code.starts_with(['}', ']']) => Line::Closing,
        _ => Line::Head,
    };
    text.lines().map(kind).collect()
}

/// Says of each unit in the list below `parent` what it is.
pub(super) fn items(parent: &str, units: &mut [Unit]) {
    let is_entry = |unit: &Unit| unit.body().trim_start().starts_with("- ");
    // A list may stand as deep as the key it belongs to.
    if units.iter().any(is_entry) && !units.iter().filter(|unit| !unit.body().trim().is_empty()).all(is_entry) {
        return;
    }
    for unit in units {
        let body = unit.body().trim();
        let head = body.lines().next().unwrap_or_default();
        let key = match head.strip_prefix("- ") {
            Some(word) if SETS.contains(&parent) && body == head && !KEY.is_match(word) => {
                Some(if parent == "environment" { word.split('=').next().unwrap_or(word) } else { word })
            }
            Some(_) => None,
            None => KEY.captures(head).and_then(|found| found.get(1)).map(|key| key.as_str().trim_matches(['"', '\''])),
        };
        unit.item = key.map(|key| Item { key: key.to_owned(), rank: 0 });
    }
}

/// The place of what is indented below a line.
pub(super) fn inside(above: &str) -> Place {
    let line = above.trim();
    let line = line.strip_prefix("- ").unwrap_or(line);
    let Some(found) = KEY.captures(line) else { return Place::Whole };
    let value = found.get(2).map_or("", |value| value.as_str().trim());
    // Not the lines of a text, nor of a list in brackets.
    let plain = value.is_empty() || value.starts_with(['#', '&', '!']) || above.trim_start().starts_with("- ");
    let is_text = value.starts_with(['|', '>', '"', '\'', '[', '{']);
    if plain && !is_text { Place::Below(found[1].trim_matches(['"', '\'']).to_owned()) } else { Place::Whole }
}

pub(super) fn parses(text: &str) -> bool {
    saphyr_parser::Parser::new_from_str(text).all(|event| event.is_ok())
}
