//! Keyset pagination.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::Deserialize;

use crate::{fields::FieldErrors, problem::Problem};

/// The default number of items of a page.
pub const DEFAULT_LIMIT: i64 = 20;
/// The maximum number of items of a page; a larger limit is reduced to it.
pub const MAX_LIMIT: i64 = 100;
/// The maximum number of bytes of text of a page's items, see [`split_by_size`].
pub const MAX_BYTES: usize = 256 * 1024;

/// `?limit=20&after=…`: a page of a list that is read newest first.
///
/// A page begins after an item, not at an offset. So it costs the same at any depth, and a concurrent insert neither
/// repeats nor hides an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageQuery<Id> {
    /// The number of items, from 1 to [`MAX_LIMIT`].
    pub limit: i64,
    /// The last item of the previous page.
    pub after: Option<Id>,
}

/// The query parameters before validation.
#[derive(Deserialize)]
pub struct Raw {
    limit: Option<String>,
    after: Option<String>,
}

impl<Id: FromStr> PageQuery<Id> {
    /// Validates the parameters.
    ///
    /// # Errors
    /// The first invalid parameter.
    pub fn parse(raw: &Raw) -> Result<Self, FieldErrors> {
        let text = |field: &Option<String>| field.clone().filter(|text| !text.is_empty());
        let limit = match text(&raw.limit).map(|limit| limit.parse::<i64>()) {
            None => DEFAULT_LIMIT,
            Some(Ok(limit)) if limit >= 1 => limit.min(MAX_LIMIT),
            Some(_) => return Err(FieldErrors::one("limit", "must be a number from 1 to 100")),
        };
        let after = text(&raw.after).map(|after| after.parse()).transpose();
        let after = after.map_err(|_| FieldErrors::one("after", "must be the value of `next`"))?;
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

/// Splits items that were read with a limit of `limit + 1`: the items of the page, and the cursor of the next page, if there
/// is one. `id` returns the cursor of an item.
pub fn split<T, Id>(mut items: Vec<T>, limit: i64, id: impl Fn(&T) -> Id) -> (Vec<T>, Option<Id>) {
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(id);
    (items, next)
}

/// [`split`] for items with long texts: the page ends before the item with which it would have more than [`MAX_BYTES`], but
/// not before the first one. `bytes` returns the size of an item's texts.
pub fn split_by_size<T, Id>(
    items: Vec<T>,
    limit: i64,
    bytes: impl Fn(&T) -> usize,
    id: impl Fn(&T) -> Id,
) -> (Vec<T>, Option<Id>) {
    let mut total = 0;
    let fitting = items.iter().take_while(|item| {
        total += bytes(item);
        total <= MAX_BYTES
    });
    let fitting = i64::try_from(fitting.count().max(1)).unwrap_or(limit);
    split(items, limit.min(fitting), id)
}
