//! What every form needs, and its fields in short.

use maud::{Markup, html};

use super::input::Input;
use crate::models::FieldErrors;

/// What is wrong with the form as a whole, if anything is.
pub fn alert(message: Option<&str>) -> Markup {
    html! { @if let Some(message) = message { p.alert role="alert" { (message) } } }
}

/// One line to fill in.
pub struct Field<'a> {
    /// Its name in the form, and in the errors.
    pub name: &'a str,
    /// What people read.
    pub label: &'a str,
    /// `text`, `email`, `password` …
    pub kind: &'a str,
    /// What stands in it. A password never does.
    pub value: &'a str,
    /// What a password manager puts there.
    pub autocomplete: &'a str,
    /// A rule worth knowing before it is broken.
    pub hint: Option<&'a str>,
    /// Whether it may not stay empty.
    pub required: bool,
}

impl Field<'_> {
    /// The field, with its error if `errors` has one.
    pub fn render(&self, errors: &FieldErrors) -> Markup {
        let input = if self.kind == "number" {
            Input::number(self.name, self.label)
        } else {
            Input::kind(self.name, self.label, self.kind)
        };
        let input = input.value(self.value).hint(self.hint);
        let input = input.autocomplete(self.autocomplete);
        input.required(self.required).render(errors)
    }
}

/// Several lines to fill in, which may stay empty.
pub fn text_area(name: &str, label: &str, value: &str, rows: u8, errors: &FieldErrors) -> Markup {
    Input::text(name, label, rows).value(value).render(errors)
}

/// One of several to choose: (value, what people read).
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

/// A box to tick. One that is not ticked is not sent.
pub fn checkbox(name: &str, label: &str, value: &str, errors: &FieldErrors) -> Markup {
    Input::checkbox(name, label).value(value).render(errors)
}
