//! One question of a template.

use regex::Regex;
use serde::Deserialize;

use super::malformed;
use crate::error::Result;
use crate::suggest::kebab;
use crate::value::Value;

/// The names that cargo-generate fills itself and refuses as placeholders.
pub const BUILT_IN: [&str; 8] =
    ["authors", "crate_name", "crate_type", "is_init", "os-arch", "project-name", "username", "within_cargo_project"];

/// One question of a template.
#[derive(Clone, Debug)]
pub struct Question {
    /// The placeholder that the answer fills.
    pub name: String,
    /// What is asked.
    pub prompt: String,
    /// What can be answered.
    pub kind: QuestionKind,
}

/// What can be answered to a [`Question`].
#[derive(Clone, Debug)]
pub enum QuestionKind {
    /// Yes or no: a feature.
    Bool {
        /// What holds unless it is answered.
        default: Option<bool>,
    },
    /// A text.
    Text {
        /// What holds unless it is answered.
        default: Option<String>,
        /// The texts to choose from; any text if empty.
        choices: Vec<Choice>,
        /// What the text must match.
        regex: Option<Regex>,
    },
}

/// One of several texts to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is filled in.
    pub value: String,
    /// What is shown.
    pub label: String,
}

impl Question {
    /// What holds unless it is answered.
    #[must_use]
    pub fn default_value(&self) -> Option<Value> {
        match &self.kind {
            QuestionKind::Bool { default } => default.map(Value::Bool),
            QuestionKind::Text { default, .. } => default.clone().map(Value::Text),
        }
    }

    /// The prompt without the `name: ` that it may start with.
    #[must_use]
    pub fn explanation(&self) -> &str {
        let names = [self.name.clone(), kebab(&self.name)];
        let about = names.iter().find_map(|name| self.prompt.strip_prefix(name)?.strip_prefix(": "));
        about.unwrap_or(&self.prompt)
    }
}

#[derive(Deserialize)]
struct RawQuestion {
    #[serde(rename = "type", default = "string")]
    kind: String,
    prompt: String,
    default: Option<toml::Value>,
    choices: Option<Vec<RawChoice>>,
    regex: Option<String>,
}

fn string() -> String {
    "string".to_owned()
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawChoice {
    Plain(String),
    Labelled { value: String, label: Option<String> },
}

/// Reads one entry of `[placeholders]`.
pub(super) fn question(name: String, value: toml::Value) -> Result<Question> {
    if BUILT_IN.contains(&name.as_str()) {
        return Err(malformed(format_args!("declares `{name}`, which is filled in by itself")));
    }
    let raw: RawQuestion = value
        .try_into()
        .map_err(|error: toml::de::Error| malformed(format_args!("declares `{name}` badly")).because(error))?;
    let kind = match raw.kind.as_str() {
        "bool" => bool_kind(&name, raw.default, raw.regex.is_some() || raw.choices.is_some())?,
        "string" | "text" | "editor" => text_kind(&name, raw.default, raw.choices, raw.regex)?,
        "array" => return Err(malformed(format_args!("declares `{name}` as an array, which heavy does not ask for"))),
        other => {
            return Err(malformed(format_args!("declares `{name}` with the unknown type `{other}`"))
                .hint("the types are `bool`, `string`, `text` and `editor`"));
        }
    };
    Ok(Question { name, prompt: raw.prompt, kind })
}

fn bool_kind(name: &str, default: Option<toml::Value>, constrained: bool) -> Result<QuestionKind> {
    if constrained {
        return Err(malformed(format_args!("gives choices or a pattern to `{name}`, which is a bool")));
    }
    let default = match default {
        None => None,
        Some(toml::Value::Boolean(value)) => Some(value),
        Some(_) => return Err(malformed(format_args!("gives `{name}` a default that is no bool"))),
    };
    Ok(QuestionKind::Bool { default })
}

fn text_kind(
    name: &str,
    default: Option<toml::Value>,
    choices: Option<Vec<RawChoice>>,
    regex: Option<String>,
) -> Result<QuestionKind> {
    let default = match default {
        None => None,
        Some(toml::Value::String(value)) => Some(value),
        Some(_) => return Err(malformed(format_args!("gives `{name}` a default that is no string"))),
    };
    let choices: Vec<Choice> = choices.unwrap_or_default().into_iter().map(Choice::from).collect();
    let regex = regex.map(|pattern| Regex::new(&pattern)).transpose().map_err(|error| {
        malformed(format_args!("gives `{name}` a pattern that is no regular expression")).because(error)
    })?;
    if let Some(value) = &default {
        let chosen = choices.is_empty() || choices.iter().any(|choice| choice.value == *value);
        if !chosen || regex.as_ref().is_some_and(|pattern| !pattern.is_match(value)) {
            return Err(malformed(format_args!(
                "gives `{name}` the default `{value}`, which it does not accept itself"
            )));
        }
    }
    Ok(QuestionKind::Text { default, choices, regex })
}

impl From<RawChoice> for Choice {
    fn from(raw: RawChoice) -> Self {
        match raw {
            RawChoice::Plain(value) => Self { label: value.clone(), value },
            RawChoice::Labelled { value, label } => Self { label: label.unwrap_or_else(|| value.clone()), value },
        }
    }
}
