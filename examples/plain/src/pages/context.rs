//! The application state and the visitor, for live pages.

use stack_live::{Ctx, PageError};

use super::visitor::Visitor;
use crate::{error::Result, models::User, state::AppState};

/// Extends the [`Ctx`] of live pages.
pub trait Context {
    /// The application state.
    fn app(&self) -> AppState;
    /// The visitor of the page.
    fn visitor(&self) -> Visitor;
    /// The logged-in user, if there is one.
    fn user(&self) -> Option<User> {
        self.visitor().user
    }
    /// The logged-in user.
    ///
    /// # Errors
    /// Without one, a redirect to the log-in page, which leads back after the log-in.
    fn signed_in(&self) -> Result<User, PageError>;
}

impl Context for Ctx {
    fn app(&self) -> AppState {
        self.extension()
            .expect("`pages::live` adds the state to every page")
    }

    fn visitor(&self) -> Visitor {
        self.extension()
            .expect("`pages::live` adds the visitor to every page")
    }

    fn signed_in(&self) -> Result<User, PageError> {
        self.user()
            .ok_or_else(|| PageError::redirect(format!("/login?next={}", self.path())))
    }
}
