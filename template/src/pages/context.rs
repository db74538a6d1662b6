//! The application state and the visitor, for live pages.

use stack_live::{Ctx, PageError};

use super::visitor::{Visitor, log_in_url};
{%- if teams %}
use crate::{
    error::{Error, Result},
    models::{Scope, TeamId, User},
    state::AppState,
};
{%- else %}
use crate::{error::Result, models::User, state::AppState};
{%- endif %}

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
{%- if teams %}
    /// The logged-in user in the team in which they work. It is read anew, so that a membership that has ended is none.
    ///
    /// # Errors
    /// A redirect to the log-in page, or to the user's teams if they do not belong to this one any more.
    fn scope(&self) -> impl Future<Output = Result<Scope, PageError>> + Send;
{%- endif %}
    /// The logged-in user, who has proved in the last ten minutes who they are; for what matters.
    ///
    /// # Errors
    /// A redirect to the page that asks for the password, which leads back after that.
    fn recently_authenticated(&self) -> impl Future<Output = Result<User, PageError>> + Send;
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
            .ok_or_else(|| PageError::redirect(log_in_url(&self.path())))
    }
{%- if teams %}

    async fn scope(&self) -> Result<Scope, PageError> {
        let user = self.signed_in()?;
        let team = self.visitor().teams.current;
        let team = team.unwrap_or_else(|| TeamId::personal(user.id));
        match self.app().accounts.scope(user.id, team).await {
            Err(Error::NotFound) => Err(PageError::redirect("/teams")),
            scope => Ok(scope?),
        }
    }
{%- endif %}

    async fn recently_authenticated(&self) -> Result<User, PageError> {
        let user = self.signed_in()?;
        let (app, session) = (self.app(), self.visitor().session);
        if let Some(session) = session
            && app.accounts.recently_authenticated(session.id).await?
        {
            return Ok(user);
        }
        Err(PageError::redirect(confirmation_address(&self.path())))
    }
}

/// The address of the page that asks for the password, and leads to the page `next` after that.
pub fn confirmation_address(next: &str) -> String {
    format!("/confirm-password?next={next}")
}
