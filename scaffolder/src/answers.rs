//! What was answered to the questions of a template, checked against it.

pub(crate) mod migrate;

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::manifest::{Manifest, Question, QuestionKind};
pub use crate::name::ProjectName;
use crate::suggest::{kebab, listed, nearest};
pub use crate::value::Value;
pub use migrate::{Migrated, migrate};

/// A name and one valid answer to every question of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// The project's name.
    pub name: ProjectName,
    values: BTreeMap<String, Value>,
}

impl Answers {
    /// Checks what was given, and fills in the template's defaults for the rest.
    ///
    /// Text `true` and `false` answers a yes-or-no question, as it does for `cargo generate -d key=true`.
    ///
    /// # Errors
    /// An answer to no question (with the nearest question's name), of the wrong type, that is no choice or that
    /// does not match; a question that has neither answer nor default (kind `Usage`, naming the flag).
    pub fn new(name: ProjectName, manifest: &Manifest, mut given: BTreeMap<String, Value>) -> Result<Self> {
        if let Some(unknown) = given.keys().find(|key| manifest.question(key).is_none()) {
            return Err(unknown_key(unknown, manifest));
        }
        let values = manifest
            .questions
            .iter()
            .map(|question| {
                let value = match given.remove(&question.name) {
                    Some(value) => accept(question, value)?,
                    None => question.default_value().ok_or_else(|| unanswered(question))?,
                };
                Ok((question.name.clone(), value))
            })
            .collect::<Result<_>>()?;
        Ok(Self { name, values })
    }

    /// Answers one question again.
    ///
    /// # Errors
    /// As [`Answers::new`], for this answer.
    pub fn set(&mut self, manifest: &Manifest, question: &str, value: Value) -> Result<()> {
        let asked = manifest.question(question).ok_or_else(|| unknown_key(question, manifest))?;
        self.values.insert(question.to_owned(), accept(asked, value)?);
        Ok(())
    }

    /// These answers, and those of `project` to further questions, with its name.
    #[must_use]
    pub fn seeing(&self, project: &Self) -> Self {
        let mut values = project.values.clone();
        values.extend(self.values.clone());
        Self { name: project.name.clone(), values }
    }

    /// The answer to a question.
    #[must_use]
    pub fn get(&self, question: &str) -> Option<&Value> {
        self.values.get(question)
    }

    /// The features that are chosen, as people write them.
    #[must_use]
    pub fn features(&self) -> Vec<String> {
        self.iter().filter(|(_, value)| **value == Value::Bool(true)).map(|(name, _)| kebab(name)).collect()
    }

    /// Every answer, in the order of the questions' names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// Checks one answer and gives it the type of its question.
///
/// # Errors
/// Of kind `User`, naming the question and what it takes.
pub fn accept(question: &Question, value: Value) -> Result<Value> {
    let name = &question.name;
    match (&question.kind, value) {
        (QuestionKind::Bool { .. }, Value::Bool(value)) => Ok(Value::Bool(value)),
        (QuestionKind::Bool { .. }, Value::Text(text)) => match text.as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(Error::user(format!("`{name}` takes `true` or `false`, not `{}`", text.escape_debug()))),
        },
        (QuestionKind::Text { choices, regex, .. }, value) => {
            let text = value.to_string();
            if !choices.is_empty() && !choices.iter().any(|choice| choice.value == text) {
                let known = choices.iter().map(|choice| choice.value.as_str());
                let error = Error::user(format!("`{}` is no choice for `{name}`", text.escape_debug()));
                return Err(match nearest(&text, known.clone()) {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error.hint(format!("the choices are {}", listed(known))),
                });
            }
            if let Some(pattern) = regex
                && !pattern.is_match(&text)
            {
                return Err(Error::user(format!("`{}` does not fit `{name}`", text.escape_debug()))
                    .hint(format!("it must match the regular expression `{}`", pattern.as_str())));
            }
            Ok(Value::Text(text))
        }
    }
}

fn unknown_key(key: &str, manifest: &Manifest) -> Error {
    let known = manifest.questions.iter().map(|question| question.name.as_str());
    let error = Error::user(format!("the template does not ask for `{}`", key.escape_debug()));
    match nearest(key, known.clone()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("it asks for {}", listed(known))),
    }
}

