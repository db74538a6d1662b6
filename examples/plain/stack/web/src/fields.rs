//! Validation errors of the fields of a form or a JSON body.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Why a text is not a valid value, as the end of a sentence: "must have 1 to 120 characters".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub Cow<'static, str>);

impl Invalid {
    /// An error with this message.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }

    /// The error of the field with this name.
    pub fn at(self, field: &'static str) -> FieldErrors {
        FieldErrors::one(field, self.0)
    }
}

/// A field of a form or of a JSON body, and its error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form and in the JSON body.
    pub field: Cow<'static, str>,
    /// The error, see [`Invalid`].
    pub message: Cow<'static, str>,
}

/// All invalid fields, so that a user can correct them all at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// The error of a single field.
    pub fn one(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![FieldError {
            field: field.into(),
            message: message.into(),
        }])
    }

    /// Returns the value of `result`, or adds its error to `field` and returns `None`.
    pub fn check<T>(&mut self, field: &'static str, result: Result<T, Invalid>) -> Option<T> {
        result
            .map_err(|Invalid(message)| {
                let field = field.into();
                self.0.push(FieldError { field, message });
            })
            .ok()
    }

    /// The error of `field`, if there is one.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|error| error.field == field)
            .map(|error| &*error.message)
    }

    /// Replaces the errors of `field` by those of `other`: a live form validates only the field that the user has just left,
    /// and does not show errors of fields that they have not reached.
    pub fn take(&mut self, field: &str, other: &Self) {
        self.0.retain(|error| error.field != field);
        let new = other.0.iter().filter(|error| error.field == field);
        self.0.extend(new.cloned());
    }

    /// All errors, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.0.iter()
    }

    /// True if there is no error.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
