//! Form fields: a control with its label, hint and error.

use maud::{Markup, Render, html};

use crate::models::FieldErrors;

/// The label, hint and error of a control, linked to it for screen readers.
#[derive(Clone, Copy)]
pub struct FormField<'a> {
    /// The name of the control in the form and in the errors, and its id.
    pub name: &'a str,
    /// The label.
    pub label: &'a str,
    /// A hint, shown unless there is an error.
    pub hint: Option<&'a str>,
    /// The error.
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

    /// The value of the control's `aria-invalid`.
    pub fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    /// The value of the control's `aria-describedby`: the id of the error, or of the hint.
    pub fn described_by(&self) -> Option<String> {
        let error = self.error.map(|_| format!("{}-error", self.name));
        error.or(self.hint.map(|_| format!("{}-hint", self.name)))
    }

    /// The label with the control below it.
    pub fn stacked(&self, control: impl Render) -> Markup {
        html! {
            div.field {
                label for=(self.name) { (self.label) }
                (control)
                (self.message())
            }
        }
    }

    /// The control with the label on its right.
    pub fn inline(&self, control: impl Render) -> Markup {
        html! {
            div.field.tick {
                label { (control) " " (self.label) }
                (self.message())
            }
        }
    }

    /// The error, or the hint.
    fn message(&self) -> Markup {
        html! {
            @if let Some(error) = self.error {
                p.field-error #{ (self.name) "-error" } { "This " (error) "." }
            } @else if let Some(hint) = self.hint {
                p.hint #{ (self.name) "-hint" } { (hint) }
            }
        }
    }
}
