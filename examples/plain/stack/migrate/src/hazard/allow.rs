//! Which hazards a person has allowed.

use std::fmt;
use std::str::FromStr;

use super::{Hazard, Name};

/// What was allowed: `data-loss:notes.subtitle`, or `data-loss` wherever it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Whatever there is.
    pub everything: bool,
    /// One by one.
    pub some: Vec<Allowance>,
}

/// A kind of hazards, of one object or of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    name: Name,
    object: Option<String>,
}

impl Allowed {
    /// Whatever there is.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            everything: true,
            some: Vec::new(),
        }
    }

    /// Whether all of this kind are.
    pub(crate) fn covers_kind(&self, name: Name) -> bool {
        let mut some = self.some.iter();
        self.everything || some.any(|one| one.name == name && one.object.is_none())
    }

    /// Whether this one is.
    #[must_use]
    pub fn covers(&self, hazard: &Hazard) -> bool {
        self.everything || self.some.iter().any(|one| one.covers(hazard))
    }
}

impl Allowance {
    /// Whether it is meant.
    #[must_use]
    pub fn covers(&self, hazard: &Hazard) -> bool {
        let object = self.object.as_ref();
        self.name == hazard.name && object.is_none_or(|object| *object == hazard.object)
    }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = self.object.iter().map(|object| format!(":{object}"));
        write!(f, "{}{}", self.name, object.collect::<String>())
    }
}

impl FromStr for Allowance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, object) = match text.split_once(':') {
            Some((word, object)) => (word, Some(object.to_owned())),
            None => (text, None),
        };
        match Name::parse(word) {
            Some(name) => Ok(Self { name, object }),
            None => {
                let words: Vec<&str> = Name::ALL.iter().map(|one| one.word).collect();
                Err(format!(
                    "no hazard is called `{word}`; there are {}",
                    words.join(", ")
                ))
            }
        }
    }
}
