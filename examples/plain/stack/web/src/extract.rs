//! What handlers take from a request, beside axum's own.

use std::str::FromStr;

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::JsonRejection},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A JSON body. The content type has to be `application/json`, which a form of another site cannot send.
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Json::<T>::from_request(request, state).await;
        body.map(|Json(body)| Self(body))
            .map_err(|rejection| match rejection {
                // "missing field `title` at line 1 column 2": written for the client by serde.
                JsonRejection::JsonDataError(error) => Problem::bad_request(error.body_text()),
                JsonRejection::JsonSyntaxError(error) => Problem::bad_request(error.body_text()),
                other => Problem::of_status(other.status()),
            })
    }
}

/// The one parameter of the path, such as `{id}`. What is no identifier identifies nothing: 404.
pub struct Key<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Key<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) = text.map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}
