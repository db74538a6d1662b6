//! One route.

use serde::Serialize;

use super::Position;

/// What answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A live page.
    Page,
    /// A function of axum.
    Handler,
    /// A service, such as that of static files.
    Service,
}

/// One method of one path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Route {
    /// The path, with the prefixes of all routers around it.
    pub path: String,
    /// The method, or `ANY`.
    pub method: String,
    /// What answers.
    pub kind: Kind,
    /// Its path from the crate's root on; `closure`, or the source of another expression.
    pub handler: String,
    /// Where the handler is defined, if it is a function of the project.
    pub defined: Option<Position>,
    /// Where the route is.
    pub routed: Position,
}
