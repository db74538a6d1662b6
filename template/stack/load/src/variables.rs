//! What is different for each user: names, passwords, identifiers, tokens.
//!
//! What was redacted in a recording, and what has to be unique, is made up; identifiers and tokens are looked up in the
//! pages that this user received ([`lookup`]).

mod lookup;

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::{form, html, pattern::REDACTED};

/// The pages of a user, the most recent one first.
pub(crate) type Pages<'a> = [&'a str];

/// The values of one user.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    /// Different for every user, visit and run.
    id: String,
    user: usize,
    visit: usize,
    /// `--set NAME=VALUE`.
    set: Vec<(String, String)>,
    /// Recorded token → this user's.
    tokens: HashMap<String, String>,
    /// Recorded address of e-mail → which one of this user's.
    addresses: HashMap<String, usize>,
}

impl Variables {
    /// A new visitor: the `user`th, who starts for the `visit`th time, in a run with this name.
    pub(crate) fn new(run: &str, user: usize, visit: usize, set: &[(String, String)]) -> Self {
        Self {
            id: format!("{run}-{user}-{visit}"),
            user,
            visit,
            set: set.to_vec(),
            ..Self::default()
        }
    }

    /// The same visitor in another iteration, who will receive other pages.
    pub(crate) fn forget_tokens(&mut self) {
        self.tokens.clear();
    }

    /// What goes into a field of a form that is sent to `action`.
    ///
    /// # Errors
    /// What was looked for and not found.
    pub(crate) fn field(
        &mut self,
        name: &str,
        recorded: &str,
        action: &str,
        pages: &Pages<'_>,
    ) -> Result<String, String> {
        if let Some(set) = self.set(name) {
            return Ok(set);
        }
        let hidden = pages
            .iter()
            .find_map(|page| html::hidden_field(page, name, action));
        if let Some(value) = hidden {
            return Ok(value);
        }
        if recorded == REDACTED {
            return self
                .secret(name)
                .ok_or_else(|| format!("a field `{name}` on the page"));
        }
        Ok(self.value(recorded))
    }

    /// JSON that a program sends, with this user's values in it.
    pub(crate) fn json(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::from(self.value(text)),
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Value::Object(object) => {
                let filled = object.iter().map(|(name, value)| {
                    let own = self
                        .set(name)
                        .or_else(|| self.secret(name).filter(|_| value == REDACTED));
                    let own = own.map_or_else(|| self.json(value), Value::from);
                    (name.clone(), own)
                });
                Value::Object(filled.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    /// A value that was typed. An address of e-mail becomes this user's own.
    pub(crate) fn value(&mut self, recorded: &str) -> String {
        if is_email(recorded) {
            let next = self.addresses.len();
            let address = self.addresses.entry(recorded.to_lowercase());
            return match *address.or_insert(next) {
                0 => format!("load-{}@example.com", self.id),
                number => format!("load-{}-{number}@example.com", self.id),
            };
        }
        let token = self.tokens.get(recorded).cloned();
        token.unwrap_or_else(|| recorded.to_owned())
    }

    /// The value of `--set` for a field.
    pub(crate) fn set(&self, name: &str) -> Option<String> {
        let (_, value) = self.set.iter().find(|(known, _)| known == name)?;
        Some(
            value
                .replace("{user}", &self.user.to_string())
                .replace("{round}", &self.visit.to_string()),
        )
    }

    /// A secret in the place of one that was redacted. A token cannot be made up.
    fn secret(&self, name: &str) -> Option<String> {
        let name = name.to_lowercase();
        if form::is_password(&name) || name.contains("secret") {
            // Long, with every kind of character that an application may ask for.
            Some(format!("Load-{}-Aa1!", self.id))
        } else if name.contains("card") {
            Some("4242424242424242".to_owned())
        } else if name.contains("cvc") {
            Some("123".to_owned())
        } else {
            None
        }
    }
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    let is_part = |c: char| c.is_alphanumeric() || ".-_+".contains(c);
    !name.is_empty() && host.contains('.') && name.chars().all(is_part) && host.chars().all(is_part)
}
