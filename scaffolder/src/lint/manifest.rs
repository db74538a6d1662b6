//! Rules 8, 10, 11, 15 and 16: the manifest.

use std::collections::{BTreeMap, BTreeSet};

use super::{Report, rule};
use crate::hooks::{Hooks, NoHost, Variable, Variables};
use crate::manifest::{Question, combinations};
use crate::render::lists::{Lists, literal, names};
use crate::suggest::{listed, nearest};
use crate::template::{Conditional, Manifest, QuestionKind, Template};
use crate::tree::TreePath;

/// Words with which Liquid starts a literal, even where a longer name stands.
const LIQUID_LITERALS: [&str; 6] = ["blank", "empty", "false", "nil", "null", "true"];

/// Checks the manifest, and returns its lists for every combination of answers that changes them.
pub(super) fn check(template: &Template, text: &str, report: &mut Report) -> Vec<Lists> {
    let manifest = &template.manifest;
    if manifest.fmt != Some(false) {
        report.manifest(
            text,
            "[template]",
            rule::FMT,
            "cargo-generate would run rustfmt over the project".to_owned(),
            "set `fmt = false` under `[template]`",
        );
    }
    if manifest.sub_templates {
        report.manifest(
            text,
            "sub_templates",
            rule::QUESTIONS,
            "`sub_templates` makes cargo-generate ask which template is meant, even if there is one".to_owned(),
            "remove it, and move the folder up in an `init` hook",
        );
    }
    let included =
        manifest.include.is_some() || manifest.conditionals.iter().any(|conditional| conditional.include.is_some());
    if included {
        report.manifest(
            text,
            "include",
            rule::VERBATIM,
            "`include` switches `exclude` off".to_owned(),
            "list what is copied as it is under `exclude` instead",
        );
    }
    declared_names(text, report);
    patterns(manifest, text, report);
    for hook in manifest.hooks.all() {
        let found = TreePath::parse(hook).is_ok_and(|path| template.files.contains_key(&path));
        if !found {
            report.manifest(
                text,
                hook,
                rule::DECLARED,
                format!("the hook `{hook}` is not in the template"),
                "write it, or take it from `[hooks]`",
            );
        }
    }
    ignored(template, text, report);
    let lists = if conditions(manifest, text, report) { all_lists(manifest, text, report) } else { None };
    if let Some(lists) = &lists {
        emptied(template, lists, text, report);
    }
    // Without its conditions, the rest of the template can still be checked.
    lists.unwrap_or_else(|| {
        let plain = Manifest { conditionals: Vec::new(), ..manifest.clone() };
        Lists::of(&plain, &Variables::new(), None).into_iter().collect()
    })
}

/// Rule 1, where the names are born.
fn declared_names(text: &str, report: &mut Report) {
    for name in report.asked.clone().iter().map(String::as_str) {
        if !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') || name.is_empty() {
            report.manifest(
                text,
                name,
                rule::NAMES,
                format!("the name `{name}` is not made of a to z and `_`"),
                "use snake case: a hyphen is a subtraction in minijinja",
            );
        }
        if let Some(word) = LIQUID_LITERALS.iter().find(|word| name.starts_with(**word)) {
            report.manifest(
                text,
                name,
                rule::NAMES,
                format!("the name `{name}` starts with `{word}`, which Liquid reads as a value"),
                "choose another first word",
            );
        }
        if matches!(
            name,
            "and"
                | "or"
                | "not"
                | "if"
                | "else"
                | "elif"
                | "endif"
                | "in"
                | "is"
                | "none"
                | "contains"
                | "raw"
                | "endraw"
        ) {
            report.manifest(
                text,
                name,
                rule::NAMES,
                format!("the name `{name}` is a word of the template languages"),
                "choose another name",
            );
        }
    }
}

fn patterns(manifest: &Manifest, text: &str, report: &mut Report) {
    let conditional = manifest.conditionals.iter().flat_map(|conditional| conditional.exclude.iter().flatten());
    for pattern in manifest.exclude.iter().flatten().chain(conditional) {
        if pattern.contains("{{") || pattern.contains("{%") {
            report.manifest(
                text,
                pattern,
                rule::VERBATIM,
                format!("the pattern `{pattern}` has a tag in it, which is not rendered there"),
                "write the path before rendering, or use `*`",
            );
        }
    }
}

/// Rule 11; whether every condition can be evaluated.
fn conditions(manifest: &Manifest, text: &str, report: &mut Report) -> bool {
    let mut fine = true;
    for Conditional { expression, .. } in &manifest.conditionals {
        for name in names(expression) {
            report.used.insert(name.to_owned());
            if name == "crate_name" || manifest.question(name).is_some() {
                continue;
            }
            fine = false;
            let known = manifest.questions.iter().map(|question| question.name.as_str());
            let mend = nearest(name, known.clone())
                .map_or_else(|| format!("declared are {}", listed(known)), |near| format!("did you mean `{near}`?"));
            report.manifest(text, expression, rule::WHEN, format!("the condition `{expression}` names `{name}`, which is declared nowhere; cargo-generate takes it for false"), mend);
        }
    }
    fine
}

/// Rule 10.
fn ignored(template: &Template, text: &str, report: &mut Report) {
    let manifest = &template.manifest;
    let lists = manifest.conditionals.iter().map(|conditional| &conditional.ignore).chain([&manifest.ignore]);
    for list in lists {
        for path in list {
            if path.contains(['*', '?', '[', '!', '\\']) || path.contains("{{") {
                report.manifest(
                    text,
                    path,
                    rule::IGNORE,
                    format!("`{path}` is a pattern, and `ignore` takes paths"),
                    "name each file, or the folder that holds them all",
                );
                continue;
            }
            let plain = literal(path);
            // Notes are in no project; here they are left out by cargo-generate, too.
            let is_notes = manifest.notes.as_ref() == Some(&plain);
            if !is_notes && !template.files.keys().any(|file| file.is_within(&plain)) {
                report.manifest(
                    text,
                    path,
                    rule::IGNORE,
                    format!("there is no `{path}` to ignore"),
                    "name a path as it stands in the template",
                );
            }
        }
    }
}

