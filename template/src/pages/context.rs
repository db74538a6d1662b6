//! What our pages know beside what every live page does.

use stack_live::{Ctx, PageError};

use super::visitor::Visitor;
use crate::{error::Result, models::User, state::AppState};

/// The application and the visitor, as a page asks for them.
pub trait Context {
    /// Configuration, database, services.
    fn app(&self) -> AppState;
    /// Who looks at the page.
    fn visitor(&self) -> Visitor;
    /// Who is logged in, if anybody is.
    fn user(&self) -> Option<User> {
        self.visitor().user
    }
    /// Who is logged in.
    ///
    /// # Errors
    /// Sends everybody else to log in, and back afterwards.
    fn signed_in(&self) -> Result<User, PageError>;
}

impl Context for Ctx {
    fn app(&self) -> AppState {
        self.extension()
            .expect("`visit` gives every page the application")
    }

    fn visitor(&self) -> Visitor {
        self.extension()
            .expect("`visit` gives every page the visitor")
    }

    fn signed_in(&self) -> Result<User, PageError> {
        self.user()
            .ok_or_else(|| PageError::redirect(format!("/login?next={}", self.path())))
    }
}
