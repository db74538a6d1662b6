//! Lines put into files of the user's, where they have the shape that the template gave them.
//!
//! Each function takes a file's text and returns it with the line in it, or `None` if it does not see where the line
//! would go. Nothing is guessed: what cannot be put in is shown, with the place where it belongs.

use std::sync::LazyLock;

use regex::Regex;

static CONSTRAINTS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^const CONSTRAINTS: [^=]*= &\[$").expect("a pattern"));
static WHO: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^( +)(?:a|span)\.who\b").expect("a pattern"));
static NAV_LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?m)^ +a href="/[^"]*"(?: data-link)? \{ "[^"]*" \}\n"#).expect("a pattern"));

/// Declares a module among others, in the order of the alphabet: `line` is `mod x;` or `pub mod x;`.
pub(super) fn module(text: &str, line: &str) -> Option<String> {
    let (start, _) = line.split_at(line.rfind(' ')? + 1);
    let is_alike = |other: &str| {
        other.strip_prefix(start).and_then(|rest| rest.strip_suffix(';')).is_some_and(|name| !name.contains(' '))
    };
    sorted(text, line, is_alike)
}

/// The same in a file that may have no module yet, before its first `use`.
pub(super) fn first_module(text: &str, line: &str) -> Option<String> {
    module(text, line).or_else(|| {
        let at = if text.starts_with("use ") { 0 } else { text.find("\nuse ")? + 1 };
        Some(format!("{}{line}\n\n{}", &text[..at], &text[at..]))
    })
}

/// Puts `line` among those that are alike.
fn sorted(text: &str, line: &str, is_alike: impl Fn(&str) -> bool) -> Option<String> {
    let mut at = None;
    let mut start = 0;
    for other in text.split_inclusive('\n') {
        let content = other.trim_end_matches(['\r', '\n']);
        if is_alike(content) {
            if content > line {
                at = at.or(Some(start));
                break;
            }
            // The line below this one, unless a later one is alike too.
            at = None;
            let below = start + other.len();
            if !text[below..].split_inclusive('\n').any(|rest| is_alike(rest.trim_end_matches(['\r', '\n']))) {
                at = Some(below);
                break;
            }
        }
        start += other.len();
    }
    at.map(|at| put(text, at, &format!("{line}\n")))
}

/// Adds names to a list in braces, `use id::{NoteId, UserId};`, in the order of the alphabet.
pub(super) fn into_list(text: &str, list: &str, name: &str) -> Option<String> {
    let start = text.find(&format!("{list}::{{"))? + list.len() + 3;
    let end = start + text[start..].find("};")?;
    let inside = &text[start..end];
    if inside.contains(['{', '/']) {
        return None;
    }
    let mut names: Vec<&str> = inside.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    names.push(name);
    names.sort_by_key(|name| (!name.starts_with(|c: char| c.is_lowercase()), *name));
    Some(format!("{}{}{}", &text[..start], names.join(", "), &text[end..]))
}

/// Adds a `pub use` to a list of them, in the order of the alphabet.
pub(super) fn public_use(text: &str, statement: &str) -> Option<String> {
    let mut at = None;
    for (start, _) in text.match_indices("pub use ") {
        if start > 0 && !text[..start].ends_with('\n') {
            continue;
        }
        let end = start + text[start..].find(';')? + 1;
        if &text[start..end] > statement {
            return Some(put(text, start, &format!("{statement}\n")));
        }
        at = Some(end + usize::from(text[end..].starts_with('\n')));
    }
    at.map(|at| put(text, at, &format!("{statement}\n")))
}

/// Adds a type of identifiers behind the last one.
pub(super) fn id(text: &str, block: &str) -> Option<String> {
    text.contains("macro_rules! id ").then_some(())?;
    let last = text.rfind("\nid! {\n")? + 1;
    let end = last + text[last..].find("\n}\n")? + 3;
    Some(put(text, end, &format!("\n{block}")))
}

/// Adds live pages to those that `Live::builder` is told, before the last of them, which may end the statement.
pub(super) fn live_pages(text: &str, pages: &str) -> Option<String> {
    let (start, end) = function(text, "pub fn live(")?;
    let builder = start + text[start..end].find("Live::builder(")?;
    let statement = builder + text[builder..end].find(";\n")?;
    let at = builder + text[builder..statement].rfind("\n        .page(")? + 1;
    Some(put(text, at, pages))
}

/// Adds routes of pages: before the layer that finds out who the visitor is, which must surround them.
pub(super) fn page_routes(text: &str, routes: &str) -> Option<String> {
    let (start, end) = function(text, "fn pages(")?;
    let at = start + text[start..end].rfind("\n        .route_layer(")? + 1;
    Some(put(text, at, routes))
}

/// Adds routes of the API: before the layer that limits requests, which must surround them, or at the end of the chain.
pub(super) fn api_routes(text: &str, routes: &str) -> Option<String> {
    let (start, end) = function(text, "fn api(")?;
    let body = &text[start..end];
    if let Some(at) = body.rfind("\n        .route_layer(") {
        return Some(put(text, start + at + 1, routes));
    }
    let last = body.lines().last()?;
    (body.contains("\n    Router::new()") && last.starts_with("        ") && last.ends_with(')'))
        .then(|| put(text, end, routes))
}

/// Where a function of the top level begins, and where its last line ends.
fn function(text: &str, name: &str) -> Option<(usize, usize)> {
    let start = text.find(&format!("\n{name}"))?;
    let end = start + text[start..].find("\n}")? + 1;
    Some((start, end))
}

