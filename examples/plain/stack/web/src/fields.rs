//! What is wrong with a value, in words for the person who typed it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Why a text is not a valid value, as the end of a sentence: "must have 1 to 120 characters".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub Cow<'static, str>);

impl Invalid {
    /// Says `message`.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }
}

/// One field of a form or of a JSON body, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form and in the JSON body.
    pub field: Cow<'static, str>,
    /// What is wrong, see [`Invalid`].
    pub message: Cow<'static, str>,
}

/// Every field that is wrong, so that a person can mend them all at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// One field, one complaint.
    pub fn one(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![FieldError {
            field: field.into(),
            message: message.into(),
        }])
    }

    /// Takes the value out of `result`, or notes the error under `field` and gives `None`.
    pub fn check<T>(&mut self, field: &'static str, result: Result<T, Invalid>) -> Option<T> {
        result
            .map_err(|Invalid(message)| {
                let field = field.into();
                self.0.push(FieldError { field, message });
            })
            .ok()
    }

    /// What is wrong with `field`, if anything is.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|error| error.field == field)
            .map(|error| &*error.message)
    }

    /// Takes over what `other` says of `field`, and forgets what was said of it: a live form checks the field that
    /// somebody has just left, and does not complain of those that they have not come to.
    pub fn take(&mut self, field: &str, other: &Self) {
        self.0.retain(|error| error.field != field);
        let new = other.0.iter().filter(|error| error.field == field);
        self.0.extend(new.cloned());
    }

    /// All of them, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }

    /// True if nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
