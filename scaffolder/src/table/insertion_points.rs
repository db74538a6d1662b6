//! Lines put into files of the user's, where they have the shape that the template gave them.
//!
//! Each function takes a file's text and returns it with the line in it, or `None` if it does not see where the line
//! would go. Nothing is guessed: what cannot be put in is shown, with the place where it belongs.
//!
//! What is put in goes behind the last of its kind with a smaller name, so that two tables, each on a branch of its own, change
//! different places, and git can merge them by itself.

use std::sync::LazyLock;

use regex::Regex;

use super::source_code::closing;

static CONSTRAINTS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^const CONSTRAINTS: [^=]*= &\[$").expect("a pattern"));
static ENTRY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"(?m)^    \("(\w+)","#).expect("a pattern"));
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

/// One of several alike: its name, where its first line begins, and where its last one ends.
struct Item<'a> {
    name: &'a str,
    start: usize,
    end: usize,
}

/// Puts something behind the last item with a smaller name, written as `behind`, or in front of the first one, as `before`.
fn into_order(text: &str, items: &[Item<'_>], name: &str, behind: &str, before: &str) -> Option<String> {
    Some(match items.iter().rfind(|item| item.name < name) {
        Some(smaller) => put(text, smaller.end, behind),
        None => put(text, items.first()?.start, before),
    })
}

/// Adds a type of identifiers.
pub(super) fn id(text: &str, block: &str) -> Option<String> {
    text.contains("macro_rules! id ").then_some(())?;
    let type_of = |block: &'_ str| block.trim_end().trim_end_matches('}').trim_end().len();
    let items = text.match_indices("\nid! {\n").filter_map(|(at, _)| {
        let start = at + 1;
        let end = start + text[start..].find("\n}\n")? + 3;
        let inside = &text[start..start + type_of(&text[start..end])];
        Some(Item { name: inside.rsplit([' ', '\n']).next()?, start, end })
    });
    let items: Vec<Item<'_>> = items.collect();
    let name = block[..type_of(block)].rsplit([' ', '\n']).next()?;
    into_order(text, &items, name, &format!("\n{block}"), &format!("{block}\n"))
}

/// Adds live pages to those that `Live::builder` is told.
pub(super) fn live_pages(text: &str, pages: &str) -> Option<String> {
    let (start, end) = function(text, "pub fn live(")?;
    let builder = start + text[start..end].find("Live::builder(")?;
    let statement = builder + text[builder..end].find(";\n")?;
    into_chain(text, (builder, statement), ".page(", pages)
}

/// Adds routes of pages, inside of the layer that finds out who the visitor is.
pub(super) fn page_routes(text: &str, routes: &str) -> Option<String> {
    let (start, end) = function(text, "fn pages(")?;
    let layer = start + text[start..end].rfind("\n        .route_layer(")?;
    into_chain(text, (start, layer), ".route(", routes)
}

/// Adds routes of the API, inside of the layer that limits requests, if there is one.
pub(super) fn api_routes(text: &str, routes: &str) -> Option<String> {
    let (start, end) = function(text, "fn api(")?;
    let body = &text[start..end];
    let chain = match body.rfind("\n        .route_layer(") {
        Some(layer) => start + layer,
        None => {
            let last = body.lines().last()?;
            let is_chain = body.contains("\n    Router::new()") && last.starts_with("        ") && last.ends_with(')');
            is_chain.then_some(end)?
        }
    };
    into_chain(text, (start, chain), ".route(", routes)
}

/// Puts lines into a chain of calls, by the URL that each call begins with.
fn into_chain(text: &str, (start, end): (usize, usize), call: &str, lines: &str) -> Option<String> {
    let call = format!("\n        {call}");
    let calls = text[start..end].match_indices(&call).filter_map(|(at, _)| {
        let start = start + at + 1;
        let call_ends = start + closing(&text[start..])?;
        let name = text[start..call_ends].split('"').nth(1)?;
        Some(Item { name, start, end: call_ends })
    });
    let items: Vec<Item<'_>> = calls.collect();
    let name = lines.split('"').nth(1)?;
    // Behind a call something may follow on the same line: the end of the statement.
    into_order(text, &items, name, &format!("\n{}", lines.trim_end()), lines)
}

