//! Names and texts as SQL writes them.

use crate::catalog::Catalog;
use crate::object::{Body, Id, Kind, Object};

/// The bytes of a name that the server keeps.
const LONGEST: usize = 63;

/// A text as SQL says it.
pub(crate) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The name under which an old type waits until nothing uses it any more.
pub(super) fn temporary_name(name: &str, from: &Catalog, to: &Catalog) -> String {
    free_name(name, "__old", |name| is_taken(name, from, to))
}

/// A name, also with its schema, that ends so and that nothing else has.
pub(super) fn free_name(name: &str, suffix: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut free = with_suffix(name, suffix);
    let mut number = 2;
    while is_taken(&free) {
        free = with_suffix(name, &format!("{suffix}{number}"));
        number += 1;
    }
    free
}

/// Whether a relation or a type has this name, before or after; the index of a constraint has the constraint's.
pub(super) fn is_taken(name: &str, from: &Catalog, to: &Catalog) -> bool {
    let last = last_part(name);
    let has = |object: &Object| match &object.body {
        Body::Constraint(constraint) => constraint.name == last,
        _ => object.id.name == name && Kind::ALL_WITH_SHARED_NAMES.contains(&object.id.kind),
    };
    from.iter().chain(to.iter()).any(has)
}

/// Whether a constraint of this table has this name, before or after.
pub(super) fn is_taken_in(table: &str, name: &str, from: &Catalog, to: &Catalog) -> bool {
    let id = Id::new(Kind::Constraint, format!("{table}.{name}"));
    from.get(&id).is_some() || to.get(&id).is_some()
}

/// A name, also with its schema, that ends so. What would be too long for the server is cut off, and a number made of all of it
/// tells it from others that begin the same.
fn with_suffix(name: &str, suffix: &str) -> String {
    let last = last_part(name);
    let schema = name.strip_suffix(&last).unwrap_or_default();
    let mut own = bare(&last);
    if own.len() + suffix.len() > LONGEST {
        let mark = format!("_{:08x}", fnv(&own));
        while own.len() + mark.len() + suffix.len() > LONGEST {
            own.pop();
        }
        own += &mark;
    }
    schema.to_owned() + &quote_name(&(own + suffix))
}

/// FNV-1a, which is the same in every version of everything.
fn fnv(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// A name without its schema.
pub(crate) fn last_part(name: &str) -> String {
    if name.ends_with('"') {
        let open = name
            .strip_suffix('"')
            .and_then(|name| name.rfind('"'))
            .unwrap_or(0);
        return name.get(open..).unwrap_or(name).to_owned();
    }
    name.rsplit('.').next().unwrap_or(name).to_owned()
}

/// A quoted name without its quotes.
pub(super) fn bare(name: &str) -> String {
    let inner = name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'));
    inner.map_or_else(|| name.to_owned(), |inner| inner.replace("\"\"", "\""))
}

/// A name in quotes, if it needs them.
pub(crate) fn quote_name(name: &str) -> String {
    let plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}
