//! Words that stay the same when the server reads them again.
//!
//! The server tells `name in ('a', 'b')` of a `varchar` column as
//! `name::text = ANY (ARRAY['a'::character varying, 'b'::character varying]::text[])`. When it has read
//! that, it tells `ARRAY['a'::character varying::text, 'b'::character varying::text]`. Only the second is
//! compared and written, or a schema and its own migration would never look alike.

use crate::object::{Body, Kind, Object};

pub(super) fn normalize(object: &mut Object) {
    match &mut object.body {
        // A comment is anybody's text, and a routine's body too.
        Body::Definition(definition)
            if !matches!(object.id.kind, Kind::Comment | Kind::Routine) =>
        {
            change(&mut definition.create);
            change(&mut definition.drop);
        }
        Body::Constraint(constraint) => change(&mut constraint.definition),
        Body::Column(column) => {
            if let Some(generated) = &mut column.generated {
                change(generated);
            }
        }
        _ => {}
    }
}

fn change(text: &mut String) {
    if text.contains("ARRAY[") {
        *text = normalized(text);
    }
}

fn normalized(text: &str) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '"', '(', 'A']) {
        let (before, from) = rest.split_at(at);
        done += before;
        let length = match list(from) {
            Some((list, length)) => {
                done += &list;
                length
            }
            None => {
                let length = quoted(from).unwrap_or(1);
                done += from.get(..length).unwrap_or_default();
                length
            }
        };
        rest = from.get(length..).unwrap_or_default();
    }
    done + rest
}

/// The length of a text or a name in quotes that stands at the beginning.
fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| ['\'', '"'].contains(c))?;
    let mut length = 1;
    loop {
        length += text.get(length..)?.find(quote)? + 1;
        // Two of them are one in the text.
        if !text.get(length..)?.starts_with(quote) {
            return Some(length);
        }
        length += 1;
    }
}

/// A list at the beginning that is cast as a whole, with each value cast instead, and its length.
fn list(text: &str) -> Option<(String, usize)> {
    let (inner, closed) = match text.strip_prefix('(') {
        Some(inner) => (inner, "])::"),
        None => (text, "]::"),
    };
    let mut rest = inner.strip_prefix("ARRAY[")?;
    let mut values = Vec::new();
    loop {
        let end = quoted(rest).filter(|_| rest.starts_with('\''))?;
        let behind = rest.get(end..)?.strip_prefix("::")?;
        let ty = behind.find([',', ']', ':', '('])?;
        values.push(rest.get(..end + 2 + ty)?);
        let behind = behind.get(ty..)?;
        match behind.strip_prefix(", ") {
            Some(next) => rest = next,
            None => {
                rest = behind.strip_prefix(closed)?;
                break;
            }
        }
    }
    let end = rest.find("[]")?;
    let ty = rest.get(..end)?;
    let is_name = |c: char| c.is_alphanumeric() || " _.\"".contains(c);
    if !ty.chars().all(is_name) {
        return None;
    }
    // Where the list stands in parentheses, each value does too: the server's other way to tell.
    let pretty = !text.starts_with('(');
    let values = values.into_iter().map(|value| {
        if pretty {
            format!("{value}::{ty}")
        } else {
            format!("({value})::{ty}")
        }
    });
    let list = values.collect::<Vec<_>>().join(", ");
    let length = text.len() - rest.len() + end + 2;
    Some((format!("ARRAY[{list}]"), length))
}
