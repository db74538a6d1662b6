//! What stands around a control: its label, a rule worth knowing, what is wrong.

use maud::{Markup, Render, html};

use crate::models::FieldErrors;

/// A control of a form, named for people who see it and for those who hear it.
#[derive(Clone, Copy)]
pub struct FormField<'a> {
    /// The control's name in the form and in the errors, and its id.
    pub name: &'a str,
    /// What people read.
    pub label: &'a str,
    /// A rule worth knowing before it is broken.
    pub hint: Option<&'a str>,
    /// What is wrong.
    pub error: Option<&'a str>,
}

impl<'a> FormField<'a> {
    /// The field `name`, with its error if `errors` has one.
    pub fn new(
        name: &'a str,
        label: &'a str,
        hint: Option<&'a str>,
        errors: &'a FieldErrors,
    ) -> Self {
        let error = errors.of(name);
        Self {
            name,
            label,
            hint,
            error,
        }
    }

    /// For the control's `aria-invalid`.
    pub fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    /// For the control's `aria-describedby`. An error says more than the hint, so it stands in its place.
    pub fn described_by(&self) -> Option<String> {
        let error = self.error.map(|_| format!("{}-error", self.name));
        error.or(self.hint.map(|_| format!("{}-hint", self.name)))
    }

    /// The label, and the control below it.
    pub fn around(&self, control: impl Render) -> Markup {
        html! {
            div.field {
                label for=(self.name) { (self.label) }
                (control)
                (self.note())
            }
        }
    }

    /// The control, and the label behind it.
    pub fn beside(&self, control: impl Render) -> Markup {
        html! {
            div.field.tick {
                label { (control) " " (self.label) }
                (self.note())
            }
        }
    }

    fn note(&self) -> Markup {
        html! {
            @if let Some(error) = self.error {
                p.field-error #{ (self.name) "-error" } { "This " (error) "." }
            } @else if let Some(hint) = self.hint {
                p.hint #{ (self.name) "-hint" } { (hint) }
            }
        }
    }
}
