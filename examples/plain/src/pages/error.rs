//! Errors, for people.

use axum::response::{IntoResponse, Response};
use maud::html;
use stack_web::problem::Problem;

use super::layout;

/// A page that says what went wrong and where to go from here.
pub fn page(problem: &Problem, request_id: &str) -> Response {
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
            p { a.button href="/" { "Back to the start" } }
            @if status.is_server_error() {
                p.small { "If you report this, please name " code { (request_id) } "." }
            }
        }
    };
    layout::shell(title, html! {}, main).into_response()
}

/// With a capital at the start and a full stop at the end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}
