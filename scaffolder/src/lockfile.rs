//! `heavy.toml` in a project: where it comes from and what was answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::answers::Value;
use crate::error::{Error, Result};
pub use crate::stamp::LOCKFILE;

/// The `source` of a project from the template that is embedded in the tool.
pub const EMBEDDED: &str = "heavy";

/// What `heavy.toml` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// A path, a git URL, or [`EMBEDDED`].
    pub source: String,
    /// The branch, tag or commit that was asked for, where `source` is a repository.
    pub rev: Option<String>,
    /// The template's version, as its manifest says.
    pub version: String,
    /// The template's stamp: 64 hexadecimal digits, or nothing where none was written.
    pub stamp: String,
    /// The answers, the name among them.
    pub answers: BTreeMap<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    template: RawTemplate,
    answers: BTreeMap<String, RawValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTemplate {
    source: String,
    rev: Option<String>,
    version: String,
    stamp: String,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum RawValue {
    Bool(bool),
    Text(String),
}

const PREFACE: &str = "\
# Written by `heavy`: which template this project comes from, and what was answered.
# Commit it. `heavy` finds by it what to merge when the template moves on.

";

impl Lock {
    /// Reads `heavy.toml`.
    ///
    /// # Errors
    /// Of kind `User`: it is no TOML, or has other entries than those of [`Lock`].
    pub fn parse(text: &str) -> Result<Self> {
        let raw: Raw = toml::from_str(text).map_err(|error| {
            Error::user(format!("`{LOCKFILE}` is malformed"))
                .because(error)
                .hint(format!("take `{LOCKFILE}` from the last commit"))
        })?;
        let answers = raw.answers.into_iter().map(|(name, value)| {
            let value = match value {
                RawValue::Bool(value) => Value::Bool(value),
                RawValue::Text(value) => Value::Text(value),
            };
            (name, value)
        });
        Ok(Self {
            source: raw.template.source,
            rev: raw.template.rev,
            version: raw.template.version,
            stamp: raw.template.stamp,
            answers: answers.collect(),
        })
    }

    /// Writes `heavy.toml`.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let mut text = format!(
            "{PREFACE}[template]\nsource = {}\n{}version = {}\nstamp = {}\n\n[answers]\n",
            quoted(&self.source),
            self.rev.as_ref().map(|rev| format!("rev = {}\n", quoted(rev))).unwrap_or_default(),
            quoted(&self.version),
            quoted(&self.stamp)
        );
        for (name, value) in &self.answers {
            let value = match value {
                Value::Bool(value) => value.to_string(),
                Value::Text(value) => quoted(value),
            };
            text.push_str(&format!("{name} = {value}\n"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            source in "\\PC{0,20}", rev in proptest::option::of("\\PC{0,9}"), version in "[0-9.]{1,8}", stamp in "[0-9a-f]{0,64}",
            answers in proptest::collection::btree_map("[a-z_]{1,12}", prop_oneof![
                any::<bool>().prop_map(Value::Bool), any::<String>().prop_map(Value::Text)
            ], 0..5),
        ) {
            let lock = Lock { source, rev, version, stamp, answers };
            prop_assert_eq!(Lock::parse(&lock.to_toml()).expect("its own text"), lock);
        }
    }

    #[test]
    fn an_entry_that_nobody_knows_is_refused() {
        let error =
            Lock::parse("[template]\nsource='heavy'\nversion='1'\nstamp=''\nx=1\n[answers]").expect_err("a refusal");
        assert_eq!(error.to_string(), "`heavy.toml` is malformed");
    }
}
