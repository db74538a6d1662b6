//! Controls of forms, each in its [`FormField`].

use maud::{Markup, html};
use stack_live::Handler;

use super::field::FormField;
use crate::models::FieldErrors;

/// A control to fill in. What stands in it is text, as a form sends it.
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
    input: Option<&'a Handler>,
    change: Option<&'a Handler>,
    debounce: Option<u32>,
}

#[derive(Clone, Copy)]
enum Kind<'a> {
    /// An `input` of this type.
    Line(&'a str),
    Text(u8),
    Select(&'a [(&'a str, &'a str)]),
    Checkbox,
}

impl<'a> Input<'a> {
    /// One line.
    pub fn line(name: &'a str, label: &'a str) -> Self {
        Self::new(Kind::Line("text"), name, label)
    }

    /// One line of another kind: `email`, `password`, `search`, `tel`, `url` … A password is never put in.
    pub fn kind(name: &'a str, label: &'a str, kind: &'a str) -> Self {
        Self::new(Kind::Line(kind), name, label)
    }

    /// Several lines.
    pub fn text(name: &'a str, label: &'a str, rows: u8) -> Self {
        Self::new(Kind::Text(rows), name, label)
    }

    /// A number, with or without decimals unless [`step`](Self::step) says otherwise.
    pub fn number(name: &'a str, label: &'a str) -> Self {
        Self::new(Kind::Line("number"), name, label).step("any")
    }

    /// A day, as [`day`](crate::models::input::day) reads it.
    pub fn date(name: &'a str, label: &'a str) -> Self {
        Self::new(Kind::Line("date"), name, label)
    }

    /// One of several: (value, what people read).
    pub fn select(name: &'a str, label: &'a str, choices: &'a [(&'a str, &'a str)]) -> Self {
        Self::new(Kind::Select(choices), name, label)
    }

    /// A box to tick, which sends `true`, or nothing.
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
            input: None,
            change: None,
            debounce: None,
        }
    }

    /// What stands in it.
    #[must_use]
    pub fn value(self, value: &'a str) -> Self {
        Self { value, ..self }
    }

    /// A rule worth knowing before it is broken.
    #[must_use]
    pub fn hint(self, hint: impl Into<Option<&'a str>>) -> Self {
        Self {
            hint: hint.into(),
            ..self
        }
    }

    /// It may not stay empty.
    #[must_use]
    pub fn required(self, required: bool) -> Self {
        Self { required, ..self }
    }

    /// What a browser or a password manager puts there.
    #[must_use]
    pub fn autocomplete(self, what: &'a str) -> Self {
        Self {
            autocomplete: Some(what),
            ..self
        }
    }

    /// The smallest and the largest number or day.
    #[must_use]
    pub fn range(self, least: &'a str, most: &'a str) -> Self {
        Self {
            range: Some((least, most)),
            ..self
        }
    }

    /// How far one number is from the next: `1` for whole ones.
    #[must_use]
    pub fn step(self, step: &'a str) -> Self {
        Self {
            step: Some(step),
            ..self
        }
    }

    /// What happens while somebody types.
    #[must_use]
    pub fn on_input(self, handler: &'a Handler) -> Self {
        Self {
            input: Some(handler),
            ..self
        }
    }

    /// What happens when somebody has typed or chosen.
    #[must_use]
    pub fn on_change(self, handler: &'a Handler) -> Self {
        Self {
            change: Some(handler),
            ..self
        }
    }

    /// Milliseconds without a key before [`on_input`](Self::on_input) is told.
    #[must_use]
    pub fn debounce(self, milliseconds: u32) -> Self {
        Self {
            debounce: Some(milliseconds),
            ..self
        }
    }

    /// The control with its label, and with its error if `errors` has one.
    pub fn render(&self, errors: &FieldErrors) -> Markup {
        let field = FormField::new(self.name, self.label, self.hint, errors);
        match self.kind {
            Kind::Line(kind) => field.around(self.one_line(kind, &field)),
            Kind::Text(rows) => field.around(self.lines(rows, &field)),
            Kind::Select(choices) => field.around(self.choice(choices, &field)),
            Kind::Checkbox => field.beside(self.tick(&field)),
        }
    }

    fn one_line(&self, kind: &str, field: &FormField<'_>) -> Markup {
        let value = if kind == "password" { "" } else { self.value };
        let (least, most) = self.range.unzip();
        html! {
            input #(self.name) name=(self.name) type=(kind) value=(value)
                autocomplete=[self.autocomplete] required[self.required]
                min=[least] max=[most] step=[self.step]
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()]
                on:input=[self.input] on:change=[self.change] data-debounce=[self.debounce];
        }
    }

    fn lines(&self, rows: u8, field: &FormField<'_>) -> Markup {
        html! {
            // A browser drops the first newline, so that one is ours.
            textarea #(self.name) name=(self.name) rows=(rows) required[self.required]
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()]
                on:input=[self.input] on:change=[self.change] data-debounce=[self.debounce]
                { "\n" (self.value) }
        }
    }

    fn choice(&self, choices: &[(&str, &str)], field: &FormField<'_>) -> Markup {
        html! {
            select #(self.name) name=(self.name) required[self.required]
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()]
                on:input=[self.input] on:change=[self.change] {
                @for (choice, text) in choices {
                    option value=(choice) selected[*choice == self.value] { (text) }
                }
            }
        }
    }

    fn tick(&self, field: &FormField<'_>) -> Markup {
        html! {
            input #(self.name) name=(self.name) type="checkbox" value="true"
                checked[self.value == "true"] required[self.required]
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()]
                on:input=[self.input] on:change=[self.change];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_takes_the_place_of_the_hint_and_names_the_control() {
        let input = Input::line("title", "Title").hint("Short");
        let html = input.render(&FieldErrors::default()).into_string();
        assert!(html.contains(r#"aria-describedby="title-hint""#) && html.contains("Short"));
        let errors = FieldErrors::one("title", "must not be empty");
        let html = input.render(&errors).into_string();
        assert!(html.contains(r#"aria-invalid="true" aria-describedby="title-error""#));
        assert!(html.contains("This must not be empty.") && !html.contains("Short"));
    }

    #[test]
    fn a_password_is_never_put_in() {
        let input = Input::kind("password", "Password", "password").value("secret");
        let html = input.render(&FieldErrors::default()).into_string();
        assert!(!html.contains("secret"), "{html}");
    }

    #[test]
    fn what_was_chosen_is_chosen() {
        let none = FieldErrors::default();
        let choices = [("a", "First"), ("b", "Second")];
        let html = Input::select("which", "Which", &choices).value("b");
        let html = html.render(&none).into_string();
        assert!(html.contains(r#"<option value="b" selected>Second"#));
        let html = Input::checkbox("yes", "Yes").value("true").render(&none);
        assert!(html.into_string().contains("checked"));
    }
}
