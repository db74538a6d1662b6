//! `cargo-generate.toml`: what a template asks, and which files go where.

mod combinations;
mod own;
pub(crate) mod pack;
pub(crate) mod patterns;
mod question;

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Table;

use crate::error::{Error, Result};
use crate::tree::{Tree, TreePath};
pub use combinations::{combinations, covering};
pub use own::{Before, Migration, Once};
pub use pack::{Dependency, Insertion, PackManifest, Place};
pub use question::{BUILT_IN, Choice, Question, QuestionKind};

/// The manifest's file name, in the place where `cargo generate` looks for it.
pub const MANIFEST: &str = "cargo-generate.toml";

/// A template's manifest, as far as it changes what is rendered.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    /// `[heavy] version`: the template's version.
    pub version: Option<String>,
    /// `[heavy] subfolder`: where the project tree stands, `/` between the parts.
    pub subfolder: Option<String>,
    /// `[heavy] notes`: the folder beside the manifest with the notes of each version.
    pub notes: Option<String>,
    /// `[heavy] once`: files of the project that are written once and never again touched.
    pub once: Once,
    /// `[heavy.answers]`: what becomes of answers that older versions had, by their old names.
    pub migrations: BTreeMap<String, Migration>,
    /// `[heavy.rename] outside`: what carries the project's name outside of it, one sentence each, with placeholders.
    pub outside: Vec<String>,
    /// What is asked, in the manifest's order.
    pub questions: Vec<Question>,
    /// Files that are copied verbatim (gitignore patterns).
    pub exclude: Option<Vec<String>>,
    /// The only files that are rendered (gitignore patterns); switches `exclude` off.
    pub include: Option<Vec<String>>,
    /// Paths that are left out.
    pub ignore: Vec<String>,
    /// The three lists above, for some answers only.
    pub conditionals: Vec<Conditional>,
    /// Scripts around rendering, relative to the project tree.
    pub hooks: HookPaths,
    /// Whether cargo-generate formats what it renders; it does unless this is `false`.
    pub fmt: Option<bool>,
    /// `[heavy] name`: what packs call the template that they are made for.
    pub name: Option<String>,
    /// `[heavy.pack]`: what makes it a pack.
    pub pack: Option<PackManifest>,
    /// Whether the manifest has `sub_templates`, which makes cargo-generate ask.
    pub sub_templates: bool,
}

/// Lists that hold when an expression is true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditional {
    /// The expression, in Rhai: `!pgvector`.
    pub expression: String,
    /// Adds to [`Manifest::ignore`].
    pub ignore: Vec<String>,
    /// Adds to [`Manifest::exclude`].
    pub exclude: Option<Vec<String>>,
    /// Adds to [`Manifest::include`].
    pub include: Option<Vec<String>>,
}

/// Paths of hook scripts, by the moment when they run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct HookPaths {
    /// Before anything is asked.
    #[serde(default)]
    pub init: Vec<String>,
    /// Before files are rendered.
    #[serde(default)]
    pub pre: Vec<String>,
    /// After that.
    #[serde(default)]
    pub post: Vec<String>,
}

impl HookPaths {
    /// Every script, whenever it runs.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.init.iter().chain(&self.pre).chain(&self.post).map(String::as_str)
    }
}

/// A boolean question as people choose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature<'a> {
    /// The placeholder; people may write it with hyphens.
    pub name: &'a str,
    /// One line that explains it.
    pub about: &'a str,
    /// Whether it is chosen unless somebody says otherwise.
    pub default: bool,
}

#[derive(Deserialize, Default)]
struct Raw {
    #[serde(default)]
    template: RawTemplate,
    #[serde(default)]
    placeholders: Table,
    #[serde(default)]
    hooks: HookPaths,
    #[serde(default)]
    conditional: Table,
    #[serde(default)]
    heavy: own::RawHeavy,
}

