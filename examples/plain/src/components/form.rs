//! Shorthands for the alert and the fields of a form.

use maud::{Markup, html};

use super::input::Input;
use crate::models::FieldErrors;

/// An error of the form as a whole, if there is one.
pub fn alert(message: Option<&str>) -> Markup {
    html! { @if let Some(message) = message { p.alert role="alert" { (message) } } }
}

/// A single-line input.
pub struct Field<'a> {
    /// The name in the form and in the errors.
    pub name: &'a str,
    /// The label.
    pub label: &'a str,
    /// The type: `text`, `email`, `password` …
    pub kind: &'a str,
    /// The value. It is ignored for a password.
    pub value: &'a str,
    /// The `autocomplete` attribute, for browsers and password managers.
    pub autocomplete: &'a str,
    /// A hint, shown unless there is an error.
    pub hint: Option<&'a str>,
    /// Whether a value is required.
    pub required: bool,
}

impl<'a> Field<'a> {
    /// The field `password` for a new one, see [`Password`](crate::models::Password).
    pub fn new_password(label: &'a str) -> Self {
        Self {
            name: "password",
            label,
            kind: "password",
            value: "",
            autocomplete: "new-password",
            hint: Some("At least 10 characters."),
            required: true,
        }
    }

    /// The field, with its error if `errors` has one.
    pub fn render(&self, errors: &FieldErrors) -> Markup {
        let input = if self.kind == "number" {
            Input::number(self.name, self.label)
        } else {
            Input::with_type(self.name, self.label, self.kind)
        };
        let input = input.value(self.value).hint(self.hint);
        let input = input.autocomplete(self.autocomplete);
        input.required(self.required).render(errors)
    }
}

/// An optional multi-line input.
pub fn text_area(name: &str, label: &str, value: &str, rows: u8, errors: &FieldErrors) -> Markup {
    Input::text(name, label, rows).value(value).render(errors)
}

/// A choice of several options: (value, label).
pub fn select(
    name: &str,
    label: &str,
    value: &str,
    choices: &[(&str, &str)],
    errors: &FieldErrors,
) -> Markup {
    let input = Input::select(name, label, choices);
    input.value(value).render(errors)
}

/// A checkbox. The form does not send one that is not checked.
pub fn checkbox(name: &str, label: &str, value: &str, errors: &FieldErrors) -> Markup {
    Input::checkbox(name, label).value(value).render(errors)
}
