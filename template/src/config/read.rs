//! Reads variables one by one and remembers what was wrong with them.

use std::{fmt::Display, ops::RangeInclusive, path::PathBuf, str::FromStr, time::Duration};

use stack_web::sealed::Keys;

use super::ConfigError;

/// Reads variables. What is wrong is remembered and the default taken, so that one look finds every mistake;
/// [`finish`](Self::finish) gives the result only if there was none.
pub(super) struct Reader<L> {
    lookup: L,
    problems: Vec<String>,
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    pub(super) fn new(lookup: L) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    /// Any text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.trim().is_empty())
    }

    /// A value in the form of its type; `what` names that form in the error.
    pub(super) fn parse<T: FromStr>(&mut self, name: &str, default: T, what: &str) -> T {
        let Some(text) = self.text(name) else {
            return default;
        };
        text.trim().parse().unwrap_or_else(|_| {
            self.problems
                .push(format!("`{name}` must be {what}, not `{text}`"));
            default
        })
    }

    /// A number within `range`.
    pub(super) fn number<T>(&mut self, name: &str, default: T, range: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let Some(text) = self.text(name) else {
            return default;
        };
        match text.trim().parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (least, most) = range.into_inner();
                let problem =
                    format!("`{name}` must be a number from {least} to {most}, not `{text}`");
                self.problems.push(problem);
                default
            }
        }
    }

    /// A value in the form of its type, if there is one.
    pub(super) fn optional<T: FromStr>(&mut self, name: &str, what: &str) -> Option<T> {
        let text = self.text(name)?;
        let value = text.trim().parse().ok();
        if value.is_none() {
            self.problems
                .push(format!("`{name}` must be {what}, not `{text}`"));
        }
        value
    }

    /// A file, if one is named.
    pub(super) fn path(&mut self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    /// Whole seconds, from 1 to an hour.
    pub(super) fn seconds(&mut self, name: &str, default: u64) -> Duration {
        Duration::from_secs(self.number(name, default, 1..=3600))
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, default: &str, words: &[(&str, T)]) -> T {
        let text = self.text(name);
        let wanted = text.as_deref().map_or(default, str::trim);
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == wanted) {
            return *value;
        }
        let list: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        self.problems.push(format!(
            "`{name}` must be {}, not `{wanted}`",
            list.join(" or ")
        ));
        words
            .iter()
            .find(|(word, _)| *word == default)
            .unwrap_or(&words[0])
            .1
    }

    /// A URL with one of the `schemes`. It may hold a password, so the error does not repeat it.
    pub(super) fn url(&mut self, name: &str, schemes: &[&str]) -> Option<String> {
        let url = self.text(name)?;
        let known = url
            .split_once("://")
            .is_some_and(|(scheme, _)| schemes.contains(&scheme));
        if !known {
            let problem = format!(
                "`{name}` must be a URL that starts with `{}://`",
                schemes[0]
            );
            self.problems.push(problem);
        }
        Some(url)
    }

    /// Keys, see [`Keys::parse`]; the error does not repeat them. In production there is no default, and the one of
    /// development is refused.
    pub(super) fn keys(&mut self, name: &str, production: bool) -> Keys {
        const MAKE: &str = "make one: echo \"key-1:$(openssl rand -base64 32)\"";
        let text = self.text(name);
        if production && text.is_none() {
            self.missing(name, &format!("production needs a key of its own; {MAKE}"));
        }
        let keys = Keys::parse(text.as_deref().unwrap_or(Keys::DEVELOPMENT));
        if production && text.is_some() && keys.as_ref().is_ok_and(Keys::has_development) {
            let problem = format!("`{name}` must not have the key of development; {MAKE}");
            self.problems.push(problem);
        }
        keys.unwrap_or_else(|error| {
            self.problems.push(format!("`{name}` {error}"));
            Keys::development()
        })
    }

    /// Remembers that `name` is wrong, without its value; `what` names the right form.
    pub(super) fn wrong(&mut self, name: &str, what: &str) {
        self.problems.push(format!("`{name}` must be {what}"));
    }

    /// Remembers that `name` is missing, and `why` it is needed.
    pub(super) fn missing(&mut self, name: &str, why: &str) {
        self.problems.push(format!("`{name}` is missing: {why}"));
    }

    pub(super) fn finish<T>(self, value: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(ConfigError(self.problems))
        }
    }
}

/// The folder of the project when cargo runs the program, whatever the current directory; else that directory.
pub(super) fn project_dir() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from)
}
