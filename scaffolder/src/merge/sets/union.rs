//! Lists of units in three versions: what both sides changed is decided where it is a set.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::alignment::anchors;
use super::language::Language;
use super::place::Place;
use super::three::Three;
use super::units::{Item, Unit, repeated};
use crate::merge::additions::additions;

/// Decides what it can of three texts.
pub(super) fn merge(language: Language, base: &str, ours: &str, theirs: &str) -> Three {
    list(language, &language.root(), base, ours, theirs)
}

fn list(language: Language, place: &Place, base: &str, ours: &str, theirs: &str) -> Three {
    if let Some(three) = Three::trivial(base, ours, theirs) {
        return three;
    }
    let (base, theirs) = (language.indented_as(base, ours), language.indented_as(theirs, ours));
    let mut lists = [&*base, ours, &*theirs].map(|text| language.units(place, text));
    name(&mut lists);
    let [base, ours, mut theirs] = lists;
    meet(&base, &ours, &mut theirs);
    let (mut three, mut from) = (Three::default(), (0, 0, 0));
    for (b, o, t) in anchors(&ids(&base), &ids(&ours), &ids(&theirs)) {
        let gaps = [&base[from.0..b], &ours[from.1..o], &theirs[from.2..t]];
        let before = gap(language, place, gaps[0], gaps[1], gaps[2]);
        three.push(&before);
        let [mut mine, mut their] = [&ours[o], &theirs[t]].map(Cow::Borrowed);
        // What is left before the unit has the blank lines that the unit got.
        if !before.ours.is_empty() && mine.lead == 0 && became_first(gaps[0], &base[b], gaps[2], &their) {
            their = Cow::Owned(without_above(&their));
        } else if !before.ours.is_empty() && their.lead == 0 && became_first(gaps[0], &base[b], gaps[1], &mine) {
            mine = Cow::Owned(without_above(&mine));
        }
        three.push(&unit(language, place, Some(&base[b]), &mine, &their));
        from = (b + 1, o + 1, t + 1);
    }
    three.push(&gap(language, place, &base[from.0..], &ours[from.1..], &theirs[from.2..]));
    three
}

fn ids(units: &[Unit]) -> Vec<String> {
    units.iter().map(|unit| unit.id.clone()).collect()
}

/// Gives every unit of three lists its id. Items that share a key in one of them are known by their text in all.
fn name(lists: &mut [Vec<Unit>; 3]) {
    let shared: BTreeSet<String> = lists.iter().flat_map(|list| repeated(list)).collect();
    for list in lists {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for unit in list {
            let body = unit.body().trim().to_owned();
            if let Some(item) = &mut unit.item
                && shared.contains(&item.key)
            {
                item.key = body.clone();
            }
            let known_by = match &unit.item {
                Some(item) => format!("item {}", item.key),
                None if !unit.id.is_empty() => unit.id.clone(),
                None => body.lines().next().unwrap_or_else(|| unit.text.trim()).to_owned(),
            };
            let number = seen.entry(known_by.clone()).or_default();
            *number += 1;
            unit.id = format!("{known_by} {number}");
        }
    }
}

/// Moves what both sides added at different places to where ours has it. A place is told by what all three have.
fn meet(base: &[Unit], ours: &[Unit], theirs: &mut Vec<Unit>) {
    let has = |list: &[Unit], id: &str| list.iter().any(|unit| unit.id == id);
    let known: BTreeSet<&str> = base.iter().map(|unit| unit.id.as_str()).collect();
    let common: BTreeSet<&str> = known.iter().copied().filter(|id| has(ours, id) && has(theirs, id)).collect();
    let section = |list: &[Unit], index: usize| {
        list[..index].iter().rev().find(|unit| common.contains(unit.id.as_str())).map(|unit| unit.id.clone())
    };
    for (index, unit) in ours.iter().enumerate() {
        if unit.item.is_none() || known.contains(unit.id.as_str()) {
            continue;
        }
        let Some(their) = theirs.iter().position(|other| other.id == unit.id) else { continue };
        if section(ours, index) != section(theirs, their) {
            let moved = theirs.remove(their);
            // The blank line before a list stays before it.
            if let Some(next) = theirs.get_mut(their)
                && next.lead == 0
                && moved.above().trim().is_empty()
            {
                (next.text, next.lead) = (Cow::Owned(format!("{}{}", moved.above(), next.text)), moved.lead);
            }
            let before =
                ours[..index].iter().rev().find_map(|unit| theirs.iter().position(|other| other.id == unit.id));
            theirs.insert(before.map_or(0, |before| before + 1), moved);
        }
    }
}

