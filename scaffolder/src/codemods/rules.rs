//! What a version changed, as data.
//!
//! ```toml
//! [[path]]                       # a function, type, constant, variant or module, and all that is below it
//! from = "stack_web::edge::complain"
//! to = "stack_web::middleware::report"
//!
//! [[method]]                     # of a type, or of a trait
//! type = "app::components::field::Field"
//! from = "around"
//! to = "stacked"
//!
//! [[call]]                       # other arguments; as many as before would be rewritten each time
//! path = "app::mails::send"
//! from = ["to", "text"]
//! to = "$to, None, $text"
//!
//! [[removed]]
//! path = "app::http::csrf"
//! instead = "a layer refuses cross-site requests: leave it out"
//! ```
//!
//! Paths start with the name of a crate, never with `crate`.

use serde::Deserialize;

use crate::error::{Error, Result};

/// The rewrites of one version.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codemods {
    /// The version that brings them.
    #[serde(skip)]
    pub version: String,
    #[serde(default, rename = "path")]
    pub(super) paths: Vec<PathRule>,
    #[serde(default, rename = "method")]
    pub(super) methods: Vec<MethodRule>,
    #[serde(default, rename = "call")]
    pub(super) calls: Vec<CallRule>,
    #[serde(default)]
    pub(super) removed: Vec<RemovedRule>,
}

/// The segments of a path, the crate's name first.
pub(super) type Segments = Vec<String>;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PathRule {
    #[serde(deserialize_with = "segments")]
    pub(super) from: Segments,
    #[serde(deserialize_with = "segments")]
    pub(super) to: Segments,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MethodRule {
    #[serde(deserialize_with = "segments", rename = "type")]
    pub(super) owner: Segments,
    pub(super) from: String,
    pub(super) to: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallRule {
    #[serde(deserialize_with = "segments")]
    pub(super) path: Segments,
    /// The names of the arguments as they were.
    pub(super) from: Vec<String>,
    /// The arguments now, `$name` for each that is kept.
    pub(super) to: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemovedRule {
    #[serde(deserialize_with = "segments")]
    pub(super) path: Segments,
    pub(super) instead: String,
}

fn segments<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Segments, D::Error> {
    let text = String::deserialize(deserializer)?;
    let segments: Segments = text.split("::").map(str::to_owned).collect();
    let is_name = |name: &String| is_identifier(name) && !["crate", "self", "super", "Self"].contains(&name.as_str());
    if segments.iter().all(is_name) {
        return Ok(segments);
    }
    Err(serde::de::Error::custom(format!("`{text}` is no path that starts with the name of a crate")))
}

fn is_identifier(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

impl Codemods {
    /// Reads the rewrites of a version.
    ///
    /// # Errors
    /// Of kind `Template`: no TOML, no path, or rules of which one would rewrite what another, or itself, has written.
    pub fn parse(version: &str, text: &str) -> Result<Self> {
        let malformed = |problem: String| Error::template(format!("the codemods of version {version} {problem}"));
        let mut all: Self =
            toml::from_str(text).map_err(|error| malformed("cannot be read".to_owned()).because(error))?;
        all.version = version.to_owned();
        for MethodRule { owner, from, to } in &all.methods {
            if !is_identifier(from) || !is_identifier(to) || from == to {
                return Err(malformed(format!("rename the method `{from}` to `{to}`, and cannot")));
            }
            // `Field::around(&field, …)` is a path.
            let below = |name: &String| [owner.clone(), vec![name.clone()]].concat();
            all.paths.push(PathRule { from: below(from), to: below(to) });
        }
        for PathRule { to, .. } in &all.paths {
            if let Some(next) = all.paths.iter().find(|next| to.starts_with(&next.from)) {
                let (to, from) = (to.join("::"), next.from.join("::"));
                return Err(malformed(format!("rewrite to `{to}`, and rewrite `{from}` themselves"))
                    .hint("one rule for each name: from the oldest to the newest"));
            }
        }
        for CallRule { path, from, to } in &all.calls {
            let shown = path.join("::");
            let arguments = super::tokens::arguments(to)
                .ok_or_else(|| malformed(format!("give `{shown}` arguments that are no Rust")))?;
            if arguments == from.len() {
                return Err(malformed(format!("give `{shown}` as many arguments as before")).hint(
                    "a second run could not tell old calls from new ones: change the name as well, or write a note",
                ));
            }
            if let Some(name) = super::tokens::placeholders(to).iter().find(|name| !from.contains(*name)) {
                return Err(malformed(format!("use `${name}`, which `from` does not name")));
            }
        }
        Ok(all)
    }

    /// The longest rule that a path is below of, how many of its segments that replaces, and the path now.
    pub(super) fn renamed(&self, path: &[String]) -> Option<(&PathRule, Segments)> {
        let rules = self.paths.iter().filter(|rule| path.starts_with(&rule.from));
        let rule = rules.max_by_key(|rule| rule.from.len())?;
        Some((rule, [&rule.to, &path[rule.from.len()..]].concat()))
    }

    pub(super) fn removed(&self, path: &[String]) -> Option<&RemovedRule> {
        self.removed.iter().filter(|rule| path.starts_with(&rule.path)).max_by_key(|rule| rule.path.len())
    }

    /// Whether any of it can matter to a text: the last words of what is rewritten are in it.
    pub(super) fn may_concern(&self, text: &str) -> bool {
        let last = |path: &Segments| path.last().is_some_and(|name| text.contains(name.as_str()));
        self.paths.iter().any(|rule| last(&rule.from))
            || self.methods.iter().any(|rule| text.contains(&rule.from))
            || self.calls.iter().any(|rule| last(&rule.path))
            || self.removed.iter().any(|rule| last(&rule.path))
    }
}
