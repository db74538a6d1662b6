//! The extractor of [`ClientInfo`].

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use stack_web::client_ip::ClientIp;

use crate::{
    models::{ClientInfo, UserAgent},
    state::AppState,
};

impl FromRequestParts<AppState> for ClientInfo {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let ClientIp(address) = ClientIp::from_request_parts(parts, state).await?;
        let user_agent = parts.headers.get(header::USER_AGENT);
        let user_agent = user_agent.map(|text| String::from_utf8_lossy(text.as_bytes()));
        Ok(Self {
            address,
            user_agent: UserAgent::new(&user_agent.unwrap_or_default()),
        })
    }
}