/// What stands between two units that all three have.
fn gap(language: Language, place: &Place, base: &[Unit], ours: &[Unit], theirs: &[Unit]) -> Three {
    let text = |units: &[Unit]| units.iter().map(|unit| unit.text.as_ref()).collect::<String>();
    let (base_text, ours_text, theirs_text) = (text(base), text(ours), text(theirs));
    let set = || {
        // Blank lines before the whole list are not an item's.
        let (space, [base, ours, theirs]) = below_space([base, ours, theirs]);
        let mut three = Three::decided(space);
        three.push(&union(language, place, &base, &ours, &theirs)?);
        Some(three)
    };
    Three::trivial(&base_text, &ours_text, &theirs_text)
        .or_else(set)
        .unwrap_or_else(|| Three::open(&base_text, &ours_text, &theirs_text))
}

/// Whether a side has removed all before a unit, which got the blank lines by that with which the list begins.
fn became_first(removed: &[Unit], old: &Unit, left: &[Unit], unit: &Unit) -> bool {
    let blank = unit.above();
    let had_blank = removed.first().is_some_and(|first| first.above() == blank);
    left.is_empty() && had_blank && !blank.is_empty() && blank.trim().is_empty() && old.lead == 0
}

fn without_above<'a>(unit: &Unit<'a>) -> Unit<'a> {
    Unit { text: Cow::Owned(unit.body().to_owned()), lead: 0, ..unit.clone() }
}

