//! The limit of the API by client address. That by account is in [`CurrentUser`](super::current_user::CurrentUser), which
//! knows the account.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use stack_web::client_ip::ClientIp;

use crate::{error::Result, services::limits::Key, state::AppState};

/// Middleware of the API: counts the request for the address it comes from.
pub async fn by_address(
    State(state): State<AppState>,
    ClientIp(from): ClientIp,
    request: Request,
    next: Next,
) -> Result<Response> {
    state.limits.check_api(Key::Address(from))?;
    Ok(next.run(request).await)
}
