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
    if let (Some(old), Some(new)) = (old.strip_suffix("[]"), new.strip_suffix("[]")) {
        // Each element, which the server does not know to be what it was.
        return match is_wider(old, new) {
            Wider::No => Wider::No,
            Wider::InPlace | Wider::Rewritten => Wider::Rewritten,
        };
    }
    let ((old_name, old_size), (new_name, new_size)) = (size(old), size(new));
    let unlimited = new_size.is_none();
    let fits = at_least(new_size, old_size);
    match (old_name.as_str(), new_name.as_str()) {
        ("character varying", "character varying") | ("bit varying", "bit varying") if fits => {
            Wider::InPlace
        }
        ("character varying", "text") => Wider::InPlace,
        ("text", "character varying") if unlimited => Wider::InPlace,
        ("character", "character") if fits => Wider::Rewritten,
        (
            "character" | "smallint" | "integer" | "bigint" | "numeric" | "uuid" | "inet"
            | "boolean",
            "text" | "character varying",
        ) if unlimited => Wider::Rewritten,
        ("numeric", "numeric") => wider_number(old_size, new_size),
        ("smallint" | "integer" | "bigint", "numeric") if holds_digits(&old_name, new_size) => {
            Wider::Rewritten
        }
        ("smallint", "integer" | "bigint" | "real" | "double precision")
        | ("integer", "bigint" | "double precision")
        | ("real", "double precision")
        | ("date", "timestamp without time zone") => Wider::Rewritten,
        ("cidr", "inet") => Wider::InPlace,
        // Six digits behind the second are all there are.
        (old, new) if old == new && is_time(new) && (fits || new_size == Some("6")) => {
            Wider::InPlace
        }
        _ => Wider::No,
    }
}

fn is_time(name: &str) -> bool {
    name.starts_with("time ") || name.starts_with("timestamp ") || name == "interval"
}

/// Of `numeric(precision, scale)`.
fn digits(size: &str) -> Option<(i32, i32)> {
    let (precision, scale) = size.split_once(',')?;
    Some((precision.parse().ok()?, scale.parse().ok()?))
}

fn wider_number(old: Option<&str>, new: Option<&str>) -> Wider {
    let Some(new) = new else {
        return Wider::InPlace;
    };
    let Some(((precision, scale), (more, behind))) = old.and_then(digits).zip(digits(new)) else {
        return Wider::No;
    };
    if scale == behind && more >= precision {
        Wider::InPlace
    } else if behind >= scale && more - behind >= precision - scale {
        Wider::Rewritten
    } else {
        Wider::No
    }
}

/// Whether a `numeric` of this size holds every number of a whole type.
fn holds_digits(whole: &str, size: Option<&str>) -> bool {
    let most = match whole {
        "smallint" => 5,
        "integer" => 10,
        _ => 19,
    };
    match size {
        None => true,
        Some(size) => digits(size).is_some_and(|(precision, scale)| precision - scale >= most),
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
    size(ty).0
}

fn at_least(new: Option<&str>, old: Option<&str>) -> bool {
    let number = |size: &str| size.parse::<u32>().ok();
    match (new, old) {
        (None, _) => true,
        (Some(new), Some(old)) => number(new) >= number(old) && number(new).is_some(),
        (Some(_), None) => false,
    }
}

/// `timestamp(3) without time zone` is `timestamp without time zone` and `3`.
fn size(ty: &str) -> (String, Option<&str>) {
    let size = ty.split_once('(').and_then(|(name, rest)| {
        let (size, behind) = rest.split_once(')')?;
        Some((format!("{name}{behind}"), Some(size)))
    });
    size.unwrap_or_else(|| (ty.to_owned(), None))
}
