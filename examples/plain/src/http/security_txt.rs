//! `/.well-known/security.txt` (RFC 9116): where to report a vulnerability.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    error::{Error, Result},
    state::AppState,
};

/// The file says until when it is right, so that nobody relies on a copy of it.
const VALID: Duration = Duration::days(30);

/// The contact of `SECURITY_CONTACT`; without it the file is not found.
pub async fn show(State(state): State<AppState>) -> Result<Response> {
    let contact = state.config.security_contact.as_ref();
    let contact = contact.ok_or(Error::NotFound)?;
    let expires = OffsetDateTime::now_utc() + VALID;
    let expires = expires.replace_nanosecond(0).map_err(Error::internal)?;
    let expires = expires.format(&Rfc3339).map_err(Error::internal)?;
    let text = format!("Contact: {contact}\nExpires: {expires}\n");
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((headers, text).into_response())
}