/// Takes off the blank lines with which all lists of single lines begin.
fn below_space<'a>(lists: [&[Unit<'a>]; 3]) -> (String, [Vec<Unit<'a>>; 3]) {
    let firsts: Vec<&str> = lists.iter().filter_map(|list| list.first()).map(Unit::above).collect();
    let space = firsts.first().copied().unwrap_or_default();
    let is_line = |unit: &Unit| unit.body().lines().count() == 1;
    let alike = space.trim().is_empty() && firsts.iter().all(|above| *above == space);
    if !alike || !lists.into_iter().flatten().all(is_line) {
        return (String::new(), lists.map(<[_]>::to_vec));
    }
    let below = |list: &[Unit<'a>]| {
        let mut list = list.to_vec();
        if let Some(first) = list.first_mut() {
            *first = without_above(first);
        }
        list
    };
    (space.to_owned(), lists.map(below))
}

/// The items of both sides, without those that one of them removed; `None` if not all are items.
fn union(language: Language, place: &Place, base: &[Unit], ours: &[Unit], theirs: &[Unit]) -> Option<Three> {
    let all = || [base, ours, theirs].into_iter().flatten();
    if !all().all(|unit| unit.item.is_some()) {
        return None;
    }
    let added = additions(&ids(base), &ids(ours), &ids(theirs))?;
    let find = |list: &[Unit], unit: &Unit| list.iter().position(|other| other.id == unit.id);
    let mut merged: Vec<(&Unit, Three)> = Vec::new();
    for mine in ours {
        match (find(base, mine), find(theirs, mine)) {
            (None, None) => merged.push((mine, Three::decided(mine.text.as_ref()))),
            (old, Some(their)) => {
                merged.push((mine, unit(language, place, old.map(|old| &base[old]), mine, &theirs[their])));
            }
            (Some(old), None) if base[old].body() != mine.body() => return None,
            (Some(_), None) => {}
        }
    }
    let lost = |old: &&Unit| find(ours, old).is_none();
    if base.iter().filter(lost).any(|old| find(theirs, old).is_some_and(|their| theirs[their].body() != old.body())) {
        return None;
    }
    for addition in added {
        let their = &theirs[addition.from];
        merged.insert(addition.at, (their, Three::decided(their.text.as_ref())));
    }
    sort(&mut merged, ours, theirs, place);
    let mut three = Three::default();
    merged.iter().for_each(|(_, part)| three.push(part));
    Some(three)
}

/// Brings items into the order that both sides have theirs in, if there is one.
fn sort(merged: &mut [(&Unit, Three)], ours: &[Unit], theirs: &[Unit], place: &Place) {
    // A comment or a blank line above an item may be about all that follows; an attribute is not.
    let stands_alone = |unit: &Unit| unit.above().lines().all(|line| line.trim_start().starts_with("#["));
    if *place == Place::Patterns || !merged.iter().all(|(unit, _)| stands_alone(unit)) {
        return;
    }
    let rank = |unit: &Unit| unit.item.as_ref().map(|item: &Item| item.rank);
    let is_line = |unit: &Unit| unit.body().lines().count() == 1;
    if [ours, theirs].into_iter().flatten().all(is_line) {
        for name in [without_visibility, str::trim_start] {
            let key = |unit: &Unit| (rank(unit), name(unit.body()).to_owned());
            if [ours, theirs].into_iter().all(|list| list.is_sorted_by_key(key)) {
                return merged.sort_by_key(|(unit, _)| key(unit));
            }
        }
    } else if [ours, theirs].into_iter().all(|list| list.is_sorted_by_key(rank)) {
        merged.sort_by_key(|(unit, _)| rank(unit));
    }
}

/// A unit that both sides have.
fn unit(language: Language, place: &Place, base: Option<&Unit>, ours: &Unit, theirs: &Unit) -> Three {
    let text = |unit: Option<&Unit>| unit.map_or(String::new(), |unit| unit.text.to_string());
    if let Some(three) = Three::trivial(&text(base), &ours.text, &theirs.text) {
        return three;
    }
    let open = || Three::open(&text(base), &ours.text, &theirs.text);
    let mut three = match base {
        Some(base) => Three::of(base.above(), ours.above(), theirs.above()),
        // More or fewer blank lines are no question.
        None if ours.above().trim() == theirs.above().trim() => Three::decided(ours.above()),
        None => return open(),
    };
    let (mine, their) = (ours.body(), theirs.body());
    let old = base.map_or("", Unit::body);
    if let Some(body) = Three::trivial(old, mine, their).filter(|_| base.is_some() || mine == their) {
        three.push(&body);
        return three;
    }
    if let Some(merged) = language.in_one_line(old, mine, their) {
        three.push(&Three::decided(merged));
        return three;
    }
    let Some(base) = base else { return open() };
    let [old, mine, their] = [base.body(), mine, their].map(|body| language.parts(body));
    if [&old, &their].iter().any(|parts| parts.frame.len() != mine.frame.len()) {
        return open();
    }
    for index in 0..mine.frame.len() {
        three.push(&Three::of(old.frame[index], mine.frame[index], their.frame[index]));
        let inner = language.inside(place, mine.frame[0], mine.frame[index]);
        three.push(&list(language, &inner, old.inner[index], mine.inner[index], their.inner[index]));
    }
    three
}

/// What rustfmt sorts modules by: `pub mod b;` stands between `mod a;` and `mod c;`.
fn without_visibility(body: &str) -> &str {
    let body = body.trim_start();
    let Some(rest) = body.strip_prefix("pub") else { return body };
    let rest = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((_, rest)) => rest,
        None => rest,
    };
    rest.strip_prefix(' ').unwrap_or(body)
}
