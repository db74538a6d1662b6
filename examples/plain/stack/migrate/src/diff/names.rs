//! Names and texts as SQL writes them.

/// The bytes of a name that the server keeps.
const LONGEST: usize = 63;

/// A text as SQL says it.
pub(crate) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The name under which an old type waits until nothing uses it any more.
pub(super) fn temporary_name(name: &str) -> String {
    with_suffix(name, "__old")
}

/// A name, also with its schema, that ends so; cut off where it would be too long for the server.
pub(super) fn with_suffix(name: &str, suffix: &str) -> String {
    let last = last_part(name);
    let schema = name.strip_suffix(&last).unwrap_or_default();
    let mut own = bare(&last);
    while own.len() + suffix.len() > LONGEST {
        own.pop();
    }
    schema.to_owned() + &quote_name(&(own + suffix))
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
pub(super) fn quote_name(name: &str) -> String {
    let plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}
