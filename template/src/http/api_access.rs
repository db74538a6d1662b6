//! What a token may do at which route. A route that is not named here takes none.

use axum::http::Method;

use crate::models::TokenScope;

/// Who may use a route of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever is logged in, and tokens with this scope.
    Scope(TokenScope),
    /// No token: it is about logging in, or changes the account.
    NoToken,
}

/// Whether a path is one of the JSON API: the page of its document is none.
pub fn is_json(path: &str) -> bool {
    path.starts_with("/api/") && path != "/api/docs"
}

/// Who may use the route with this pattern.
pub fn access(method: &Method, pattern: &str) -> Access {
    let reads = [Method::GET, Method::HEAD].contains(method);
    match (pattern, reads) {
        ("/api/openapi.json" | "/api/users/{id}", true) => Access::Public,
        ("/api/me", true) => Access::Scope(TokenScope::AccountRead),
        ("/api/notes" | "/api/notes/{id}" | "/api/notes/search", true) => {
            Access::Scope(TokenScope::NotesRead)
        }
        ("/api/notes" | "/api/notes/{id}", false) => Access::Scope(TokenScope::NotesWrite),
        _ => Access::NoToken,
    }
}
