//! Rules 1, 2, 3, 5, 6 and 16: what stands inside a tag.

use super::placeholders::{declared, literal};
use super::{Report, conditions, rule};
use crate::dialect::{Tag, TagKind, Token};
use crate::suggest::{listed, nearest};
use crate::template::{QuestionKind, Template};
use crate::tree::TreePath;

/// The filters of both engines, by heck.
const FILTERS: [&str; 8] = [
    "kebab_case",
    "lower_camel_case",
    "pascal_case",
    "shouty_kebab_case",
    "shouty_snake_case",
    "snake_case",
    "title_case",
    "upper_camel_case",
];

/// Checks one tag by itself.
pub(super) fn check(tag: &Tag, path: &TreePath, template: &Template, report: &mut Report) {
    for name in tag.placeholders() {
        report.used.insert(name.to_owned());
    }
    match tag.kind {
        TagKind::Output => output(tag, path, template, report),
        TagKind::Block => block(tag, path, template, report),
    }
}

fn output(tag: &Tag, path: &TreePath, template: &Template, report: &mut Report) {
    if tag.dash_before || tag.dash_after {
        report.file(
            path,
            tag.line,
            rule::WHITE_SPACE,
            "a dash eats the white space around a value".to_owned(),
            "write `{{ name }}`",
        );
    }
    let tokens = tag.tokens();
    let (first, filters) = match tokens.split_first() {
        Some((first, filters)) => (*first, filters),
        None => {
            report.file(
                path,
                tag.line,
                rule::BRACES,
                "`{{ }}` is empty".to_owned(),
                "write literal braces as `{{ \"{{\" }}`",
            );
            return;
        }
    };
    match first {
        Token::Name("true" | "false") => {
            report.file(
                path,
                tag.line,
                rule::NAMES,
                "a tag prints a placeholder".to_owned(),
                "write the word without braces",
            );
        }
        Token::Name(name) => {
            declared(name, path, tag.line, template, report);
            let kind = template.manifest.question(name).map(|question| &question.kind);
            if !filters.is_empty() && matches!(kind, Some(QuestionKind::Bool { .. })) {
                let message = format!("`{name}` is true or false, and filters change texts");
                report.file(path, tag.line, rule::FILTERS, message, format!("write `{{{{ {name} }}}}`"));
            }
        }
        Token::Text(text) => literal(text, tag, path, report),
        Token::Sign(sign) => {
            report.file(
                path,
                tag.line,
                rule::BRACES,
                format!("`{{{{` is followed by `{sign}`, which starts no value"),
                "write literal braces as `{{ \"{{\" }}`",
            );
            return;
        }
    }
    for pair in filters.chunks(2) {
        match pair {
            [Token::Sign("|"), Token::Name(filter)] if FILTERS.contains(filter) => {}
            [Token::Sign("|"), Token::Name(filter)] => {
                let mend = nearest(filter, FILTERS)
                    .map_or_else(|| format!("there are {}", listed(FILTERS)), |near| format!("did you mean `{near}`?"));
                report.file(path, tag.line, rule::FILTERS, format!("`{filter}` is no filter of both engines"), mend);
            }
            [Token::Sign(":" | "("), ..] => {
                report.file(
                    path,
                    tag.line,
                    rule::FILTERS,
                    "a filter takes no arguments".to_owned(),
                    "write `{{ name | filter }}`",
                );
                return;
            }
            _ => {
                report.file(
                    path,
                    tag.line,
                    rule::FILTERS,
                    format!("`{}` is more than a name and filters", tag.inner.trim()),
                    "write `{{ name | filter }}`; the engines agree on nothing else",
                );
                return;
            }
        }
    }
}

fn block(tag: &Tag, path: &TreePath, template: &Template, report: &mut Report) {
    let line = tag.line;
    let plain = |report: &mut Report| {
        if tag.tokens().len() > 1 {
            report.file(
                path,
                line,
                rule::CONDITIONS,
                format!("`{}` takes nothing", tag.keyword().unwrap_or_default()),
                "write conditions in `if`",
            );
        }
    };
    match tag.keyword() {
        Some("if") => conditions::check(tag, path, template, report),
        Some("else" | "endif") => plain(report),
        Some("raw" | "endraw") => {
            plain(report);
            if tag.dash_before || tag.dash_after || !matches!(tag.inner, " raw " | " endraw ") {
                report.file(
                    path,
                    line,
                    rule::BRACES,
                    "white space around a raw block differs between the engines".to_owned(),
                    "write `{% raw %}` and `{% endraw %}`",
                );
            }
        }
        Some("comment" | "endcomment") => {
            report.file(
                path,
                line,
                rule::COMMENTS,
                "`comment` is Liquid's alone".to_owned(),
                "write `{%- if false %} … {% endif %}`",
            );
        }
        Some("elsif" | "elif") => {
            report.file(
                path,
                line,
                rule::CONDITIONS,
                "the engines spell `else if` differently".to_owned(),
                "put an `if` into the `else`",
            );
        }
        Some("unless") => {
            report.file(
                path,
                line,
                rule::CONDITIONS,
                "`unless` is Liquid's alone".to_owned(),
                "write `if flag == false`",
            );
        }
        Some(other) => {
            report.file(
                path,
                line,
                rule::CONDITIONS,
                format!("`{other}` is no tag of both engines"),
                "use `if`, `else` and `endif` alone",
            );
        }
        None => report.file(
            path,
            line,
            rule::BRACES,
            "`{%` starts no tag".to_owned(),
            "write it between `{% raw %}` and `{% endraw %}`",
        ),
    }
}