/// Where a function of the top level begins, and where its last line ends.
fn function(text: &str, name: &str) -> Option<(usize, usize)> {
    let start = text.find(&format!("\n{name}"))?;
    let end = start + text[start..].find("\n}")? + 1;
    Some((start, end))
}

/// Adds entries to the table of constraints.
pub(super) fn constraints(text: &str, entries: &str) -> Option<String> {
    let from = CONSTRAINTS.find(text)?.end() + 1;
    let end = from + text[from - 1..].find("\n];")?;
    let found = ENTRY.captures_iter(&text[from..end]).filter_map(|found| {
        let (whole, name) = (found.get(0)?, found.get(1)?);
        let start = from + whole.start();
        let end = start + closing(&text[start..])?;
        let start = above_comments(text, start);
        // The comma, and the end of the line.
        Some(Item { name: name.as_str(), start, end: end + text[end..].find('\n')? + 1 })
    });
    let items: Vec<Item<'_>> = found.collect();
    if items.is_empty() {
        return Some(put(text, end, entries));
    }
    into_order(text, &items, entries.split('"').nth(1)?, entries, entries)
}

/// Where the comments begin that stand right above a line.
fn above_comments(text: &str, mut start: usize) -> usize {
    while let Some(line) = text[..start].lines().next_back().filter(|line| line.trim_start().starts_with("//")) {
        start -= line.len() + 1;
    }
    start
}

/// Adds a link to the navigation that people see who are logged in, before their name.
pub(super) fn link(text: &str, link: &str) -> Option<String> {
    let who = WHO.captures(text)?;
    let (line, indent) = (who.get(0)?.start(), who.get(1)?.as_str());
    let link = format!("{indent}{link}\n");
    let mut items: Vec<Item<'_>> = Vec::new();
    for found in NAV_LINK.find_iter(&text[..line]) {
        if items.last().is_some_and(|last| last.end != found.start()) {
            items.clear();
        }
        let name = found.as_str().split('"').nth(1)?;
        items.push(Item { name, start: found.start(), end: found.end() });
    }
    if items.is_empty() {
        return Some(put(text, line, &link));
    }
    into_order(text, &items, link.split('"').nth(1)?, &link, &link)
}

