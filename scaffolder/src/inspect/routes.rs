//! The routes of a project.

use super::Place;
use super::functions::Source;
pub use super::route::{Kind, Route};
use super::router::evaluate;
use crate::tree::Tree;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// The routes, sorted by path and method.
    pub routes: Vec<Route>,
    /// What may hold more.
    pub unread: Vec<Place>,
}

/// Every route that the project's crates put into a router of axum or among the live pages.
#[must_use]
pub fn routes(project: &Tree) -> Routes {
    let source = Source::read(project);
    let (routes, mut unread) = evaluate(&source.functions());
    unread.extend(source.unread.iter().cloned());
    Routes { routes, unread }
}

#[cfg(test)]
mod tests;
