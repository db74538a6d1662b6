//! An identifier in the path.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use crate::error::Error;

/// The one parameter of the path, such as `{id}`. What is no identifier identifies nothing: 404.
pub struct Key<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Key<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = text.map_err(|_| Error::NotFound)?;
        text.parse().map(Self).map_err(|_| Error::NotFound)
    }
}
