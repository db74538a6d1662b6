//! `/api/notes/search`: finding notes by what they say.

use axum::{
    Json,
    extract::{FromRequestParts, Query, Request, State},
    http::request::Parts,
    middleware::Next,
    response::Response,
};
use serde::{Deserialize, Serialize};
use stack_web::cookies::Cookies;
use time::{Date, OffsetDateTime, format_description::well_known::Iso8601};

use super::{cookies::session_token, current_user::CurrentUser};
use crate::{
    error::{Error, Result},
    models::FieldErrors,
    services::search::{self, Hit},
    state::AppState,
};

/// How many notes are found if nothing is said, and at most.
const USUAL: i64 = 10;
const MOST: i64 = 50;
/// How many characters a query may have.
const LONGEST: usize = 500;

/// `?q=…&since=2026-01-31&limit=10`: what to look for, since which day, and how many notes to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// What to look for, trimmed; may be empty.
    pub text: String,
    /// Only notes that were written on this day (in UTC) or later.
    pub since: Option<Date>,
    /// From 1 to 50.
    pub limit: i64,
}

impl SearchQuery {
    /// Reads the query.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(raw: &Raw) -> Result<Self, FieldErrors> {
        let text = raw.q.trim().to_owned();
        if text.chars().count() > LONGEST {
            let message = "must have at most 500 characters";
            return Err(FieldErrors::one("q", message));
        }
        let since = match raw.since.as_str() {
            "" => None,
            since => {
                let wrong = || FieldErrors::one("since", "must be a day, such as 2026-01-31");
                Some(day(since).ok_or_else(wrong)?)
            }
        };
        let limit = raw.limit.unwrap_or(USUAL);
        if limit < 1 {
            return Err(FieldErrors::one("limit", "must be a number from 1 to 50"));
        }
        Ok(Self {
            text,
            since,
            limit: limit.min(MOST),
        })
    }

    /// When the day begins.
    pub fn since(&self) -> Option<OffsetDateTime> {
        self.since.map(|day| day.midnight().assume_utc())
    }
}

/// What the query says.
#[derive(Deserialize)]
pub struct Raw {
    #[serde(default)]
    q: String,
    #[serde(default)]
    since: String,
    limit: Option<i64>,
}

impl<S: Send + Sync> FromRequestParts<S> for SearchQuery {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let raw = Query::<Raw>::from_request_parts(parts, state).await;
        let Query(raw) = raw.map_err(|error| Error::BadRequest(error.body_text().into()))?;
        Ok(Self::parse(&raw)?)
    }
}

/// A day of our era, which is what a database can count on from.
fn day(text: &str) -> Option<Date> {
    let day = Date::parse(text, &Iso8601::DATE).ok()?;
    (day.year() >= 1).then_some(day)
}

/// What was found, best first.
#[derive(Serialize)]
pub struct Hits {
    hits: Vec<Hit>,
}

/// Searches.
pub async fn search(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    query: SearchQuery,
) -> Result<Json<Hits>> {
    if query.text.is_empty() {
        return Err(FieldErrors::one("q", "must not be empty").into());
    }
    let since = query.since();
    let hits = search::find(&state.search, user.id, &query.text, since, query.limit).await?;
    Ok(Json(Hits { hits }))
}

/// The layer around all routes: what a user has written is indexed after the answer is made, whichever route it
/// was, so that no handler has to think of it.
pub async fn index_writes(
    State(state): State<AppState>,
    cookies: Cookies,
    request: Request,
    next: Next,
) -> Response {
    let session = if request.method().is_safe() {
        None
    } else {
        session_token(&cookies)
    };
    let response = next.run(request).await;
    let done = response.status().is_success() || response.status().is_redirection();
    if let Some(session) = session.filter(|_| done) {
        search::index_soon(&state.search, session.digest());
    }
    response
}
