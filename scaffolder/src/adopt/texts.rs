//! Answers to text questions: what stands in the project where the template has the placeholder.

use std::collections::BTreeMap;

use regex::Regex;

use crate::answers::{ProjectName, Value, accept};
use crate::template::{Question, QuestionKind, Template};
use crate::tree::Tree;

/// The text that most lines of the project suggest. Features and choices are judged by rendering them.
pub(super) fn suggested(question: &Question, template: &Template, project: &Tree, name: &ProjectName) -> Option<Value> {
    match &question.kind {
        QuestionKind::Text { choices, .. } if choices.is_empty() => {}
        _ => return None,
    }
    let placeholder = Regex::new(&format!(r"\{{\{{\s*{}\s*\}}\}}", regex::escape(&question.name))).ok()?;
    let own_name = Regex::new(r"\{\{\s*crate_name\s*\}\}").ok()?;
    let mut votes: BTreeMap<String, usize> = BTreeMap::new();
    for (path, file) in &template.files {
        let Some(found) = project.get(path) else { continue };
        let (Ok(text), Ok(found)) = (std::str::from_utf8(&file.bytes), std::str::from_utf8(&found.bytes)) else {
            continue;
        };
        for line in text.lines().filter(|line| placeholder.is_match(line)) {
            let line = own_name.replace_all(line, name.crate_name());
            let Some((before, after)) = around(&line, &placeholder) else { continue };
            let texts = found.lines().filter_map(|line| line.strip_prefix(before)?.strip_suffix(after));
            // Several lines may fit a short beginning; only one that is alone says something.
            if let [text] = texts.collect::<Vec<_>>()[..]
                && accept(question, Value::Text(text.to_owned())).is_ok()
            {
                *votes.entry(text.to_owned()).or_default() += 1;
            }
        }
    }
    // Of equal ones the first by letter, so that the answer is always the same.
    let best = votes.into_iter().rev().max_by_key(|(_, count)| *count);
    best.map(|(text, _)| Value::Text(text))
}

/// What stands before and after the placeholder on a line that has only this one.
fn around<'a>(line: &'a str, placeholder: &Regex) -> Option<(&'a str, &'a str)> {
    let found = placeholder.find(line)?;
    let (before, after) = (&line[..found.start()], &line[found.end()..]);
    let plain = |text: &str| !text.contains("{{") && !text.contains("{%");
    let says_something = |text: &str| text.chars().any(char::is_alphanumeric);
    (plain(before) && plain(after) && (says_something(before) || says_something(after))).then_some((before, after))
}