/// Adds something at the end, unless it is there.
pub(super) fn at_the_end(text: &str, what: &str) -> Option<String> {
    Some(if text.contains(what) { text.to_owned() } else { format!("{text}{what}") })
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

    const ROUTES: &str = "\nfn pages(state: S) -> R {\n    Router::new()\n        .route(\"/\", get(x))\n        .route(\n            \"/notes\",\n            get(x),\n        )\n        .route_layer(y)\n}\n\nfn api() -> R {\n    Router::new()\n        .route(\"/api/notes\", get(x))\n}\n";

    #[test]
    fn routes_of_pages_go_inside_of_the_layer_and_all_of_them_in_order() {
        let with = |name: &str| {
            let text = page_routes(ROUTES, &format!("        .route(\"/{name}\", a)\n")).expect("a place");
            api_routes(&text, &format!("        .route(\"/api/{name}\", b)\n")).expect("a place")
        };
        assert_eq!(
            with("books"),
            "\nfn pages(state: S) -> R {\n    Router::new()\n        .route(\"/\", get(x))\n        .route(\"/books\", a)\n        .route(\n            \"/notes\",\n            get(x),\n        )\n        .route_layer(y)\n}\n\nfn api() -> R {\n    Router::new()\n        .route(\"/api/books\", b)\n        .route(\"/api/notes\", get(x))\n}\n"
        );
        assert_eq!(
            with("tags"),
            "\nfn pages(state: S) -> R {\n    Router::new()\n        .route(\"/\", get(x))\n        .route(\n            \"/notes\",\n            get(x),\n        )\n        .route(\"/tags\", a)\n        .route_layer(y)\n}\n\nfn api() -> R {\n    Router::new()\n        .route(\"/api/notes\", get(x))\n        .route(\"/api/tags\", b)\n}\n"
        );
        let other =
            ROUTES.replace("        .route(\"/api/notes\", get(x))\n", "        .route(\"/api\", get(x));\n    x\n");
        assert_eq!(api_routes(&other, "        .route(\"/api/books\", b)\n"), None);
        assert_eq!(page_routes("fn other() {}\n", "x"), None);
    }

    #[test]
    fn a_live_page_behind_the_last_one_leaves_the_end_of_the_statement_at_its_end() {
        let text = "\npub fn live() -> Live {\n    let live = Live::builder(keys)\n        .page(\"/\", a)\n        .page(\"/notes\", b);\n    live\n}\n";
        let with = |name: &str| live_pages(text, &format!("        .page(\"{name}\", c)\n")).expect("a place");
        assert!(with("/books").contains("(\"/\", a)\n        .page(\"/books\", c)\n        .page(\"/notes\", b);\n"));
        assert!(with("/tags").contains("(\"/notes\", b)\n        .page(\"/tags\", c);\n"));
    }

    #[test]
    fn constraints_go_behind_the_last_smaller_one_and_no_comment_loses_its_entry() {
        let text = "const CONSTRAINTS: &[(&str, E)] = &[\n    // First.\n    (\"b_x\", || {\n        e(\")\")\n    }),\n    (\"d_x\", d),\n];\nconst OTHER: &[u8] = &[\n];\n";
        let with = |name: &str| constraints(text, &format!("    (\"{name}\", y),\n")).expect("a place");
        assert!(with("c_x").contains("    }),\n    (\"c_x\", y),\n    (\"d_x\", d),\n];\nconst OTHER"));
        assert!(with("e_x").contains("    (\"d_x\", d),\n    (\"e_x\", y),\n];\nconst OTHER"));
        assert!(with("a_x").contains("&[\n    (\"a_x\", y),\n    // First.\n    (\"b_x\", || {\n"), "{}", with("a_x"));
        let empty = "const CONSTRAINTS: &[(&str, E)] = &[\n];\n";
        assert_eq!(
            constraints(empty, "    (\"c\", d),\n").as_deref(),
            Some("const CONSTRAINTS: &[(&str, E)] = &[\n    (\"c\", d),\n];\n")
        );
    }

    #[test]
    fn ids_uses_and_links_have_places_too() {
        let ids = "macro_rules! id {\n}\n\nid! {\n    /// X.\n    NoteId\n}\n\nid! {\n    UserId\n}\n\n// end\n";
        let with = |name: &str| id(ids, &format!("id! {{\n    {name}\n}}\n")).expect("a place");
        assert!(with("BookId").contains("}\n\nid! {\n    BookId\n}\n\nid! {\n    /// X.\n    NoteId\n}\n"));
        assert!(with("TagId").contains("    NoteId\n}\n\nid! {\n    TagId\n}\n\nid! {\n    UserId\n}\n\n// end\n"));
        assert!(with("ZooId").contains("    UserId\n}\n\nid! {\n    ZooId\n}\n\n// end\n"));
        let uses = "pub use email::E;\npub use note::{\n    A,\n};\n\nfn x() {}\n";
        assert_eq!(
            public_use(uses, "pub use book::B;").as_deref(),
            Some("pub use book::B;\npub use email::E;\npub use note::{\n    A,\n};\n\nfn x() {}\n")
        );
        assert_eq!(
            public_use(uses, "pub use tag::T;").as_deref(),
            Some("pub use email::E;\npub use note::{\n    A,\n};\npub use tag::T;\n\nfn x() {}\n")
        );
        let books = "a href=\"/books\" { \"Books\" }";
        assert_eq!(link("nav {\n    a.who { x }\n", books), Some(format!("nav {{\n    {books}\n    a.who {{ x }}\n")));
        assert_eq!(link("nav { span.who { x } }\n", books), None);
        let nav = "    nav {\n        a href=\"/notes\" { \"Notes\" }\n        span.who { x }\n        a href=\"/login\" { \"Log in\" }\n";
        let before =
            format!("    nav {{\n        {books}\n        a href=\"/notes\" {{ \"Notes\" }}\n        span.who");
        assert!(link(nav, books).expect("a place").starts_with(&before));
        let tags = "a href=\"/tags\" { \"Tags\" }";
        assert!(link(nav, tags).expect("a place").contains(&format!("\"Notes\" }}\n        {tags}\n        span.who")));
    }
}
