//! Form controls, each in its [`FormField`].

use maud::{Markup, html};
use stack_live::Handler;

use super::field::FormField;
use crate::models::FieldErrors;

/// A form control. Its value is text, as a form sends it.
///
/// ```ignore
/// (Input::line("title", "Title").value(&form.title).required(true).render(&errors))
/// (Input::number("guests", "Guests").range("1", "12").on_input(&changed).render(&errors))
/// ```
#[derive(Clone)]
pub struct Input<'a> {
    kind: Kind<'a>,
    name: &'a str,
    label: &'a str,
    value: &'a str,
    hint: Option<&'a str>,
    required: bool,
    autocomplete: Option<&'a str>,
    range: Option<(&'a str, &'a str)>,
    step: Option<&'a str>,
    on_input: Option<&'a Handler>,
    on_change: Option<&'a Handler>,
    debounce: Option<u32>,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    /// An `input` of this type.
    Line(&'a str),
    /// A `textarea` with this number of rows.
    Text(u8),
    /// A `select` with these options: (value, label).
    Select(&'a [(&'a str, &'a str)]),
    Checkbox,
}

impl<'a> Input<'a> {
    /// A single-line input.
    pub fn line(name: &'a str, label: &'a str) -> Self {
        Self::new(Kind::Line("text"), name, label)
    }

    /// A single-line input of another type: `email`, `password`, `search`, `tel`, `url` … The value of a password is not
    /// rendered.
    pub fn with_type(name: &'a str, label: &'a str, kind: &'a str) -> Self {
        Self::new(Kind::Line(kind), name, label)
    }

    /// A multi-line input.
    pub fn text(name: &'a str, label: &'a str, rows: u8) -> Self {
        Self::new(Kind::Text(rows), name, label)
    }

    /// A number, with decimals unless [`step`](Self::step) excludes them.
    pub fn number(name: &'a str, label: &'a str) -> Self {
        Self::new(Kind::Line("number"), name, label).step("any")
    }

    /// A date, see [`day`](crate::models::input::day).
    pub fn date(name: &'a str, label: &'a str) -> Self {
        Self::new(Kind::Line("date"), name, label)
    }

    /// A choice of several options: (value, label).
    pub fn select(name: &'a str, label: &'a str, choices: &'a [(&'a str, &'a str)]) -> Self {
        Self::new(Kind::Select(choices), name, label)
    }

    /// A checkbox, which sends `true`, or nothing if it is not checked.
    pub fn checkbox(name: &'a str, label: &'a str) -> Self {
        Self::new(Kind::Checkbox, name, label)
    }

    fn new(kind: Kind<'a>, name: &'a str, label: &'a str) -> Self {
        Self {
            kind,
            name,
            label,
            value: "",
            hint: None,
            required: false,
            autocomplete: None,
            range: None,
            step: None,
            on_input: None,
            on_change: None,
            debounce: None,
        }
    }

    /// The value.
    #[must_use]
    pub fn value(self, value: &'a str) -> Self {
        Self { value, ..self }
    }

    /// A hint, shown unless there is an error.
    #[must_use]
    pub fn hint(self, hint: impl Into<Option<&'a str>>) -> Self {
        Self {
            hint: hint.into(),
            ..self
        }
    }

    /// Whether a value is required.
    #[must_use]
    pub fn required(self, required: bool) -> Self {
        Self { required, ..self }
    }

    /// The `autocomplete` attribute, for browsers and password managers.
    #[must_use]
    pub fn autocomplete(self, autocomplete: &'a str) -> Self {
        Self {
            autocomplete: Some(autocomplete),
            ..self
        }
    }

    /// The minimum and the maximum of a number or a date.
    #[must_use]
    pub fn range(self, min: &'a str, max: &'a str) -> Self {
        Self {
            range: Some((min, max)),
            ..self
        }
    }

    /// The `step` attribute of a number: `1` for integers, `any` for decimals.
    #[must_use]
    pub fn step(self, step: &'a str) -> Self {
        Self {
            step: Some(step),
            ..self
        }
    }

    /// The handler of the event `input`: while the user types.
    #[must_use]
    pub fn on_input(self, handler: &'a Handler) -> Self {
        Self {
            on_input: Some(handler),
            ..self
        }
    }

    /// The handler of the event `change`: when the user has entered or chosen a value.
    #[must_use]
    pub fn on_change(self, handler: &'a Handler) -> Self {
        Self {
            on_change: Some(handler),
            ..self
        }
    }

    /// The delay of [`on_input`](Self::on_input) after the last key, in milliseconds.
    #[must_use]
    pub fn debounce(self, milliseconds: u32) -> Self {
        Self {
            debounce: Some(milliseconds),
            ..self
        }
    }

    /// The control with its label, and its error if `errors` has one.
    pub fn render(&self, errors: &FieldErrors) -> Markup {
        let field = FormField::new(self.name, self.label, self.hint, errors);
        match self.kind {
            Kind::Line(kind) => field.stacked(self.render_input(kind, &field)),
            Kind::Text(rows) => field.stacked(self.render_textarea(rows, &field)),
            Kind::Select(choices) => field.stacked(self.render_select(choices, &field)),
            Kind::Checkbox => field.inline(self.render_checkbox(&field)),
        }
    }

    fn render_input(&self, kind: &str, field: &FormField<'_>) -> Markup {
        let value = if kind == "password" { "" } else { self.value };
        let (min, max) = self.range.unzip();
        html! {
            input #(self.name) name=(self.name) type=(kind) value=(value)
                autocomplete=[self.autocomplete] required[self.required]
                min=[min] max=[max] step=[self.step]
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()]
                on:input=[self.on_input] on:change=[self.on_change] data-debounce=[self.debounce];
        }
    }

    fn render_textarea(&self, rows: u8, field: &FormField<'_>) -> Markup {
        html! {
            // HTML ignores the first newline of a textarea, so it is added here.
            textarea #(self.name) name=(self.name) rows=(rows) required[self.required]
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()]
                on:input=[self.on_input] on:change=[self.on_change] data-debounce=[self.debounce]
                { "\n" (self.value) }
        }
    }

    fn render_select(&self, choices: &[(&str, &str)], field: &FormField<'_>) -> Markup {
        html! {
            select #(self.name) name=(self.name) required[self.required]
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()]
                on:input=[self.on_input] on:change=[self.on_change] {
                @for (value, label) in choices {
                    option value=(value) selected[*value == self.value] { (label) }
                }
            }
        }
    }

    fn render_checkbox(&self, field: &FormField<'_>) -> Markup {
        html! {
            input #(self.name) name=(self.name) type="checkbox" value="true"
                checked[self.value == "true"] required[self.required]
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()]
                on:input=[self.on_input] on:change=[self.on_change];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_replaces_the_hint_and_describes_the_control() {
        let input = Input::line("title", "Title").hint("Short");
        let html = input.render(&FieldErrors::default()).into_string();
        assert!(html.contains(r#"aria-describedby="title-hint""#) && html.contains("Short"));
        let errors = FieldErrors::one("title", "must not be empty");
        let html = input.render(&errors).into_string();
        assert!(html.contains(r#"aria-invalid="true" aria-describedby="title-error""#));
        assert!(html.contains("This must not be empty.") && !html.contains("Short"));
    }

    #[test]
    fn the_value_of_a_password_is_not_rendered() {
        let input = Input::with_type("password", "Password", "password").value("secret");
        let html = input.render(&FieldErrors::default()).into_string();
        assert!(!html.contains("secret"), "{html}");
    }

    #[test]
    fn the_value_selects_its_option_and_checks_its_checkbox() {
        let none = FieldErrors::default();
        let choices = [("a", "First"), ("b", "Second")];
        let html = Input::select("which", "Which", &choices).value("b");
        let html = html.render(&none).into_string();
        assert!(html.contains(r#"<option value="b" selected>Second"#));
        let html = Input::checkbox("yes", "Yes").value("true").render(&none);
        assert!(html.into_string().contains("checked"));
    }
}
