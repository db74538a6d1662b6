//! A form: its fields as a struct, their validation, and the result.

use maud::html;
use serde::{Deserialize, Serialize};
use stack_live::{Cx, Result};
use time::{Date, OffsetDateTime};

use crate::{
    components::{button::Button, date::Zone, input::Input},
    models::{FieldErrors, Invalid, input},
};

/// The form as the user submitted it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
struct Form {
    what: String,
    day: String,
}

/// The validated form.
struct Countdown {
    what: String,
    day: Date,
}

impl Countdown {
    /// Validates all fields, and reports every invalid one.
    fn parse(form: &Form) -> std::result::Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let what = errors.check("what", parse_what(&form.what));
        let day = errors.check("day", input::day(&form.day));
        match (what, day) {
            (Some(what), Some(day)) => Ok(Self { what, day }),
            _ => Err(errors),
        }
    }

    fn text(&self, today: Date) -> String {
        let what = &self.what;
        match (self.day - today).whole_days() {
            0 => format!("{what} is today."),
            1 => format!("{what} is tomorrow."),
            days if days < 0 => format!("{what} is over: {} days ago.", -days),
            days => format!("{what}: {days} more days."),
        }
    }
}

fn parse_what(text: &str) -> std::result::Result<String, Invalid> {
    match text.trim() {
        "" => Err(Invalid::new("must not be empty")),
        text if text.chars().count() > 40 => Err(Invalid::new("must have at most 40 characters")),
        text => Ok(text.to_owned()),
    }
}

/// Counts the days until a date. Without JavaScript the browser submits the form as the query of the URL.
pub async fn countdown(cx: Cx, (): ()) -> Result {
    let submitted = cx.use_state(|| cx.query::<Form>().ok());
    let submit = cx.on(move |cx, event| submitted.set(cx, event.form().ok()));

    let form = submitted.get(&cx);
    let parsed = form.as_ref().map(Countdown::parse);
    let today = Zone::of_visitor(&cx).day(OffsetDateTime::now_utc());
    let (text, errors) = match parsed {
        None => (None, FieldErrors::default()),
        Some(Ok(countdown)) => (Some(countdown.text(today)), FieldErrors::default()),
        Some(Err(errors)) => (None, errors),
    };
    let form = form.unwrap_or_default();
    Ok(html! {
        h3 { "Count the days" }
        form action="/" on:submit=(submit) novalidate {
            (Input::line("what", "Until what?").value(&form.what).autocomplete("off").render(&errors))
            (Input::date("day", "On which day?").value(&form.day).render(&errors))
            div.row {
                (Button::new("Count"))
                p role="status" { @if let Some(text) = text { strong { (text) } } }
            }
        }
    })
}
