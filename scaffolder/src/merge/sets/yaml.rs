//! Sets in YAML: the keys of a mapping, and some lists.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::place::Place;
use super::units::{Item, Line, Unit, indentation};
use crate::merge::additions::additions;

/// A key, and what follows it on its line.
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^("[^"]*"|'[^']*'|[^\s\[\]{},&*!|>%@`"'#?:-][^:#]*?)\s*:(?:\s+(.*))?$"#).expect("a pattern")
});

/// A list of words on the line of its key: what stands before the bracket, the key, the words, what stands behind.
static LIST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^(\s*([\w-]+)\s*:\s*)\[([\w\s,./*@+"'-]*)\](\s*(?:#.*)?\n?)$"#).expect("a pattern"));

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

/// The items of a list as deep as those of `model`: as they stand, they would be put below another key there.
pub(super) fn indented_as<'a>(list: &'a str, model: &str) -> Cow<'a, str> {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let depth = |text: &str| text.lines().find(is_code).and_then(indentation);
    let (Some(from), Some(to)) = (depth(list), depth(model)) else { return Cow::Borrowed(list) };
    if from == to {
        return Cow::Borrowed(list);
    }
    let (less, more) = (" ".repeat(from.saturating_sub(to)), " ".repeat(to.saturating_sub(from)));
    let lines = list.split_inclusive('\n').map(|line| match line.strip_prefix(less.as_str()) {
        Some(rest) if !line.trim().is_empty() => format!("{more}{rest}"),
        _ => line.to_owned(),
    });
    Cow::Owned(lines.collect())
}

/// Merges three lists of words on one line each: `branches: [main, next]`. `None` if they are none, or no sets.
pub(super) fn words(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let [base, ours, theirs] = [base, ours, theirs].map(|line| LIST.captures(line));
    let (base, ours, theirs) = (base?, ours?, theirs?);
    let is_set = SETS.contains(&&ours[2]) && ours[2] == base[2] && ours[2] == theirs[2];
    // A comment that the template changed is a question.
    if !is_set || base[4].trim() != theirs[4].trim() {
        return None;
    }
    let list = |line: &regex::Captures<'_>| -> Vec<String> {
        line[3].split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
    };
    let (old, mut merged, their) = (list(&base), list(&ours), list(&theirs));
    let added = additions(&old, &merged, &their)?;
    merged.retain(|word| their.contains(word) || !old.contains(word));
    for addition in added {
        merged.insert(addition.at, their[addition.from].clone());
    }
    let (key, behind) = (&ours[1], &ours[4]);
    Some(format!("{key}[{}]{behind}", merged.join(", ")))
}

pub(super) fn parses(text: &str) -> bool {
    saphyr_parser::Parser::new_from_str(text).all(|event| event.is_ok())
}
