//! A form with one control of each type.

use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::{Cx, Result};

use crate::{
    components::{button::Button, input::Input},
    models::{Email, FieldErrors, Invalid, input},
};

const SEATS: &[(&str, &str)] = &[
    ("window", "At the window"),
    ("garden", "In the garden"),
    ("any", "Anywhere"),
];

/// The form as the user submitted it. A checkbox that is not checked is not sent.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Form {
    email: String,
    guests: String,
    day: String,
    seat: String,
    wishes: String,
    rules: String,
}

impl Form {
    /// Validates all fields.
    fn errors(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        errors.check("email", Email::parse(&self.email));
        errors.check("guests", guests(&self.guests));
        errors.check("day", input::day(&self.day));
        errors.check("rules", agreed(&self.rules));
        errors
    }
}

fn guests(text: &str) -> std::result::Result<u8, Invalid> {
    let guests = input::whole(text)?;
    match guests {
        1..=12 => Ok(guests),
        _ => Err(Invalid::new("must be from 1 to 12")),
    }
}

fn agreed(text: &str) -> std::result::Result<(), Invalid> {
    match input::ticked(text)? {
        true => Ok(()),
        false => Err(Invalid::new("must be ticked")),
    }
}

/// Shows the errors of all fields at once, and counts characters while the user types.
pub async fn booking(cx: Cx, (): ()) -> Result {
    let submitted = cx.use_state(|| None::<Form>);
    let length = cx.use_state(|| 0);
    let submit = cx.on(move |cx, event| submitted.set(cx, event.form().ok()));
    let count = cx.on(move |cx, event| length.set(cx, event.value().chars().count()));

    let form = submitted.get(&cx);
    let errors = form.as_ref().map(Form::errors);
    let booked = errors.as_ref().is_some_and(FieldErrors::is_empty);
    let (form, errors) = (form.unwrap_or_default(), errors.unwrap_or_default());
    let hint = format!("{} characters", length.get(&cx));
    Ok(html! {
        form on:submit=(submit) novalidate {
            (Input::with_type("email", "E-mail address", "email").value(&form.email)
                .autocomplete("email").required(true).render(&errors))
            div.columns {
                (Input::number("guests", "Guests").value(&form.guests)
                    .range("1", "12").step("1").required(true).render(&errors))
                (Input::date("day", "Day").value(&form.day).required(true).render(&errors))
                (Input::select("seat", "Where", SEATS).value(&form.seat).render(&errors))
            }
            (Input::text("wishes", "Wishes", 3).value(&form.wishes)
                .hint(hint.as_str()).on_input(&count).debounce(200).render(&errors))
            (Input::checkbox("rules", "I have read the rules").value(&form.rules).render(&errors))
            div.row {
                (Button::new("Book a table"))
                p role="status" { @if booked { strong { "Your table is booked." } } }
            }
        }
    })
}
