//! The way back of `insertion_points`: takes out of a text what was put in. Each function leaves a text alone in which it is not.

use super::source_code::closing;

/// Takes a whole line out, and the blank line behind it if one is left before it too.
pub(super) fn line(text: &str, line: &str) -> String {
    let mut start = 0;
    for other in text.split_inclusive('\n') {
        let end = start + other.len();
        if other.trim() == line {
            let doubled = text[end..].starts_with('\n') && (start == 0 || text[..start].ends_with("\n\n"));
            return format!("{}{}", &text[..start], &text[end + usize::from(doubled)..]);
        }
        start = end;
    }
    text.to_owned()
}

/// Takes a statement that begins so, up to its semicolon.
pub(super) fn statement(text: &str, start: &str) -> String {
    let at = text.find(&format!("\n{start}")).map(|at| at + 1).or_else(|| text.starts_with(start).then_some(0));
    let Some(at) = at else { return text.to_owned() };
    let Some(end) = text[at..].find(";\n").map(|end| at + end + 2) else { return text.to_owned() };
    format!("{}{}", &text[..at], &text[end..])
}

/// Takes a name out of a list in braces.
pub(super) fn from_list(text: &str, list: &str, name: &str) -> String {
    let mut from = 0;
    while let Some(found) = text[from..].find(&format!("{list}::{{")) {
        let start = from + found + list.len() + 3;
        let Some(end) = text[start..].find("};").map(|end| start + end) else { break };
        let names: Vec<&str> = text[start..end].split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        if names.contains(&name) && !text[start..end].contains(['{', '/']) {
            let rest: Vec<&str> = names.into_iter().filter(|other| *other != name).collect();
            return format!("{}{}{}", &text[..start], rest.join(", "), &text[end..]);
        }
        from = end;
    }
    text.to_owned()
}

/// Takes out the macro call that makes a type of identifiers, with the blank line before it.
pub(super) fn id(text: &str, id: &str) -> String {
    let name = format!("    {id}\n}}\n");
    let Some(end) = text.find(&format!("\n{name}")).map(|at| at + 1 + name.len()) else { return text.to_owned() };
    let Some(start) = text[..end].rfind("id! {\n") else { return text.to_owned() };
    let start = if text[..start].ends_with("\n\n") { start - 1 } else { start };
    format!("{}{}", &text[..start], &text[end..])
}

/// Takes out every call or tuple that begins with `start` and has `inside` in it: `.route(` with `books::`. What goes with it are
/// the space before it and a comma behind it.
pub(super) fn calls(text: &str, start: &str, inside: &str) -> String {
    let mut result = text.to_owned();
    let mut from = 0;
    while let Some(at) = result[from..].find(start).map(|at| from + at) {
        let Some(end) = closing(&result[at..]).map(|end| at + end) else { break };
        if result[at..end].contains(inside) {
            let before = result[..at].trim_end().len();
            let end = end + usize::from(result[end..].starts_with(','));
            result.replace_range(before..end, "");
            from = before;
        } else {
            from = at + start.len();
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_goes_with_its_line_and_others_stay() {
        let text = "Router::new()\n        .route(\"/a\", get(a::x))\n        .route(\n            \"/books\",\n            get(books::list),\n        )\n        .layer(x)\n";
        assert_eq!(
            calls(text, ".route(", "books::"),
            "Router::new()\n        .route(\"/a\", get(a::x))\n        .layer(x)\n"
        );
        let text = "&[\n    (\"a_key\", || x(1)),\n    (\"books_a_key\", || {\n        x(\"(\")\n    }),\n];\n";
        assert_eq!(calls(text, "(\"books_a_key\"", ""), "&[\n    (\"a_key\", || x(1)),\n];\n");
    }

    #[test]
    fn lines_statements_names_and_ids_go_and_nothing_else() {
        assert_eq!(line("//! X.\n\nmod books;\n\nuse a;\n", "mod books;"), "//! X.\n\nuse a;\n");
        assert_eq!(line("mod a;\nmod books;\nmod c;\n", "mod books;"), "mod a;\nmod c;\n");
        assert_eq!(
            statement("pub use a::B;\npub use book::{\n    C,\n};\nx\n", "pub use book::"),
            "pub use a::B;\nx\n"
        );
        assert_eq!(
            from_list("use id::{A};\n    use x::{A, B, C};\n", "use x", "B"),
            "use id::{A};\n    use x::{A, C};\n"
        );
        assert_eq!(
            id("id! {\n    UserId\n}\n\nid! {\n    /// X.\n    BookId\n}\n", "BookId"),
            "id! {\n    UserId\n}\n"
        );
    }
}
