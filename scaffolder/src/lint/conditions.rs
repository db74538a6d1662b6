//! Rule 3: conditions that both engines understand alike.

use super::placeholders::{declared, literal};
use super::{Report, rule};
use crate::dialect::{Tag, Token};
use crate::template::{QuestionKind, Template};
use crate::tree::TreePath;

/// Checks the condition of an `if`.
pub(super) fn check(tag: &Tag, path: &TreePath, template: &Template, report: &mut Report) {
    let tokens = tag.tokens();
    let condition = &tokens[1.min(tokens.len())..];
    let mut say = |message: String, mend: &str| report.file(path, tag.line, rule::CONDITIONS, message, mend);
    if condition.contains(&Token::Name("and")) && condition.contains(&Token::Name("or")) {
        say("`and` and `or` bind differently in the two engines".to_owned(), "nest one `if` in another");
        return;
    }
    if condition.contains(&Token::Name("not")) || condition.contains(&Token::Sign("!")) {
        say("Liquid has no `not`".to_owned(), "write `flag == false`");
        return;
    }
    if condition.iter().any(|token| matches!(token, Token::Sign("(" | ")"))) {
        say("Liquid has no parentheses".to_owned(), "nest one `if` in another");
        return;
    }
    if condition.contains(&Token::Name("contains")) || condition.contains(&Token::Name("in")) {
        say("the engines look into a text differently".to_owned(), "compare with `==`");
        return;
    }
    for part in condition.split(|token| matches!(token, Token::Name("and" | "or"))) {
        comparison(part, tag, path, template, report);
    }
}

fn comparison(part: &[Token], tag: &Tag, path: &TreePath, template: &Template, report: &mut Report) {
    let line = tag.line;
    let is_text = |name: &str| {
        name == "crate_name"
            || template
                .manifest
                .question(name)
                .is_some_and(|question| matches!(question.kind, QuestionKind::Text { .. }))
    };
    match part {
        [Token::Name("true" | "false")] => {}
        [Token::Name(name)] => {
            declared(name, path, line, template, report);
            if is_text(name) {
                report.file(
                    path,
                    line,
                    rule::CONDITIONS,
                    format!("`{name}` is a text, and an empty text is true in Liquid"),
                    format!("compare it: `{name} == \"x\"`"),
                );
            }
        }
        [Token::Name(name), Token::Sign("==" | "!="), Token::Name("true" | "false")] => {
            declared(name, path, line, template, report);
            if is_text(name) {
                report.file(
                    path,
                    line,
                    rule::CONDITIONS,
                    format!("`{name}` is a text, neither true nor false"),
                    format!("compare it: `{name} == \"x\"`"),
                );
            }
        }
        [Token::Name(name), Token::Sign("==" | "!=" | "<" | ">" | "<=" | ">="), Token::Text(text)] => {
            declared(name, path, line, template, report);
            literal(text, tag, path, report);
            if template.manifest.question(name).is_some() && !is_text(name) {
                report.file(
                    path,
                    line,
                    rule::CONDITIONS,
                    format!("`{name}` is true or false, no text"),
                    format!("write `{name}` or `{name} == false`"),
                );
            }
        }
        _ => {
            let mend = "write `flag`, `flag == false`, `text == \"x\"`, joined by `and` or by `or`";
            report.file(
                path,
                line,
                rule::CONDITIONS,
                format!("`{}` is no condition of both engines", tag.inner.trim()),
                mend,
            );
        }
    }
}