#[derive(Deserialize, Default)]
struct RawTemplate {
    exclude: Option<Vec<String>>,
    include: Option<Vec<String>>,
    #[serde(default)]
    ignore: Vec<String>,
    fmt: Option<bool>,
    init: Option<bool>,
    sub_templates: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RawConditional {
    #[serde(default)]
    ignore: Vec<String>,
    exclude: Option<Vec<String>>,
    include: Option<Vec<String>>,
    placeholders: Option<Table>,
}

impl Manifest {
    /// Reads the manifest at the root of a template's tree.
    ///
    /// # Errors
    /// There is none, or see [`Manifest::parse`].
    pub fn of(root: &Tree) -> Result<Self> {
        let file = root
            .iter()
            .find_map(|(path, file)| (path.as_str() == MANIFEST).then_some(file))
            .ok_or_else(|| Error::template(format!("there is no `{MANIFEST}` at the root of the template")))?;
        let text = std::str::from_utf8(&file.bytes)
            .map_err(|error| Error::template(format!("`{MANIFEST}` is not text")).because(error))?;
        Self::parse(text)
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// Of kind `Template`: what is no TOML, a placeholder that cargo-generate would refuse, and what `heavy` does
    /// not do (placeholders of type `array`, placeholders under a condition, `init = true`, the hook `fmt`).
    pub fn parse(text: &str) -> Result<Self> {
        let raw: Raw = toml::from_str(text).map_err(|error| malformed("is malformed").because(error))?;
        if raw.template.init == Some(true) {
            return Err(malformed("sets `init`, which renders into the folder where one stands"));
        }
        if raw.hooks.all().any(|hook| hook == "fmt") {
            return Err(malformed("has the hook `fmt`, which only cargo-generate runs")
                .hint("format the template's files once, and set `fmt = false`"));
        }
        let questions: Vec<Question> =
            raw.placeholders.into_iter().map(|(name, value)| question::question(name, value)).collect::<Result<_>>()?;
        let migrations = raw.heavy.migrations()?;
        let moved_on = |name: &str| migrations.get(name).is_some_and(|migration| migration.renamed.is_some());
        if let Some(question) = questions.iter().find(|question| moved_on(&question.name)) {
            let name = &question.name;
            return Err(malformed(format_args!("asks for `{name}`, and renames old answers to it"))
                .hint(format!("give the question another name, or take `renamed` from `[heavy.answers.{name}]`")));
        }
        Ok(Self {
            subfolder: raw.heavy.subfolder(),
            notes: raw.heavy.notes(),
            once: raw.heavy.once()?,
            migrations,
            outside: raw.heavy.outside(),
            version: raw.heavy.version,
            name: raw.heavy.name,
            pack: raw.heavy.pack.map(pack::RawPack::read).transpose()?,
            questions,
            exclude: raw.template.exclude,
            include: raw.template.include,
            ignore: raw.template.ignore,
            conditionals: raw
                .conditional
                .into_iter()
                .map(|(expression, value)| conditional(expression, value))
                .collect::<Result<_>>()?,
            hooks: raw.hooks,
            fmt: raw.template.fmt,
            sub_templates: raw.template.sub_templates.is_some(),
        })
    }

    /// The question that fills this placeholder.
    #[must_use]
    pub fn question(&self, name: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.name == name)
    }

    /// Whether the file at `path` of a project is written once and never again touched.
    #[must_use]
    pub fn is_once(&self, path: &TreePath) -> bool {
        self.once.matches(path)
    }

    /// The feature that somebody calls so: `browser-tests` and `browser_tests` are the same.
    #[must_use]
    pub fn feature(&self, typed: &str) -> Option<Feature<'_>> {
        let name = typed.replace('-', "_");
        self.features().into_iter().find(|feature| feature.name == name)
    }

    /// The boolean questions, in the manifest's order, each with one line of explanation: its prompt, without
    /// the `name: ` that it may start with.
    #[must_use]
    pub fn features(&self) -> Vec<Feature<'_>> {
        self.questions
            .iter()
            .filter_map(|question| match question.kind {
                QuestionKind::Bool { default } => Some(Feature {
                    name: &question.name,
                    about: question.explanation(),
                    default: default.unwrap_or(false),
                }),
                QuestionKind::Text { .. } => None,
            })
            .collect()
    }
}

fn malformed(problem: impl std::fmt::Display) -> Error {
    Error::template(format!("`{MANIFEST}` {problem}"))
}

fn conditional(expression: String, value: toml::Value) -> Result<Conditional> {
    let raw: RawConditional = value.try_into().map_err(|error: toml::de::Error| {
        malformed(format_args!("has a bad `[conditional.'{expression}']`")).because(error)
    })?;
    if raw.placeholders.is_some() {
        return Err(malformed(format_args!("asks questions under the condition `{expression}`"))
            .hint("declare them under `[placeholders]`"));
    }
    Ok(Conditional { expression, ignore: raw.ignore, exclude: raw.exclude, include: raw.include })
}

#[cfg(test)]
mod tests;
