//! Settings: environment variables, read once and typed from then on.
//!
//! [`Reader`] reads them one by one and remembers what was wrong, so that everything can be mended at once. Which
//! variables there are is the application's to say.

use std::{
    fmt::{self, Display},
    ops::RangeInclusive,
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use crate::sealed::Keys;

/// Where the application runs, which decides the defaults and how careful it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// On somebody's desk: a database of its own, cookies without TLS, logs to read.
    Development,
    /// For everybody: cookies only over TLS, JSON logs, nothing guessed.
    Production,
}

impl Environment {
    /// What `APP_ENV` is if nobody says it. A release build is meant for production, unless it is told otherwise: a
    /// forgotten variable must not make it careless.
    pub const DEFAULT: &str = if cfg!(debug_assertions) {
        "development"
    } else {
        "production"
    };

    /// True in production.
    pub fn is_production(self) -> bool {
        self == Self::Production
    }
}

/// A text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text`.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What is wrong with the settings: one line each, so that all can be mended at once.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingsError(Vec<String>);

impl Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "error: {problem}")?;
        }
        f.write_str("hint: `.env.example` describes every variable")
    }
}

impl std::error::Error for SettingsError {}

/// Puts the variables of a file `.env`, in the current directory or above, into the environment of this process; what
/// is there already wins. Only in development: a production machine is configured by its environment alone. Has to come
/// before there is a second thread.
///
/// # Errors
/// If there is such a file that cannot be read.
pub fn load_dotenv() -> Result<(), SettingsError> {
    let environment = std::env::var("APP_ENV").unwrap_or(Environment::DEFAULT.to_owned());
    if environment == "production" {
        return Ok(());
    }
    match dotenvy::dotenv() {
        Err(error) if !error.not_found() => Err(SettingsError(vec![format!("`.env`: {error}")])),
        _ => Ok(()),
    }
}

/// Reads variables. What is wrong is remembered and the default taken, so that one look finds every mistake;
/// [`finish`](Self::finish) gives the result only if there was none.
pub struct Reader<L> {
    lookup: L,
    problems: Vec<String>,
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    /// Reads what `lookup` knows. An empty variable counts as missing.
    pub fn new(lookup: L) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    /// Any text.
    pub fn text(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.trim().is_empty())
    }

    /// A value in the form of its type; `what` names that form in the error.
    pub fn parse<T: FromStr>(&mut self, name: &str, default: T, what: &str) -> T {
        self.optional(name, what).unwrap_or(default)
    }

    /// A number within `range`.
    pub fn number<T>(&mut self, name: &str, default: T, range: RangeInclusive<T>) -> T
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
    pub fn optional<T: FromStr>(&mut self, name: &str, what: &str) -> Option<T> {
        let text = self.text(name)?;
        let value = text.trim().parse().ok();
        if value.is_none() {
            self.problems
                .push(format!("`{name}` must be {what}, not `{text}`"));
        }
        value
    }

    /// Whole seconds, from 1 to an hour.
    pub fn seconds(&mut self, name: &str, default: u64) -> Duration {
        Duration::from_secs(self.number(name, default, 1..=3600))
    }

    /// A time in seconds up to a day, where zero is none.
    pub fn seconds_or_none(&mut self, name: &str, default: u64) -> Duration {
        Duration::from_secs(self.number(name, default, 0..=86_400))
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, name: &str, default: &str, words: &[(&str, T)]) -> T {
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
    pub fn url(&mut self, name: &str, schemes: &[&str]) -> Option<Secret> {
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
        Some(Secret(url))
    }

    /// A value that `parse` reads, if there is one. The error says what is wrong without repeating the value, which may be
    /// secret.
    pub fn secret<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(name)?;
        parse(text.trim())
            .map_err(|error| self.problems.push(format!("`{name}` {error}")))
            .ok()
    }

    /// Keys, see [`Keys::parse`]; the error does not repeat them. In production there is no default, and the one of
    /// development is refused.
    pub fn keys(&mut self, name: &str, production: bool) -> Keys {
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

    /// Remembers that `name` is missing, and `why` it is needed.
    pub fn missing(&mut self, name: &str, why: &str) {
        self.problems.push(format!("`{name}` is missing: {why}"));
    }

    /// The settings, if nothing was wrong with them.
    ///
    /// # Errors
    /// Everything that is wrong or missing, each by its name.
    pub fn finish<T>(self, value: T) -> Result<T, SettingsError> {
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(SettingsError(self.problems))
        }
    }
}

/// The folder of the project when cargo runs the program, whatever the current directory; else that directory.
pub fn project_dir() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from)
}
