//! `[heavy]`: what only `heavy` reads, and `cargo generate` passes by.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ignore::gitignore::Gitignore;
use serde::Deserialize;
use toml::Table;

use super::malformed;
use super::pack::RawPack;
use super::patterns::matcher;
use crate::error::Result;
use crate::tree::TreePath;
use crate::value::Value;
use crate::version;

/// Files that are written once, when a project has none, and never again touched: migrations above all.
#[derive(Clone, Debug)]
pub struct Once {
    patterns: Vec<String>,
    matcher: Gitignore,
}

impl Default for Once {
    fn default() -> Self {
        Self { patterns: Vec::new(), matcher: Gitignore::empty() }
    }
}

impl Once {
    /// Whether the file at `path` of a project is such a file.
    #[must_use]
    pub fn matches(&self, path: &TreePath) -> bool {
        self.matcher.matched_path_or_any_parents(path.as_str(), false).is_ignore()
    }

    /// The patterns, in gitignore's syntax, as the manifest has them.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

/// What becomes of an answer that older versions of a template had: `[heavy.answers.OLD]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migration {
    /// The question that it answers now, or another old answer that has a migration itself.
    pub renamed: Option<String>,
    /// What becomes of some of its values, by the old value as text: a choice that is gone, a question of another type.
    pub values: BTreeMap<String, Value>,
    /// The answer that projects had without being asked, when there was no such question.
    pub before: Option<Before>,
}

/// What every project had before there was a question about it: a part of the template that became a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// The first version with the question.
    pub version: String,
    /// The answer of projects of older versions.
    pub value: Value,
}

