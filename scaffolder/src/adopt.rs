//! Which version of a template an existing project fits, and with which answers. Pure.
//!
//! A project that nobody wrote a `heavy.toml` for still shows where it comes from. Each candidate is rendered with the
//! answers that the project itself suggests: its name from `Cargo.toml`, a feature by the lines that it alone brings or
//! takes away, a text by what stands in the project where the template has its placeholder. The candidate whose
//! rendering is the most similar to the project is the one.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::answers::{Answers, ProjectName, Value, accept};
use crate::error::{Error, Result};
use crate::hooks::NoHost;
use crate::lockfile::LOCKFILE;
use crate::render::render;
use crate::suggest::typed;
use crate::template::{Question, QuestionKind, Template};
use crate::tree::{Tree, TreePath, same_lines};

mod lines;
mod texts;

use lines::{Evidence, similarity};

/// How similar a project has to be to a rendering to come from it: 0 is nothing in common, 1 is equal. A project of
/// another origin shares a `.gitignore` and some lines of `Cargo.toml`, which is next to nothing.
const LEAST: f64 = 0.25;

/// How often the features are judged again after one of them changed: they may share lines.
const ROUNDS: usize = 3;

/// How well a candidate fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Which of the candidates.
    pub template: usize,
    /// The answers with which its rendering fits.
    pub answers: Answers,
    /// The questions among them about which the files say nothing, in the manifest's order: they have their defaults.
    pub unanswered: Vec<String>,
    /// How many of its files the project has as they are; line endings do not count.
    pub same: usize,
    /// Those that the project has in another form.
    pub differing: Vec<TreePath>,
    /// Those that it does not have.
    pub missing: Vec<TreePath>,
}

/// Finds the candidate, and the answers, that a project fits best; of equal ones the first. `name` and `given` are not
/// judged but taken. `heavy.toml` does not count: it says what somebody wrote into it.
///
/// # Errors
/// Of kind `User`: the name is not known, or hardly anything of any candidate is in the project. Otherwise the first
/// reason for which a candidate could not be rendered, if none could.
pub fn fit(
    candidates: &[Template],
    project: &Tree,
    name: Option<&ProjectName>,
    given: &BTreeMap<String, Value>,
) -> Result<Fit> {
    let name = name.cloned().map_or_else(|| name_of(project), Ok)?;
    let mut best: Option<(f64, Fit)> = None;
    let mut problem = None;
    for (number, template) in candidates.iter().enumerate() {
        let judge = Judge { template, project, name: &name, given };
        match judge.judged().and_then(|judged| judge.fit(number, judged)) {
            Ok((score, fit)) => {
                if best.as_ref().is_none_or(|(so_far, _)| score.total_cmp(so_far) == Ordering::Greater) {
                    best = Some((score, fit));
                }
            }
            Err(error) => drop(problem.get_or_insert(error)),
        }
    }
    match (best, problem) {
        (Some((score, fit)), _) if score >= LEAST => Ok(fit),
        (Some((_, fit)), _) => Err(unlike(&fit, candidates)),
        (None, Some(error)) => Err(error),
        (None, None) => Err(Error::user("there is no version of a template to compare this project with")
            .hint("name a template: `--template SOURCE`")),
    }
}

fn unlike(fit: &Fit, candidates: &[Template]) -> Error {
    let version = candidates.get(fit.template).and_then(|template| template.manifest.version.as_deref());
    let count = fit.same + fit.differing.len() + fit.missing.len();
    Error::user("this project does not come from the template: hardly anything of it is here")
        .hint(format!(
            "version {} fits best: of its {count} files {} are the same, and {} are missing",
            version.unwrap_or("without a number"),
            fit.same,
            fit.missing.len()
        ))
        .hint(format!(
            "make a project beside it, and move what is yours there: `heavy new {}`",
            typed(new_place(fit).as_ref())
        ))
}

fn new_place(fit: &Fit) -> String {
    format!("../{}-heavy", fit.answers.name.project_name())
}

/// The name of the program that `cargo run` starts in a project, or of its package.
fn name_of(project: &Tree) -> Result<ProjectName> {
    let hint = "name it yourself: `heavy adopt -d name=NAME`";
    let cargo = project.iter().find(|(path, _)| path.as_str() == "Cargo.toml").map(|(_, file)| &file.bytes);
    let cargo =
        cargo.ok_or_else(|| Error::user("there is no `Cargo.toml` here, which would name the project").hint(hint))?;
    let manifest: toml::Table = toml::from_str(&String::from_utf8_lossy(cargo))
        .map_err(|error| Error::user("the project's `Cargo.toml` is not valid TOML").because(error).hint(hint))?;
    let entry = |key| manifest.get("package").and_then(|package| package.get(key)).and_then(toml::Value::as_str);
    let name = entry("default-run").or_else(|| entry("name"));
    let name = name.ok_or_else(|| Error::user("the project's `Cargo.toml` names no package").hint(hint))?;
    ProjectName::parse(name)
}