fn unanswered(question: &Question) -> Error {
    let name = &question.name;
    let flag = match (&question.kind, name.as_str()) {
        (_, "title") => "--title TEXT".to_owned(),
        (QuestionKind::Bool { .. }, _) => format!("--feature {}` or `-d {name}=false", kebab(name)),
        (QuestionKind::Text { choices, .. }, _) => match choices.first() {
            Some(choice) => format!("-d {name}={}", choice.value),
            None => format!("-d {name}=TEXT"),
        },
    };
    Error::usage(format!("`{name}` has no default and was not answered")).hint(format!("add `{flag}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest::parse(
            r#"
            [placeholders.title]
            prompt = "Title"
            default = ""
            [placeholders.pgvector]
            type = "bool"
            prompt = "pgvector: vectors"
            default = false
            [placeholders.db]
            prompt = "Database"
            choices = ["pg", { value = "crdb", label = "CockroachDB" }]
            default = "pg"
            [placeholders.port]
            prompt = "Port"
            regex = "^[0-9]+$"
            default = "3000"
            "#,
        )
        .expect("a good manifest")
    }

    fn answer(given: &[(&str, &str)]) -> Result<Answers> {
        let given = given.iter().map(|(key, value)| ((*key).to_owned(), Value::Text((*value).to_owned()))).collect();
        Answers::new(ProjectName::parse("my-app").expect("a good name"), &manifest(), given)
    }

    fn shown(result: Result<Answers>) -> String {
        let error = result.expect_err("a refusal");
        format!("{:?}: {}\nhint: {}", error.kind, error, error.hints.join("\nhint: "))
    }

    #[test]
    fn what_is_not_answered_takes_its_default() {
        let answers = answer(&[("pgvector", "true")]).expect("good answers");
        let values: Vec<_> = answers.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(values, ["db=pg", "pgvector=true", "port=3000", "title="]);
        assert_eq!(answers.get("pgvector"), Some(&Value::Bool(true)));
    }

    #[test]
    fn an_answer_to_no_question_suggests_the_nearest() {
        insta::assert_snapshot!(shown(answer(&[("pgvectr", "true")])), @"
        User: the template does not ask for `pgvectr`
        hint: did you mean `pgvector`?
        ");
    }

    #[test]
    fn an_answer_that_resembles_no_question_lists_them() {
        insta::assert_snapshot!(shown(answer(&[("colour", "red")])), @"
        User: the template does not ask for `colour`
        hint: it asks for `title`, `pgvector`, `db` and `port`
        ");
    }

    #[test]
    fn a_feature_is_true_or_false() {
        insta::assert_snapshot!(shown(answer(&[("pgvector", "yes")])), @"
        User: `pgvector` takes `true` or `false`, not `yes`
        hint:
        ");
    }

    #[test]
    fn a_choice_is_one_of_those_listed() {
        insta::assert_snapshot!(shown(answer(&[("db", "mysql")])), @"
        User: `mysql` is no choice for `db`
        hint: the choices are `pg` and `crdb`
        ");
    }

    #[test]
    fn a_text_matches_its_pattern() {
        insta::assert_snapshot!(shown(answer(&[("port", "http")])), @"
        User: `http` does not fit `port`
        hint: it must match the regular expression `^[0-9]+$`
        ");
    }

    #[test]
    fn a_question_without_default_names_the_flag() {
        for (kind, hint) in [
            ("[placeholders.title]\nprompt = 'Title'", "add `--title TEXT`"),
            ("[placeholders.s3]\nprompt = 's3: files'\ntype = 'bool'", "add `--feature s3` or `-d s3=false`"),
            ("[placeholders.port]\nprompt = 'Port'", "add `-d port=TEXT`"),
        ] {
            let manifest = Manifest::parse(kind).expect("a good manifest");
            let name = ProjectName::parse("my-app").expect("a good name");
            let error = Answers::new(name, &manifest, BTreeMap::new()).expect_err("a refusal");
            assert_eq!(error.kind, crate::error::Kind::Usage);
            assert_eq!(error.hints, [hint]);
        }
    }
}
