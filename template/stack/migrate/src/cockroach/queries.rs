//! The SQL in Rust files: the texts of `sqlx::query…("…")`.
//!
//! A small scanner rather than a parser of Rust: a text counts if it stands right after a call
//! whose name begins with `query` or `raw_sql`.

use std::path::Path;

use super::{Finding, Place, lint};

/// Finds what CockroachDB would do otherwise in the queries of a Rust file.
#[must_use]
pub fn lint_queries(path: &Path, source: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (line, sql) in texts(source) {
        for finding in lint(path, &sql, Place::Query) {
            found.push(Finding {
                line: line + finding.line - 1,
                ..finding
            });
        }
    }
    found
}

/// Each text and the line, from 1, on which it begins.
fn texts(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let Some((content, length)) = literal(rest) else {
            at += skipped(rest);
            continue;
        };
        if is_argument_of_query(source.get(..at).unwrap_or_default()) {
            let line = source.get(..at).unwrap_or_default().matches('\n').count() + 1;
            found.push((line, content));
        }
        at += length;
    }
    found
}

/// The content and length of a text that begins here. Escapes are left as they are, but for line
/// breaks, which keep their lines.
fn literal(rest: &str) -> Option<(String, usize)> {
    if let Some(raw) = rest.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let content = raw.get(hashes..)?.strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(hashes));
        let length = content.find(&end)?;
        return Some((
            content.get(..length)?.to_owned(),
            1 + hashes + 1 + length + end.len(),
        ));
    }
    let content = rest.strip_prefix('"')?;
    let mut characters = content.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            '"' => {
                return Some((
                    content
                        .get(..at)?
                        .replace("\\\"", "\"")
                        .replace("\\\n", "\n"),
                    at + 2,
                ));
            }
            _ => {}
        }
    }
    None
}

/// The length of a comment, a word or a character that is no text.
fn skipped(rest: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    // A quote as a character, which begins no text.
    if rest.starts_with("'\"'") {
        return 3;
    }
    let word = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    // A raw text looks like a word at first.
    match word {
        0 => rest.chars().next().map_or(1, char::len_utf8),
        word => word,
    }
}

/// Whether the text before ends in `query…(`, `query…::<…>(` or `raw_sql(`.
fn is_argument_of_query(before: &str) -> bool {
    let Some(call) = before.trim_end().strip_suffix('(') else {
        return false;
    };
    let line = call.rsplit(['\n', ';', '{', '}']).next().unwrap_or(call);
    let name = line.split("::<").next().unwrap_or(line).trim_end();
    let name = name
        .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
        .next();
    name.is_some_and(|name| name.starts_with("query") || name == "raw_sql")
}
{%- if stack_tests %}

#[cfg(test)]
mod tests;
{%- endif %}
