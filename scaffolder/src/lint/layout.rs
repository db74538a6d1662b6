//! Rule 4: tags on lines of their own, each `if` with its `endif`.

use super::{Report, rule};
use crate::dialect::{Tag, TagKind};
use crate::tree::TreePath;

/// An `if` that waits for its `endif`.
struct Open {
    line: usize,
    /// `if false`: a comment, which may stand within a line.
    comment: bool,
    otherwise: bool,
}

/// Checks where the tags of a file stand.
pub(super) fn check(path: &TreePath, text: &str, tags: &[Tag], report: &mut Report) {
    let mut open: Vec<Open> = Vec::new();
    for tag in tags {
        spaces(path, text, tag, report);
        match tag.keyword() {
            Some("if") => {
                let comment = tag.inner.trim() == "if false";
                own_line(path, text, tag, comment || in_comment(&open), report);
                open.push(Open { line: tag.line, comment, otherwise: false });
            }
            Some("else") => {
                own_line(path, text, tag, in_comment(&open), report);
                match open.last_mut() {
                    Some(last) if !last.otherwise => last.otherwise = true,
                    _ => report.file(
                        path,
                        tag.line,
                        rule::CONDITIONS,
                        "an `else` without its `if`".to_owned(),
                        "give each `if` one `else` at most",
                    ),
                }
            }
            Some("endif") => {
                own_line(path, text, tag, in_comment(&open), report);
                if open.pop().is_none() {
                    report.file(
                        path,
                        tag.line,
                        rule::CONDITIONS,
                        "an `endif` without its `if`".to_owned(),
                        "remove it",
                    );
                }
            }
            _ => {}
        }
    }
    for open in open {
        report.file(
            path,
            open.line,
            rule::CONDITIONS,
            "an `if` without its `endif`".to_owned(),
            "add `{%- endif %}` on a line of its own",
        );
    }
}

fn in_comment(open: &[Open]) -> bool {
    open.iter().any(|open| open.comment)
}

/// Tabs and spaces that only one of the engines takes for white space.
fn spaces(path: &TreePath, text: &str, tag: &Tag, report: &mut Report) {
    let strange = |c: char| c.is_whitespace() && c != ' ' && c != '\n' && c != '\r';
    let before = text[..tag.start].chars().rev().take_while(|c| c.is_whitespace()).any(strange);
    let after = text[tag.end..].chars().take_while(|c| c.is_whitespace()).any(strange);
    let eaten = (tag.dash_before && before) || (tag.dash_after && after);
    if eaten || tag.inner.contains(strange) {
        report.file(
            path,
            tag.line,
            rule::WHITE_SPACE,
            "a tab or another uncommon space in or beside a tag".to_owned(),
            "use spaces there: Liquid does not take a tab for white space",
        );
    }
    if tag.inner.contains(['\n', '\r']) {
        report.file(
            path,
            tag.line,
            rule::WHITE_SPACE,
            "a tag reaches over its line".to_owned(),
            "write it on one line",
        );
    }
}

fn own_line(path: &TreePath, text: &str, tag: &Tag, comment: bool, report: &mut Report) {
    if comment || tag.kind == TagKind::Output {
        return;
    }
    let start = text[..tag.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[tag.end..].find('\n').map_or(text.len(), |at| tag.end + at);
    let alone = text[start..tag.start].trim().is_empty() && text[tag.end..end].trim().is_empty();
    if !alone {
        report.file(
            path,
            tag.line,
            rule::WHITE_SPACE,
            format!("`{}` shares its line", tag.inner.trim()),
            "put the tag on a line of its own",
        );
        return;
    }
    let first = text[..tag.start].trim().is_empty();
    let word = tag.inner.trim();
    if first && tag.keyword() == Some("if") {
        if !tag.dash_after || tag.dash_before {
            report.file(
                path,
                tag.line,
                rule::WHITE_SPACE,
                "an `if` at the start of a file leaves an empty line".to_owned(),
                format!("write `{{% {word} -%}}`"),
            );
        }
    } else if !tag.dash_before || tag.dash_after {
        report.file(
            path,
            tag.line,
            rule::WHITE_SPACE,
            format!("`{word}` leaves or eats a line that it should not"),
            format!("write `{{%- {word} %}}`"),
        );
    }
}
