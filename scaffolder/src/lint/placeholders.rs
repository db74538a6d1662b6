//! Rules 1, 6 and 16: names and texts, in a value or in a condition.

use super::{Report, rule};
use crate::dialect::Tag;
use crate::suggest::{listed, nearest};
use crate::template::Template;
use crate::tree::TreePath;

/// A name that some question declares, or `crate_name`.
pub(super) fn declared(name: &str, path: &TreePath, line: usize, template: &Template, report: &mut Report) {
    if name == "crate_name" || template.manifest.question(name).is_some() {
        return;
    }
    if name == "project-name" {
        report.file(
            path,
            line,
            rule::NAMES,
            "`project-name` is a subtraction in minijinja".to_owned(),
            "write `{{ crate_name | kebab_case }}`",
        );
        return;
    }
    let known =
        || ["crate_name"].into_iter().chain(template.manifest.questions.iter().map(|question| question.name.as_str()));
    let mend = nearest(name, known()).map_or_else(
        || format!("declare it under `[placeholders]`; declared are {}", listed(known())),
        |near| format!("did you mean `{near}`?"),
    );
    report.file(
        path,
        line,
        rule::DECLARED,
        format!("`{name}` is not declared; cargo-generate would render nothing for it"),
        mend,
    );
}

/// Rule 6: a text in a tag is the way to write braces; a backslash in it means two things.
pub(super) fn literal(text: &str, tag: &Tag, path: &TreePath, report: &mut Report) {
    if text.contains('\\') {
        report.file(
            path,
            tag.line,
            rule::BRACES,
            "a backslash is an escape in minijinja, and plain text in Liquid".to_owned(),
            "write it outside of tags",
        );
    }
    if text.contains('\n') {
        report.file(
            path,
            tag.line,
            rule::BRACES,
            "a text in a tag reaches over its line".to_owned(),
            "write it outside of tags",
        );
    }
}
