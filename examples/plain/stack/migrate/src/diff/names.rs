//! Names and texts as SQL writes them.

/// A text as SQL says it.
pub(crate) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The name under which an old type waits until nothing uses it any more.
pub(super) fn temporary_name(name: &str) -> String {
    match name.strip_suffix('"') {
        Some(open) => format!("{open}__old\""),
        None => format!("{name}__old"),
    }
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