/// Adds entries to the table of constraints, at its end.
pub(super) fn constraints(text: &str, entries: &str) -> Option<String> {
    let from = CONSTRAINTS.find(text)?.end();
    let at = from + text[from..].find("\n];")? + 1;
    Some(put(text, at, entries))
}

/// Adds a link to the navigation, behind the last one that people see who are logged in, before their name.
pub(super) fn link(text: &str, link: &str) -> Option<String> {
    let who = WHO.captures(text)?;
    let (line, indent) = (who.get(0)?.start(), who.get(1)?.as_str());
    let at = NAV_LINK.find_iter(&text[..line]).last().map_or(line, |link| link.end());
    Some(put(text, at, &format!("{indent}{link}\n")))
}

fn put(text: &str, at: usize, what: &str) -> String {
    format!("{}{what}{}", &text[..at], &text[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_goes_to_its_place_in_the_alphabet() {
        let text = "//! All.\n\npub mod notes;\npub mod users;\n\nuse x;\n";
        let with = |line| module(text, line).expect("a place");
        assert_eq!(with("pub mod books;"), "//! All.\n\npub mod books;\npub mod notes;\npub mod users;\n\nuse x;\n");
        assert_eq!(with("pub mod tags;"), "//! All.\n\npub mod notes;\npub mod tags;\npub mod users;\n\nuse x;\n");
        assert_eq!(with("pub mod zoos;"), "//! All.\n\npub mod notes;\npub mod users;\npub mod zoos;\n\nuse x;\n");
    }

    #[test]
    fn a_file_without_modules_gets_none_by_guessing() {
        assert_eq!(module("use x;\n", "mod books;"), None);
        assert_eq!(
            first_module("//! All.\n\nuse x;\n", "mod books;").as_deref(),
            Some("//! All.\n\nmod books;\n\nuse x;\n")
        );
        assert_eq!(first_module("//! All.\n", "mod books;"), None);
    }

    #[test]
    fn a_name_joins_a_list_that_may_go_over_several_lines() {
        assert_eq!(
            into_list("pub use id::{NoteId, UserId};\n", "use id", "BookId").as_deref(),
            Some("pub use id::{BookId, NoteId, UserId};\n")
        );
        assert_eq!(
            into_list("    use pages::{\n        account,\n        notes,\n    };\n", "use pages", "books").as_deref(),
            Some("    use pages::{account, books, notes};\n")
        );
        assert_eq!(into_list("use pages::{a::{b}, c};", "use pages", "books"), None);
        assert_eq!(into_list("use pages::*;", "use pages", "books"), None);
    }

    #[test]
    fn routes_of_pages_go_inside_of_the_layer_and_those_of_the_api_to_its_end() {
        let text = "\nfn pages(state: S) -> R {\n    Router::new()\n        .route(\"/\", get(x))\n        .route_layer(y)\n}\n\nfn api() -> R {\n    Router::new()\n        .route(\"/api\", get(x))\n}\n";
        let with =
            page_routes(text, "        NEW\n").and_then(|text| api_routes(&text, "        API\n")).expect("places");
        assert_eq!(
            with,
            "\nfn pages(state: S) -> R {\n    Router::new()\n        .route(\"/\", get(x))\n        NEW\n        .route_layer(y)\n}\n\nfn api() -> R {\n    Router::new()\n        .route(\"/api\", get(x))\n        API\n}\n"
        );
        let other = text.replace("        .route(\"/api\", get(x))\n", "        .route(\"/api\", get(x));\n    x\n");
        assert_eq!(api_routes(&other, "        API\n"), None);
        assert_eq!(page_routes("fn other() {}\n", "x"), None);
    }

    #[test]
    fn constraints_ids_uses_and_links_have_places_too() {
        let text = "const CONSTRAINTS: &[(&str, E)] = &[\n    (\"a\", b),\n];\nconst OTHER: &[u8] = &[\n];\n";
        assert_eq!(
            constraints(text, "    (\"c\", d),\n").as_deref(),
            Some(
                "const CONSTRAINTS: &[(&str, E)] = &[\n    (\"a\", b),\n    (\"c\", d),\n];\nconst OTHER: &[u8] = &[\n];\n"
            )
        );
        let ids = "macro_rules! id {\n}\n\nid! {\n    UserId\n}\n\n// end\n";
        assert_eq!(
            id(ids, "id! {\n    BookId\n}\n").as_deref(),
            Some("macro_rules! id {\n}\n\nid! {\n    UserId\n}\n\nid! {\n    BookId\n}\n\n// end\n")
        );
        let uses = "pub use email::E;\npub use note::{\n    A,\n};\n\nfn x() {}\n";
        assert_eq!(
            public_use(uses, "pub use book::B;").as_deref(),
            Some("pub use book::B;\npub use email::E;\npub use note::{\n    A,\n};\n\nfn x() {}\n")
        );
        assert_eq!(
            public_use(uses, "pub use tag::T;").as_deref(),
            Some("pub use email::E;\npub use note::{\n    A,\n};\npub use tag::T;\n\nfn x() {}\n")
        );
        assert_eq!(link("nav {\n    a.who { x }\n", "a {}").as_deref(), Some("nav {\n    a {}\n    a.who { x }\n"));
        assert_eq!(link("nav { span.who { x } }\n", "a {}"), None);
        let nav = "    nav {\n        a href=\"/notes\" { \"Notes\" }\n        span.who { x }\n        a href=\"/login\" { \"Log in\" }\n";
        assert_eq!(
            link(nav, "a href=\"/books\" { \"Books\" }").as_deref(),
            Some(
                "    nav {\n        a href=\"/notes\" { \"Notes\" }\n        a href=\"/books\" { \"Books\" }\n        span.who { x }\n        a href=\"/login\" { \"Log in\" }\n"
            )
        );
    }
}
