//! Fields of forms, each with its label and what is wrong with it.

use maud::{Markup, html};

use stack_live::Ctx;

use crate::{
    http::csrf::{self, Csrf},
    models::FieldErrors,
    pages::live::Context,
};

/// The hidden field that every form with `method="post"` needs.
pub fn token(csrf: &Csrf) -> Markup {
    html! { input type="hidden" name=(csrf::FIELD) value=(csrf.token()); }
}

/// The same on a live page.
pub fn live_token(ctx: &Ctx) -> Markup {
    let token = ctx.visitor().csrf.token_of(&ctx.nonce());
    html! { input type="hidden" name=(csrf::FIELD) value=(token); }
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
        let error = errors.of(self.name);
        html! {
            div.field {
                label for=(self.name) { (self.label) }
                input #(self.name) name=(self.name) type=(self.kind) value=(self.value)
                    autocomplete=(self.autocomplete) required[self.required]
                    step=[(self.kind == "number").then_some("any")]
                    aria-invalid=[error.map(|_| "true")]
                    aria-describedby=[described_by(self.name, self.hint, error)];
                (notes(self.name, self.hint, error))
            }
        }
    }
}

/// Several lines to fill in, which may stay empty.
pub fn text_area(name: &str, label: &str, value: &str, rows: u8, errors: &FieldErrors) -> Markup {
    let error = errors.of(name);
    html! {
        div.field {
            label for=(name) { (label) }
            // A browser drops the first newline, so that one is ours.
            textarea #(name) name=(name) rows=(rows) aria-invalid=[error.map(|_| "true")]
                aria-describedby=[described_by(name, None, error)] { "\n" (value) }
            (notes(name, None, error))
        }
    }
}

/// One of several to choose: (value, what people read).
pub fn select(
    name: &str,
    label: &str,
    value: &str,
    choices: &[(&str, &str)],
    errors: &FieldErrors,
) -> Markup {
    let error = errors.of(name);
    html! {
        div.field {
            label for=(name) { (label) }
            select #(name) name=(name) aria-invalid=[error.map(|_| "true")]
                aria-describedby=[described_by(name, None, error)] {
                @for (choice, text) in choices {
                    option value=(choice) selected[*choice == value] { (text) }
                }
            }
            (notes(name, None, error))
        }
    }
}

/// A box to tick. One that is not ticked is not sent.
pub fn checkbox(name: &str, label: &str, value: &str, errors: &FieldErrors) -> Markup {
    let error = errors.of(name);
    html! {
        div.field.tick {
            label {
                input #(name) name=(name) type="checkbox" value="true" checked[value == "true"]
                    aria-invalid=[error.map(|_| "true")]
                    aria-describedby=[described_by(name, None, error)];
                " " (label)
            }
            (notes(name, None, error))
        }
    }
}

/// What is wrong with the form as a whole, if anything is.
pub fn alert(message: Option<&str>) -> Markup {
    html! { @if let Some(message) = message { p.alert role="alert" { (message) } } }
}

/// An error says more than the hint, so it stands in its place.
fn described_by(name: &str, hint: Option<&str>, error: Option<&str>) -> Option<String> {
    let error = error.map(|_| format!("{name}-error"));
    error.or(hint.map(|_| format!("{name}-hint")))
}

fn notes(name: &str, hint: Option<&str>, error: Option<&str>) -> Markup {
    html! {
        @if let Some(error) = error {
            p.field-error #{ (name) "-error" } { "This " (error) "." }
        } @else if let Some(hint) = hint {
            p.hint #{ (name) "-hint" } { (hint) }
        }
    }
}
