//! Rules 7, 8, 9, 12, 13 and 14: files, their names and what cannot be rendered.

use super::{Report, layout, placeholders, rule, tags};
use crate::dialect::{self, TagKind};
use crate::render::lists::Lists;
use crate::template::{MANIFEST, Template};
use crate::tree::{File, TreePath};

/// Checks every file; `all` are the lists of every combination of answers.
pub(super) fn check(template: &Template, all: &[Lists], report: &mut Report) {
    for (path, file) in &template.files {
        kind(path, report);
        name(path, template, report);
        excluded_folders(path, all, report);
        let is_hook = all.iter().any(|lists| lists.is_hook(path));
        // In combinations where it is left out, nobody renders it.
        let rendered = all.iter().any(|lists| !lists.is_verbatim(path) && !lists.ignores(path));
        if is_hook || !rendered {
            continue;
        }
        executable(path, file, report);
        content(path, file, template, report);
    }
}

fn kind(path: &TreePath, report: &mut Report) {
    if path.file_name().ends_with(".liquid") {
        report.file(
            path,
            0,
            rule::KINDS,
            "cargo-generate takes `.liquid` off the name".to_owned(),
            "give the file its own name",
        );
    }
    if path.file_name() == "CACHEDIR.TAG" {
        report.file(
            path,
            0,
            rule::KINDS,
            "cargo-generate leaves out a folder with a `CACHEDIR.TAG`".to_owned(),
            "remove the file",
        );
    }
}

/// Rule 12.
fn name(path: &TreePath, template: &Template, report: &mut Report) {
    let mend = "write `{{crate_name}}`, without spaces";
    if !path.as_str().contains("{{") && !path.as_str().contains("{%") {
        return;
    }
    let Ok(tags) = dialect::tags(path.as_str()) else {
        report.file(path, 0, rule::FILE_NAMES, "the name has a tag that does not end".to_owned(), mend);
        return;
    };
    for tag in tags {
        if tag.kind == TagKind::Block {
            report.file(
                path,
                0,
                rule::FILE_NAMES,
                "the name has a condition in it".to_owned(),
                "use a plain name, and `[conditional]` in the manifest",
            );
        } else if tag.inner == "crate_name" {
            report.used.insert("crate_name".to_owned());
        } else {
            for name in tag.placeholders() {
                report.used.insert(name.to_owned());
                placeholders::declared(name, path, 0, template, report);
            }
            report.file(path, 0, rule::FILE_NAMES, format!("the name has `{{{{{}}}}}` in it", tag.inner), mend);
        }
    }
}

/// Rule 8: cargo-generate fails on a folder that it must both copy and rename.
fn excluded_folders(path: &TreePath, all: &[Lists], report: &mut Report) {
    for (at, _) in path.as_str().match_indices('/') {
        let folder = &path.as_str()[..at];
        let renamed = folder.rsplit('/').next().is_some_and(|part| part.contains("{{"));
        if renamed && TreePath::parse(folder).is_ok_and(|folder| all.iter().any(|lists| lists.is_verbatim(&folder))) {
            report.file(
                path,
                0,
                rule::VERBATIM,
                format!("the folder `{folder}` is excluded, and its name holds a placeholder"),
                "exclude the files in it (`folder/*`)",
            );
        }
    }
}

/// Rule 13.
fn executable(path: &TreePath, file: &File, report: &mut Report) {
    if file.executable && path.as_str().contains("{{") {
        report.file(
            path,
            0,
            rule::EXECUTABLE,
            "a rendered file loses its executable bit with its name".to_owned(),
            "give it a literal name, or list it under `exclude`",
        );
    }
}

fn content(path: &TreePath, file: &File, template: &Template, report: &mut Report) {
    let Ok(text) = std::str::from_utf8(&file.bytes) else {
        report.file(
            path,
            0,
            rule::VERBATIM,
            "the file is not text in UTF-8".to_owned(),
            format!("list it under `exclude` in `{MANIFEST}`"),
        );
        return;
    };
    if text.contains('\0') {
        report.file(
            path,
            0,
            rule::VERBATIM,
            "the file is binary".to_owned(),
            format!("list it under `exclude` in `{MANIFEST}`"),
        );
        return;
    }
    if !dialect::has_tags(text) {
        jinja_comments(path, text, &[], report);
        return;
    }
    let tags = match dialect::tags(text) {
        Ok(tags) => tags,
        Err(open) => {
            report.file(
                path,
                open.line,
                rule::BRACES,
                "a tag does not end".to_owned(),
                "write literal braces as `{{ \"{{\" }}`, or between `{% raw %}` and `{% endraw %}`",
            );
            return;
        }
    };
    for tag in &tags {
        // What belongs to another language breaks more rules, and none of them is the point.
        if !clashes(path, text, tag, report) {
            tags::check(tag, path, template, report);
        }
    }
    layout::check(path, text, &tags, report);
    jinja_comments(path, text, &tags, report);
}

/// Rules 7 and 9: braces that belong to another language.
fn clashes(path: &TreePath, text: &str, tag: &dialect::Tag, report: &mut Report) -> bool {
    if tag.kind != TagKind::Output {
        return false;
    }
    let inner = tag.inner;
    if text[..tag.start].ends_with('$') {
        let mend = "list the file under `exclude`, or write `{% raw %}${{ … }}{% endraw %}`";
        report.file(
            path,
            tag.line,
            rule::WORKFLOWS,
            format!("`${{{{{inner}}}}}` is a workflow's expression, and would be rendered"),
            mend,
        );
    } else if path.as_str().ends_with(".rs") && in_format_string(text, tag) {
        let mend = "put the braces between `{% raw %}` and `{% endraw %}`, or keep them out of the format string";
        report.file(
            path,
            tag.line,
            rule::CLASHES,
            format!("`{{{{{inner}}}}}` in a format string is a literal brace to Rust, and would be rendered"),
            mend,
        );
    } else {
        return false;
    }
    true
}

/// Whether the line of a tag calls a macro that formats, before the tag.
fn in_format_string(text: &str, tag: &dialect::Tag) -> bool {
    const MACROS: [&str; 20] = [
        "format!",
        "print!",
        "println!",
        "eprint!",
        "eprintln!",
        "write!",
        "writeln!",
        "panic!",
        "format_args!",
        "assert!",
        "assert_eq!",
        "assert_ne!",
        "unreachable!",
        "todo!",
        "trace!",
        "debug!",
        "info!",
        "warn!",
        "error!",
        "bail!",
    ];
    let start = text[..tag.start].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[start..tag.start];
    before.contains('"') && MACROS.iter().any(|name| before.contains(name))
}

/// Rule 5: what a person who knows Jinja would write, and what both engines leave in the project.
fn jinja_comments(path: &TreePath, text: &str, tags: &[dialect::Tag], report: &mut Report) {
    let mut offset = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let comment = line.find("{# ").filter(|start| line[*start..].contains(" #}"));
        let raw = |at: usize| {
            let around = tags.iter().rfind(|tag| tag.end <= at && matches!(tag.inner.trim(), "raw" | "endraw"));
            around.is_some_and(|tag| tag.inner.trim() == "raw")
        };
        if comment.is_some_and(|start| !raw(offset + start)) {
            report.file(
                path,
                number + 1,
                rule::COMMENTS,
                "`{# … #}` is plain text, and would stand in the project".to_owned(),
                "write `{%- if false %} … {% endif %}`",
            );
        }
        offset += line.len();
    }
}