/// Folders of which the `ignore` lists of some combination of answers take every file, but not the folder itself:
/// cargo-generate leaves them empty.
fn emptied(template: &Template, all: &[Lists], text: &str, report: &mut Report) {
    let mut emptied: BTreeSet<&str> = BTreeSet::new();
    for lists in all {
        let (gone, left): (Vec<&TreePath>, Vec<&TreePath>) =
            template.files.keys().partition(|path| lists.ignores(path));
        let kept: BTreeSet<&str> = left.into_iter().flat_map(TreePath::folders).collect();
        let named = |folder: &str| TreePath::parse(folder).is_ok_and(|folder| lists.ignores(&folder));
        emptied.extend(
            gone.into_iter().flat_map(TreePath::folders).filter(|folder| !kept.contains(folder) && !named(folder)),
        );
    }
    let topmost =
        emptied.iter().filter(|folder| !emptied.iter().any(|other| other != *folder && within(folder, other)));
    for folder in topmost {
        let lists = template.manifest.conditionals.iter().map(|conditional| &conditional.ignore);
        let lists = lists.chain([&template.manifest.ignore]);
        let taking: Vec<&String> =
            lists.filter_map(|list| list.iter().find(|path| within(&literal(path), folder))).collect();
        let mend = match taking.len() {
            0 | 1 => format!("name `{folder}` instead of what is in it"),
            _ => format!("ignore `{folder}` under a condition of its own, which holds when all of them do"),
        };
        report.manifest(
            text,
            taking.first().map_or(*folder, |path| path.as_str()),
            rule::IGNORE,
            format!("nothing is left in `{folder}`, and cargo-generate would make it nevertheless"),
            mend,
        );
    }
}

fn within(file: &str, folder: &str) -> bool {
    file.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What each combination of booleans and choices makes of the lists; the first error is a finding.
fn all_lists(manifest: &Manifest, text: &str, report: &mut Report) -> Option<Vec<Lists>> {
    let hooks = Hooks::new(&NoHost);
    let mut all = Vec::new();
    for variables in answers(manifest) {
        match Lists::of(manifest, &variables, Some(&hooks)) {
            Ok(lists) => all.push(lists),
            Err(error) => {
                let place =
                    manifest.conditionals.iter().find(|conditional| error.message.contains(&conditional.expression));
                let place = place.map_or("[template]", |conditional| conditional.expression.as_str());
                report.manifest(
                    text,
                    place,
                    rule::WHEN,
                    error.message,
                    "write `flag`, `!flag`, `flag && !other` or `text == \"x\"`",
                );
                return None;
            }
        }
    }
    Some(all)
}

/// Combinations of the answers that conditions name, at most a few thousand of them: of the yes-or-no questions
/// [those that stand for all](combinations), each with every choice of the others.
fn answers(manifest: &Manifest) -> Vec<Variables> {
    let named: BTreeSet<&str> =
        manifest.conditionals.iter().flat_map(|conditional| names(&conditional.expression)).collect();
    let is_bool = |question: &&Question| matches!(question.kind, QuestionKind::Bool { .. });
    let (bools, texts): (Vec<_>, Vec<_>) = manifest.questions.iter().partition(is_bool);
    let (named, others): (Vec<_>, Vec<_>) =
        bools.into_iter().partition(|question| named.contains(question.name.as_str()));
    let of = |bits: u64| {
        let mut variables = BTreeMap::from([("crate_name".to_owned(), Variable::Text("my_app".to_owned()))]);
        variables.extend(others.iter().map(|question| (question.name.clone(), Variable::Bool(false))));
        let named = named.iter().enumerate();
        variables.extend(named.map(|(at, question)| (question.name.clone(), Variable::Bool(bits >> at & 1 == 1))));
        variables
    };
    // Nobody has more yes-or-no questions than a number has bits; one who had them would have the first of them looked at.
    let mut all: Vec<Variables> = combinations(named.len().min(63), 0).into_iter().map(of).collect();
    for question in texts {
        let values = match &question.kind {
            QuestionKind::Bool { .. } => continue,
            QuestionKind::Text { choices, .. } if !choices.is_empty() => {
                choices.iter().map(|choice| Variable::Text(choice.value.clone())).collect()
            }
            QuestionKind::Text { default, .. } => vec![Variable::Text(default.clone().unwrap_or_default())],
        };
        let take = if all.len() * values.len() > 4096 { 1 } else { values.len() };
        all = values[..take]
            .iter()
            .flat_map(|value| {
                all.iter().map(|variables| {
                    let mut variables = variables.clone();
                    variables.insert(question.name.clone(), value.clone());
                    variables
                })
            })
            .collect();
    }
    all
}

/// Rule 16, the other way round: what is asked is used somewhere, be it by a hook.
pub(super) fn check_used(template: &Template, text: &str, report: &mut Report) {
    for name in &report.asked.clone() {
        let quoted = format!("\"{name}\"");
        let by_hook = template.files.iter().any(|(path, file)| {
            path.as_str().ends_with(".rhai") && String::from_utf8_lossy(&file.bytes).contains(&quoted)
        });
        if !report.used.contains(name) && !by_hook {
            report.manifest(
                text,
                name,
                rule::DECLARED,
                format!("`{name}` is asked for and used nowhere"),
                "use it, or remove the question",
            );
        }
    }
}