/// One candidate.
struct Judge<'a> {
    template: &'a Template,
    project: &'a Tree,
    name: &'a ProjectName,
    given: &'a BTreeMap<String, Value>,
}

type Values = BTreeMap<String, Value>;

/// The answers that a project suggests, and the questions about which it says nothing.
struct Judged {
    values: Values,
    unanswered: BTreeSet<String>,
}

impl Judge<'_> {
    /// The answers that the project suggests.
    fn judged(&self) -> Result<Judged> {
        let manifest = &self.template.manifest;
        // A version of the template may not ask everything that another one does.
        let given = self.given.iter().filter(|(name, _)| manifest.question(name).is_some());
        let mut values: Values = given.map(|(name, value)| (name.clone(), value.clone())).collect();
        let open: Vec<&Question> =
            manifest.questions.iter().filter(|question| !values.contains_key(&question.name)).collect();
        let mut unanswered = BTreeSet::new();
        for question in &open {
            match texts::suggested(question, self.template, self.project, self.name) {
                Some(value) => drop(values.insert(question.name.clone(), value)),
                None => drop(unanswered.insert(question.name.clone())),
            }
        }
        for question in open.iter().filter(|question| matches!(question.kind, QuestionKind::Bool { .. })) {
            values.entry(question.name.clone()).or_insert(Value::Bool(false));
        }
        for _ in 0..ROUNDS {
            let before = values.clone();
            for question in &open {
                if let Some(is_told) = self.judge(question, &mut values)? {
                    if is_told {
                        unanswered.remove(&question.name)
                    } else {
                        unanswered.insert(question.name.clone())
                    };
                }
            }
            if values == before {
                break;
            }
        }
        Ok(Judged { values, unanswered })
    }

    /// Judges one feature or choice, while the other answers stay. Returns whether the files tell; nothing of a free text.
    fn judge(&self, question: &Question, values: &mut Values) -> Result<Option<bool>> {
        let with = |value: Value| {
            let mut values = values.clone();
            values.insert(question.name.clone(), value);
            self.rendered(values)
        };
        let best =
            match &question.kind {
                QuestionKind::Bool { default } => {
                    let (off, on) = (with(Value::Bool(false))?, with(Value::Bool(true))?);
                    let verdict = Evidence::of(&on, &off, self.project).verdict();
                    let chosen = match verdict {
                        Ordering::Greater => true,
                        Ordering::Less => false,
                        Ordering::Equal => default.unwrap_or(false),
                    };
                    Some((Value::Bool(chosen), verdict != Ordering::Equal))
                }
                QuestionKind::Text { choices, .. } => {
                    let mut best: Option<(f64, Value)> = None;
                    let mut worst = f64::INFINITY;
                    for choice in choices {
                        let value = Value::Text(choice.value.clone());
                        let score = self.score(&with(value.clone())?);
                        worst = worst.min(score);
                        if best.as_ref().is_none_or(|(so_far, _)| score > *so_far) {
                            best = Some((score, value));
                        }
                    }
                    best.map(|(score, value)| {
                        if score > worst { (value, true) } else { (question.default_value().unwrap_or(value), false) }
                    })
                }
            };
        let Some((value, is_told)) = best else { return Ok(None) };
        values.insert(question.name.clone(), accept(question, value)?);
        Ok(Some(is_told))
    }

    fn answers(&self, values: Values) -> Result<Answers> {
        Answers::new(self.name.clone(), &self.template.manifest, values)
    }

    fn rendered(&self, values: Values) -> Result<Tree> {
        let mut tree = render(self.template, &self.answers(values)?, &mut NoHost)?.tree;
        tree.retain(|path, _| path.as_str() != LOCKFILE);
        Ok(tree)
    }

    /// How similar the project is to a rendering, file by file, on average.
    fn score(&self, rendered: &Tree) -> f64 {
        let each = rendered
            .iter()
            .map(|(path, file)| self.project.get(path).map_or(0.0, |found| similarity(&file.bytes, &found.bytes)));
        #[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 files")]
        let count = rendered.len().max(1) as f64;
        each.sum::<f64>() / count
    }

    fn fit(&self, number: usize, Judged { values, unanswered }: Judged) -> Result<(f64, Fit)> {
        let answers = self.answers(values.clone())?;
        let rendered = self.rendered(values)?;
        let score = self.score(&rendered);
        let questions = self.template.manifest.questions.iter().map(|question| question.name.clone());
        let unanswered = questions.filter(|name| unanswered.contains(name)).collect();
        let mut fit =
            Fit { template: number, answers, unanswered, same: 0, differing: Vec::new(), missing: Vec::new() };
        for (path, file) in rendered {
            match self.project.get(&path) {
                None => fit.missing.push(path),
                Some(found) if same_lines(&file.bytes, &found.bytes) => fit.same += 1,
                Some(_) => fit.differing.push(path),
            }
        }
        Ok((score, fit))
    }
}

/// Every path of two trees.
fn paths<'a>(one: &'a Tree, other: &'a Tree) -> BTreeSet<&'a TreePath> {
    one.keys().chain(other.keys()).collect()
}

#[cfg(test)]
mod tests;
