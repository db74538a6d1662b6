//! What the server makes of the values of a column that gets another type.

/// Whether every value of one type is one of another.
pub(super) enum Wider {
    /// And the server changes nothing but its catalog.
    InPlace,
    /// And each row is written anew.
    Rewritten,
    No,
}

pub(super) fn is_wider(old: &str, new: &str) -> Wider {
    let (old_name, old_size) = size(old);
    let (new_name, new_size) = size(new);
    let text = ["character varying", "text"];
    match (old_name, new_name) {
        ("character varying", "character varying") if at_least(new_size, old_size) => {
            Wider::InPlace
        }
        ("character varying", "text") => Wider::InPlace,
        ("text", "character varying") if new_size.is_none() => Wider::InPlace,
        ("character", other) if text.contains(&other) && new_size.is_none() => Wider::Rewritten,
        ("smallint", "integer" | "bigint" | "numeric") if new_size.is_none() => Wider::Rewritten,
        ("integer", "bigint" | "numeric" | "double precision") if new_size.is_none() => {
            Wider::Rewritten
        }
        ("bigint", "numeric") if new_size.is_none() => Wider::Rewritten,
        ("real", "double precision") => Wider::Rewritten,
        ("numeric", "numeric") if new_size.is_none() => Wider::InPlace,
        ("date", "timestamp without time zone") => Wider::Rewritten,
        ("uuid" | "inet" | "boolean", "text") => Wider::Rewritten,
        ("cidr", "inet") => Wider::InPlace,
        _ => Wider::No,
    }
}

/// Whether the server casts one type to the other by itself; every type can be cast through text.
pub(super) fn is_castable(old: &str, new: &str) -> bool {
    const TEXTS: &[&str] = &["text", "character varying", "character"];
    const FAMILIES: &[&[&str]] = &[
        &[
            "smallint",
            "integer",
            "bigint",
            "numeric",
            "real",
            "double precision",
        ],
        &[
            "date",
            "timestamp without time zone",
            "timestamp with time zone",
        ],
        &["time without time zone", "time with time zone"],
        &["boolean", "integer"],
        &["json", "jsonb"],
        &["inet", "cidr"],
        &["bit", "bit varying"],
    ];
    let (old, new) = match (old.strip_suffix("[]"), new.strip_suffix("[]")) {
        (Some(old), Some(new)) => (old, new),
        // Text is what an array looks like, not what is in it.
        (Some(_), None) | (None, Some(_)) => return false,
        (None, None) => (old, new),
    };
    let (old, new) = (bare_type(old), bare_type(new));
    let (old, new) = (old.as_str(), new.as_str());
    TEXTS.contains(&old)
        || TEXTS.contains(&new)
        || FAMILIES
            .iter()
            .any(|family| family.contains(&old) && family.contains(&new))
}

/// `timestamp(3) without time zone` without its size.
fn bare_type(ty: &str) -> String {
    match ty.split_once('(') {
        Some((name, rest)) => {
            let (_, behind) = rest.split_once(')').unwrap_or_default();
            format!("{name}{behind}")
        }
        None => ty.to_owned(),
    }
}

fn at_least(new: Option<&str>, old: Option<&str>) -> bool {
    let number = |size: &str| size.parse::<u32>().ok();
    match (new, old) {
        (None, _) => true,
        (Some(new), Some(old)) => number(new) >= number(old) && number(new).is_some(),
        (Some(_), None) => false,
    }
}

/// `character varying(20)` is `character varying` and `20`.
fn size(ty: &str) -> (&str, Option<&str>) {
    match ty
        .split_once('(')
        .map(|(name, rest)| (name, rest.strip_suffix(')')))
    {
        Some((name, Some(size))) => (name, Some(size)),
        // Without one, or with something behind it, as an array has: a type of its own.
        _ => (ty, None),
    }
}
