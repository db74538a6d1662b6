//! `Idempotency-Key`: a request that is sent again, since its answer was lost, is done once.
//!
//! What the request does, its key and its answer are stored in one transaction. So a crash leaves all of them or nothing, and
//! of two requests at once with the same key the second waits for the first, and gets its answer. An answer is kept for a
//! day. A failure is not kept: it has done nothing, and is tried again.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use stack_web::{extract::ApiJson, problem::Problem};

use super::bearer::TokenUser;
use crate::{
    error::{Error, Result},
    models::UserId,
    repositories::idempotency_keys::{self, Fingerprint, Used},
};

const HEADER: &str = "idempotency-key";

/// How long a key may be.
pub const MAX_LENGTH: usize = 255;

/// When to come back while a request with the same key is being done.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A JSON body, like that of [`ApiJson`], and what lets its request be done once.
pub struct OnceJson<T>(pub Once, pub T);

/// The key and the digest of a request, if it has a key.
pub struct Once(Option<Keyed>);

#[derive(Clone, Copy)]
struct Keyed {
    key: Fingerprint,
    request: Fingerprint,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OnceJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let (keyed, body) = match key(&parts.headers)? {
            None => (None, body),
            Some(key) => {
                let whole = Request::from_parts(parts.clone(), body);
                let bytes = Bytes::from_request(whole, state).await;
                let bytes = bytes.map_err(|error| Problem::of_status(error.status()))?;
                (Some(Keyed::new(key, &parts, &bytes)), Body::from(bytes))
            }
        };
        let request = Request::from_parts(parts, body);
        let ApiJson(body) = ApiJson::from_request(request, state).await?;
        Ok(Self(Once(keyed), body))
    }
}

/// The key of the request: any text without control characters.
fn key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    if (1..=MAX_LENGTH).contains(&text.len()) && values.next().is_none() {
        return Ok(Some(text));
    }
    let why = "`Idempotency-Key` must be one text of 1 to 255 ASCII characters";
    Err(Problem::bad_request(why))
}

impl Keyed {
    /// Programs with different tokens choose their keys without knowing of each other.
    fn new(key: &str, parts: &Parts, body: &[u8]) -> Self {
        let token = parts.extensions.get::<TokenUser>();
        let who = token.map_or_else(|| "session".to_owned(), |user| user.token.to_string());
        let (method, url) = (parts.method.as_str(), parts.uri.to_string());
        let digest = |parts: [&[u8]; 3]| Sha256::digest(parts.join(&0)).into();
        Self {
            key: digest([who.as_bytes(), key.as_bytes(), &[]]),
            request: digest([method.as_bytes(), url.as_bytes(), body]),
        }
    }
}

impl Once {
    /// The answer, if the request was done before. Otherwise do it, in this transaction, and call [`end`](Self::end).
    ///
    /// # Errors
    /// [`Error::KeyReused`] if that was another request; [`Error::KeyInUse`] if it takes too long.
    pub async fn begin(&self, tx: &mut PgConnection, user: UserId) -> Result<Option<Answer>> {
        let Some(Keyed { key, request }) = self.0 else {
            return Ok(None);
        };
        match idempotency_keys::take(&mut *tx, user, &key, &request).await {
            Ok(true) => return Ok(None),
            Ok(false) => {}
            Err(error) if idempotency_keys::is_in_use(&error) => {
                return Err(Error::KeyInUse(RETRY_AFTER));
            }
            Err(error) => return Err(error.into()),
        }
        match idempotency_keys::find(tx, user, &key).await? {
            Some(used) if used.request_hash == request => Answer::again(used).map(Some),
            _ => Err(Error::KeyReused),
        }
    }

    /// Stores the answer to what was done since [`begin`](Self::begin), and returns it.
    pub async fn end(&self, tx: &mut PgConnection, user: UserId, answer: Answer) -> Result<Answer> {
        if let Some(Keyed { key, .. }) = self.0 {
            let status = i16::try_from(answer.status.as_u16()).map_err(Error::internal)?;
            let (location, body) = (&answer.location, &answer.body);
            idempotency_keys::store(tx, user, &key, status, location, body).await?;
        }
        Ok(answer)
    }
}

/// An answer that can be kept.
pub struct Answer {
    status: StatusCode,
    location: String,
    body: Vec<u8>,
    is_replayed: bool,
}

impl Answer {
    /// `body` was created, and is found at the path `location`.
    ///
    /// # Errors
    /// [`Error::Internal`] if it cannot be JSON.
    pub fn created(location: String, body: &impl Serialize) -> Result<Self> {
        Ok(Self {
            status: StatusCode::CREATED,
            location,
            body: serde_json::to_vec(body).map_err(Error::internal)?,
            is_replayed: false,
        })
    }

    fn again(used: Used) -> Result<Self> {
        let status = u16::try_from(used.status).map_err(Error::internal)?;
        Ok(Self {
            status: StatusCode::from_u16(status).map_err(Error::internal)?,
            location: used.location,
            body: used.body,
            is_replayed: true,
        })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let replayed = self
            .is_replayed
            .then_some([("idempotency-replayed", "true")]);
        let headers = [
            (header::CONTENT_TYPE, "application/json".to_owned()),
            (header::LOCATION, self.location),
        ];
        (self.status, headers, replayed, self.body).into_response()
    }
}
