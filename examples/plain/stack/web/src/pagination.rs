//! Long lists, page by page.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::Deserialize;

use crate::{fields::FieldErrors, problem::Problem};

/// How many items a page has if nothing is said.
pub const USUAL: i64 = 20;
/// How many it has at most; who asks for more gets these.
pub const MOST: i64 = 100;

/// `?limit=20&after=…`: a page of a list that is read newest first.
///
/// A page begins after an item, not at a number, so it costs the same however far down it is, and what is
/// written in the meantime neither repeats nor hides an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageQuery<Id> {
    /// How many items to show, from 1 to [`MOST`].
    pub limit: i64,
    /// The last item of the page before.
    pub after: Option<Id>,
}

/// What the query says.
#[derive(Deserialize)]
pub struct Raw {
    limit: Option<String>,
    after: Option<String>,
}

impl<Id: FromStr> PageQuery<Id> {
    /// Reads the query.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(raw: &Raw) -> Result<Self, FieldErrors> {
        let text = |field: &Option<String>| field.clone().filter(|text| !text.is_empty());
        let limit = match text(&raw.limit).map(|limit| limit.parse::<i64>()) {
            None => USUAL,
            Some(Ok(limit)) if limit >= 1 => limit.min(MOST),
            Some(_) => return Err(FieldErrors::one("limit", "must be a number from 1 to 100")),
        };
        let after = text(&raw.after).map(|after| after.parse()).transpose();
        let after = after.map_err(|_| FieldErrors::one("after", "must be what `next` said"))?;
        Ok(Self { limit, after })
    }
}

impl<Id: FromStr, S: Send + Sync> FromRequestParts<S> for PageQuery<Id> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let raw = Query::<Raw>::from_request_parts(parts, state).await;
        let Query(raw) = raw.map_err(|error| Problem::bad_request(error.body_text()))?;
        Ok(Self::parse(&raw)?)
    }
}

/// Splits what was read with a limit one higher than the page: the page, and where the next one begins. `id` tells
/// what an item is called.
pub fn split<T, Id>(mut items: Vec<T>, limit: i64, id: impl Fn(&T) -> Id) -> (Vec<T>, Option<Id>) {
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(id);
    (items, next)
}
