//! Merges JSON with comments and trailing commas by key. The user's text stays as it is, with its comments, formatting
//! and order; what the template changed is put into it.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode, CstStringLit};

use super::additions::additions;

/// Merges by key. `None` if both changed a key differently, or one of the texts does not parse.
pub(super) fn merge(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let (base, merged, theirs) = (parse(base)?, parse(ours)?, parse(theirs)?);
    let mut merge = Merge::default();
    merge.values(base.value().as_ref(), &merged.value()?, &theirs.value()?)?;
    for (name, comments) in merge.above {
        name.set_raw_value(format!("{comments}{}", name.raw_value()));
    }
    let text = merged.to_string();
    parse(&text).map(|_| text)
}

/// How many keys and strings stand a second time in one object or list; `None` if the text does not parse.
pub(super) fn repetitions(text: &str) -> Option<usize> {
    parse(text)?.value().map_or(Some(0), |value| Some(repeated(&value)))
}

/// What editors take for JSON with comments, and nothing looser.
fn parse(text: &str) -> Option<CstRootNode> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    CstRootNode::parse(text, &options).ok()
}

/// A merge under way.
#[derive(Default)]
struct Merge {
    /// Comments of the template's, by the name of the new property that they stand above. They are put in last, because
    /// a name with a comment is none.
    above: Vec<(CstStringLit, String)>,
}

impl Merge {
    /// Merges what is in an object or list that both changed.
    fn values(&mut self, old: Option<&CstNode>, mine: &CstNode, theirs: &CstNode) -> Option<()> {
        if let (Some(mine), Some(theirs)) = (mine.as_object(), theirs.as_object()) {
            return self.objects(old.and_then(CstNode::as_object).as_ref(), &mine, &theirs);
        }
        self.arrays(old.and_then(CstNode::as_array).as_ref(), &mine.as_array()?, &theirs.as_array()?)
    }

    fn objects(&mut self, old: Option<&CstObject>, mine: &CstObject, theirs: &CstObject) -> Option<()> {
        let (old_keys, their_keys) = (old.map_or(Some(Vec::new()), keys)?, keys(theirs)?);
        let mut mine_keys = keys(mine)?;
        let mut before = None;
        for (key, their_property) in their_keys.iter().zip(theirs.properties()) {
            let old = old.and_then(|old| old.get(key)).and_then(|property| property.value());
            match (mine.get(key), old) {
                (Some(property), old) => self.property(old.as_ref(), &property, &their_property.value()?)?,
                (None, Some(old)) if same(&old, &their_property.value()?) => continue,
                (None, Some(_)) => return None,
                (None, None) => {
                    let after = |before| mine_keys.iter().position(|key| key == before).map(|index| index + 1);
                    let place = before.map_or(Some(0), after)?;
                    self.insert(mine, place, key, &their_property)?;
                    mine_keys.insert(place, key.clone());
                }
            }
            before = Some(key);
        }
        for key in old_keys.iter().filter(|key| !their_keys.contains(key)) {
            let old = old.and_then(|old| old.get(key))?.value()?;
            match mine.get(key) {
                Some(property) if same(&old, &property.value()?) => property.remove(),
                Some(_) => return None,
                None => {}
            }
        }
        Some(())
    }

    fn insert(&mut self, mine: &CstObject, place: usize, key: &str, theirs: &CstObjectProp) -> Option<()> {
        let indent = mine.properties().first().and_then(|property| property.indent_text());
        let above = comments_above(&theirs.clone().into(), indent.as_deref());
        let inserted = mine.insert(place, key, written(&theirs.value()?, indent.as_deref(), ""));
        self.above.push((inserted.name()?.as_string_lit()?, above));
        Some(())
    }

    fn property(&mut self, old: Option<&CstNode>, property: &CstObjectProp, theirs: &CstNode) -> Option<()> {
        let mine = property.value()?;
        let untouched = old.is_some_and(|old| same(old, &mine));
        if self.element(old, &mine, theirs).is_none() {
            if !untouched {
                return None;
            }
            property.set_value(written(theirs, property.indent_text().as_deref(), ""));
        }
        Some(())
    }

    fn arrays(&mut self, old: Option<&CstArray>, mine: &CstArray, theirs: &CstArray) -> Option<()> {
        let (old_ids, mine_ids, their_ids) = (old.map_or(Some(Vec::new()), ids)?, ids(mine)?, ids(theirs)?);
        let additions = additions(&old_ids, &mine_ids, &their_ids)?;
        let old = old.map(CstArray::elements).unwrap_or_default();
        let (elements, their) = (mine.elements(), theirs.elements());
        let find = |list: &[String], id: &String| list.iter().position(|other| other == id);
        for (old, id) in old.iter().zip(&old_ids) {
            let element = find(&mine_ids, id).map(|index| &elements[index]);
            match (element, find(&their_ids, id)) {
                (Some(element), None) if same(element, old) => element.clone().remove(),
                (Some(_), None) => return None,
                (None, Some(index)) if !same(old, &their[index]) => return None,
                (None, _) => {}
                (Some(element), Some(index)) => self.element(Some(old), element, &their[index])?,
            }
        }
        for (their, id) in their.iter().zip(&their_ids).filter(|(_, id)| !old_ids.contains(id)) {
            if let Some(index) = find(&mine_ids, id) {
                self.element(None, &elements[index], their)?;
            }
        }
        for addition in additions {
            insert_element(mine, addition.at, &their[addition.from]);
        }
        Some(())
    }

