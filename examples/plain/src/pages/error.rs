//! The error page.

use axum::response::{IntoResponse, Response};
use maud::html;
use stack_web::problem::Problem;

use super::layout;
use crate::services::mailed_links::FORGOT_PASSWORD;

const HOME: (&str, &str) = ("/", "Go to the home page");

/// Renders an error.
pub fn page(problem: &Problem, request_id: &str) -> Response {
    let next = match problem.code {
        "link_expired" => (FORGOT_PASSWORD, "Ask for another link"),
        _ => HOME,
    };
    render(problem, request_id, next)
}

/// Renders an error where no mails are sent, so that nobody can ask for another link.
pub fn page_without_mail(problem: &Problem, request_id: &str) -> Response {
    render(problem, request_id, HOME)
}

/// Renders an error, with a button that leads on: its address and its text.
fn render(problem: &Problem, request_id: &str, (url, label): (&str, &str)) -> Response {
    let (status, title) = (problem.status, problem.title());
    let main = html! {
        section.error {
            p.status aria-hidden="true" { (status.as_u16()) }
            h1 { (title) }
            p { (sentence(&problem.detail)) }
            @if let Some(fields) = &problem.errors {
                ul {
                    @for field in fields.iter() {
                        li { strong { (field.field) } " " (field.message) }
                    }
                }
            }
            p { a.button href=(url) { (label) } }
            @if status.is_server_error() {
                p.small { "If you report this, please name " code { (request_id) } "." }
            }
        }
    };
    layout::shell(title, html! {}, main).into_response()
}

/// Adds a capital letter at the start and a full stop at the end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}
