//! `/api/notes/search`: searching notes by meaning and by words.

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
    http::request::Parts,
};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, format_description::well_known::Iso8601};
{%- if teams %}

use super::current_scope::CurrentScope as CurrentUser;
{%- else %}

use super::current_user::CurrentUser;
{%- endif %}
use crate::{
    error::{Error, Result},
    models::FieldErrors,
    services::search::{self, Hit},
    state::AppState,
};

/// The default of `limit`.
const DEFAULT_LIMIT: i64 = 10;
/// The maximum of `limit`; a larger one is reduced to it.
const MAX_LIMIT: i64 = 50;
/// The maximum number of characters of a query.
const MAX_QUERY_CHARS: usize = 500;

/// `?q=…&since=2026-01-31&limit=10`, validated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchQuery {
    /// The text to search for, trimmed; may be empty.
    pub text: String,
    /// Only notes that were last written on this day (in UTC) or later.
    pub since: Option<Date>,
    /// The maximum number of results, from 1 to 50.
    pub limit: i64,
}

impl SearchQuery {
    /// Validates the parameters.
    ///
    /// # Errors
    /// The first invalid parameter.
    pub fn parse(params: &SearchParams) -> Result<Self, FieldErrors> {
        let text = params.q.trim().to_owned();
        if text.chars().count() > MAX_QUERY_CHARS {
            let message = "must have at most 500 characters";
            return Err(FieldErrors::one("q", message));
        }
        let since = match params.since.as_str() {
            "" => None,
            since => {
                let invalid = || FieldErrors::one("since", "must be a date, such as 2026-01-31");
                Some(parse_date(since).ok_or_else(invalid)?)
            }
        };
        let limit = params.limit.unwrap_or(DEFAULT_LIMIT);
        if limit < 1 {
            return Err(FieldErrors::one("limit", "must be a number from 1 to 50"));
        }
        Ok(Self {
            text,
            since,
            limit: limit.min(MAX_LIMIT),
        })
    }

    /// The start of the day `since`, in UTC.
    pub fn since(&self) -> Option<OffsetDateTime> {
        self.since.map(|day| day.midnight().assume_utc())
    }
}

/// The query parameters before validation.
#[derive(Deserialize)]
pub struct SearchParams {
    #[serde(default)]
    q: String,
    #[serde(default)]
    since: String,
    limit: Option<i64>,
}

impl<S: Send + Sync> FromRequestParts<S> for SearchQuery {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let params = Query::<SearchParams>::from_request_parts(parts, state).await;
        let Query(params) = params.map_err(|error| Error::BadRequest(error.body_text().into()))?;
        Ok(Self::parse(&params)?)
    }
}

/// Parses a date of the year 1 or later, the range that the database can compare with.
fn parse_date(text: &str) -> Option<Date> {
    let date = Date::parse(text, &Iso8601::DATE).ok()?;
    (date.year() >= 1).then_some(date)
}

/// The results, best first.
{%- if openapi %}
#[derive(Serialize, utoipa::ToSchema)]
{%- else %}
#[derive(Serialize)]
{%- endif %}
pub struct Hits {
    hits: Vec<Hit>,
}

/// Searches the user's notes.
{%- if openapi %}
#[utoipa::path(
    get,
    path = "/api/notes/search",
    operation_id = "search_notes",
    tag = "notes",
    params(
        ("q" = String, Query, description = "What is searched for."),
        ("since" = Option<String>, Query, description = "Only what was changed on this day or later: 2026-01-31."),
        ("limit" = Option<i64>, Query, description = "How many at most, from 1 to 50."),
    ),
    responses(
        (status = 200, description = "The best first.", body = Hits),
    ),
)]
{%- endif %}
pub async fn search(
    State(state): State<AppState>,
    CurrentUser(user): CurrentUser,
    query: SearchQuery,
) -> Result<Json<Hits>> {
    if query.text.is_empty() {
        return Err(FieldErrors::one("q", "must not be empty").into());
    }
    let since = query.since();
    let hits =
        search::find_notes(&state.search, user.owner(), &query.text, since, query.limit).await?;
    Ok(Json(Hits { hits }))
}