    /// Merges two values at one place, or of one name.
    fn element(&mut self, old: Option<&CstNode>, mine: &CstNode, theirs: &CstNode) -> Option<()> {
        if old.is_some_and(|old| same(old, theirs)) || same(mine, theirs) {
            return Some(());
        }
        self.values(old, mine, theirs)
    }
}

fn insert_element(mine: &CstArray, place: usize, theirs: &CstNode) {
    let indent = mine.elements().first().and_then(CstNode::indent_text);
    let above = comments_above(theirs, indent.as_deref());
    let inserted = mine.insert(place, written(theirs, indent.as_deref(), &above));
    let mut space = inserted.next_siblings().skip_while(CstNode::is_comma).take_while(CstNode::is_whitespace);
    // The parser's own space before the next element, in a list on one line, comes on top of the one that is there.
    if let (Some(added), Some(_)) = (space.next(), space.next()) {
        added.remove();
    }
}

/// An object's keys; `None` if one stands there twice.
fn keys(object: &CstObject) -> Option<Vec<String>> {
    let keys: Vec<String> = object.properties().iter().map(CstObjectProp::decoded_name).collect::<Option<_>>()?;
    let unique = keys.iter().enumerate().all(|(index, key)| !keys[..index].contains(key));
    unique.then_some(keys)
}

/// What each element is known by: an object by its name, anything else by itself.
fn ids(array: &CstArray) -> Option<Vec<String>> {
    let id = |element: &CstNode| match (element.as_object(), element.as_array(), string(element)) {
        (Some(object), ..) => ["name", "label", "id"]
            .iter()
            .find_map(|key| string(&object.get(key)?.value()?).map(|name| format!("object {key} {name}"))),
        (_, Some(_), _) => None,
        (.., Some(text)) => Some(format!("string {text}")),
        _ => Some(element.to_string()),
    };
    array.elements().iter().map(id).collect()
}

fn string(node: &CstNode) -> Option<String> {
    node.as_string_lit()?.decoded_value().ok()
}

/// Whether two values mean the same. The order of keys means nothing.
fn same(a: &CstNode, b: &CstNode) -> bool {
    if let (Some(a), Some(b)) = (a.as_object(), b.as_object()) {
        let (Some(a_keys), Some(b_keys)) = (keys(&a), keys(&b)) else { return a.to_string() == b.to_string() };
        let value = |object: &CstObject, key: &str| object.get(key).and_then(|property| property.value());
        let equal = |key: &String| matches!((value(&a, key), value(&b, key)), (Some(a), Some(b)) if same(&a, &b));
        return a_keys.len() == b_keys.len() && a_keys.iter().all(equal);
    }
    if let (Some(a), Some(b)) = (a.as_array(), b.as_array()) {
        let (a, b) = (a.elements(), b.elements());
        return a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same(a, b));
    }
    match (string(a), string(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.to_string() == b.to_string(),
    }
}

/// A value as the template wrote it, with its comments, indented for its new place. A number is printed as it was read,
/// and so anything that stands in the place of one.
fn written(value: &CstNode, indent: Option<&str>, above: &str) -> CstInputValue {
    let (from, to) = (value.indent_text().unwrap_or_default(), indent.unwrap_or_default());
    let text = value.to_string();
    let lines = text.split('\n').enumerate().map(|(index, line)| match line.strip_prefix(&from) {
        Some(rest) if index > 0 => format!("{to}{rest}"),
        _ => line.to_owned(),
    });
    CstInputValue::Number(format!("{above}{}", lines.collect::<Vec<_>>().join("\n")))
}

/// The lines of comments above a property or an element, each ended, and the indentation of what follows. What is on
/// the line of the one before is about that one.
fn comments_above(node: &CstNode, indent: Option<&str>) -> String {
    let space = node.previous_siblings().take_while(CstNode::is_trivia);
    let mut text: Vec<String> = space.map(|node| node.to_string()).collect();
    text.reverse();
    let text = text.concat();
    let lines = text.lines().skip(1).map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| format!("{line}\n{}", indent.unwrap_or_default())).collect()
}

fn repeated(value: &CstNode) -> usize {
    let again =
        |names: &[String]| names.iter().enumerate().filter(|(index, name)| names[..*index].contains(name)).count();
    if let Some(object) = value.as_object() {
        let properties = object.properties();
        let names: Vec<String> = properties.iter().filter_map(CstObjectProp::decoded_name).collect();
        again(&names) + properties.iter().filter_map(CstObjectProp::value).map(|value| repeated(&value)).sum::<usize>()
    } else if let Some(array) = value.as_array() {
        let elements = array.elements();
        let strings: Vec<String> = elements.iter().filter_map(string).collect();
        again(&strings) + elements.iter().map(repeated).sum::<usize>()
    } else {
        0
    }
}