impl Before {
    /// Whether a project at this version of the template was not asked yet.
    #[must_use]
    pub fn holds_for(&self, project: &str) -> bool {
        version::compare(project, &self.version) == Some(Ordering::Less)
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHeavy {
    pub(super) version: Option<String>,
    pub(super) name: Option<String>,
    subfolder: Option<String>,
    notes: Option<String>,
    #[serde(default)]
    once: Vec<String>,
    #[serde(default)]
    answers: Table,
    #[serde(default)]
    rename: RawRename,
    pub(super) pack: Option<RawPack>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawRename {
    #[serde(default)]
    outside: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMigration {
    renamed: Option<String>,
    #[serde(default)]
    values: BTreeMap<String, RawValue>,
    before: Option<RawBefore>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBefore {
    version: String,
    value: RawValue,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawValue {
    Bool(bool),
    Text(String),
}

impl From<RawValue> for Value {
    fn from(value: RawValue) -> Self {
        match value {
            RawValue::Bool(value) => Self::Bool(value),
            RawValue::Text(value) => Self::Text(value),
        }
    }
}

impl RawHeavy {
    pub(super) fn subfolder(&self) -> Option<String> {
        self.subfolder.as_deref().and_then(folder)
    }

    /// `notes`, unless it says otherwise; a template without a subfolder may have such a folder for itself, so there it is
    /// only what the manifest says.
    pub(super) fn notes(&self) -> Option<String> {
        let usual = || self.subfolder().map(|_| "notes".to_owned());
        self.notes.as_deref().and_then(folder).or_else(usual)
    }

    pub(super) fn once(&self) -> Result<Once> {
        Ok(Once { patterns: self.once.clone(), matcher: matcher(&self.once)? })
    }

    /// The migrations; none of them leads back to itself.
    pub(super) fn migrations(&self) -> Result<BTreeMap<String, Migration>> {
        let all: BTreeMap<String, Migration> =
            self.answers.iter().map(|(name, value)| migration(name, value)).collect::<Result<_>>()?;
        for start in all.keys() {
            let mut seen = vec![start.as_str()];
            let mut at = start;
            while let Some(next) = all.get(at).and_then(|migration| migration.renamed.as_ref()) {
                if seen.contains(&next.as_str()) {
                    seen.push(next);
                    return Err(malformed(format_args!("renames answers in a circle: {}", seen.join(" → ")))
                        .hint("the last of them is a question that the template asks"));
                }
                seen.push(next);
                at = next;
            }
        }
        Ok(all)
    }

    pub(super) fn outside(&self) -> Vec<String> {
        self.rename.outside.clone()
    }
}

/// A folder as it is written, without slashes around it; none if that is the root.
fn folder(written: &str) -> Option<String> {
    let name = written.trim_matches('/');
    (!name.is_empty() && name != ".").then(|| name.to_owned())
}

fn migration(name: &str, value: &toml::Value) -> Result<(String, Migration)> {
    let raw: RawMigration = value.clone().try_into().map_err(|error: toml::de::Error| {
        malformed(format_args!("has a bad `[heavy.answers.{name}]`")).because(error).hint(
            "it has `renamed = \"question\"`, `values = { \"old\" = \"new\" }` and \
                 `before = { version = \"1.2.0\", value = true }`, or one of them",
        )
    })?;
    let values = raw.values.into_iter().map(|(old, new)| (old, new.into())).collect();
    let before = raw.before.map(|before| Before { version: before.version, value: before.value.into() });
    Ok((name.to_owned(), Migration { renamed: raw.renamed, values, before }))
}

#[cfg(test)]
mod tests {
    use crate::manifest::Manifest;
    use crate::tree::TreePath;

    #[test]
    fn once_files_are_named_by_gitignore_patterns() {
        let text = "[heavy]\nonce = ['/migrations/', '/schema/**/migrations/', '*.seed', '!keep.seed']";
        let manifest = Manifest::parse(text).expect("a good manifest");
        let is_once = |path: &str| manifest.is_once(&TreePath::parse(path).expect("a path"));
        for path in ["migrations/0001.sql", "migrations/a/b", "schema/vector/migrations/1.sql", "x/y.seed"] {
            assert!(is_once(path), "{path}");
        }
        for path in ["src/migrations/mod.rs", "schema/010_users.sql", "keep.seed", "migrations"] {
            assert!(!is_once(path), "{path}");
        }
        assert!(!Manifest::default().is_once(&TreePath::parse("migrations/0001.sql").expect("a path")));
    }

    #[test]
    fn what_only_heavy_reads_is_checked_like_the_rest() {
        let texts = [
            "[heavy]\nonce = ['a{b']",
            "[heavy.answers]\na = 'b'",
            "[heavy.answers.a]\nrenamd = 'b'",
            "[heavy.answers.a]\nvalues = { x = 1 }",
            "[heavy.answers.a]\nrenamed = 'a'",
            "[heavy.answers.a]\nrenamed = 'b'\n[heavy.answers.b]\nrenamed = 'c'\n[heavy.answers.c]\nrenamed = 'a'",
            "[placeholders.a]\nprompt = ''\n[placeholders.b]\nprompt = ''\n[heavy.answers.a]\nrenamed = 'b'",
            "[heavy.rename]\noutsid = []",
        ];
        let messages = texts.iter().map(|text| {
            let error = Manifest::parse(text).expect_err(text);
            let detail = error
                .causes
                .iter()
                .flat_map(|cause| cause.lines().last())
                .chain(error.hints.iter().map(String::as_str));
            format!("{error}{}", detail.map(|line| format!("\n    {line}")).collect::<String>())
        });
        insta::assert_snapshot!(messages.collect::<Vec<_>>().join("\n"), @r#"
        `cargo-generate.toml` has the pattern `a{b`, which cannot be read
            error parsing glob 'a{b': unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
        `cargo-generate.toml` has a bad `[heavy.answers.a]`
            invalid type: string "b", expected struct RawMigration
            it has `renamed = "question"`, `values = { "old" = "new" }` and `before = { version = "1.2.0", value = true }`, or one of them
        `cargo-generate.toml` has a bad `[heavy.answers.a]`
            unknown field `renamd`, expected one of `renamed`, `values`, `before`
            it has `renamed = "question"`, `values = { "old" = "new" }` and `before = { version = "1.2.0", value = true }`, or one of them
        `cargo-generate.toml` has a bad `[heavy.answers.a]`
            in `values.x`
            it has `renamed = "question"`, `values = { "old" = "new" }` and `before = { version = "1.2.0", value = true }`, or one of them
        `cargo-generate.toml` renames answers in a circle: a → a
            the last of them is a question that the template asks
        `cargo-generate.toml` renames answers in a circle: a → b → c → a
            the last of them is a question that the template asks
        `cargo-generate.toml` asks for `a`, and renames old answers to it
            give the question another name, or take `renamed` from `[heavy.answers.a]`
        `cargo-generate.toml` is malformed
            unknown field `outsid`, expected `outside`
        "#);
    }
}
