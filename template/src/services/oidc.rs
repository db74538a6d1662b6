//! Logging in with a provider by OpenID Connect: the authorization code flow with PKCE.
//!
//! 1. [`Oidc::begin`] stores a [`LogInAttempt`] and returns the address at the provider, with `state`, `nonce` and the
//!    challenge of PKCE in it. The browser gets a cookie.
//! 2. The person logs in there, and the provider sends the browser back with a code.
//! 3. [`Oidc::finish`] takes the attempt of this `state` and of this browser, which works once; exchanges the code for
//!    an ID token; and verifies it ([`provider`]).
//!
//! Whose account that is here is decided elsewhere, see
//! [`identities`](crate::services::accounts::Accounts::log_in_with_provider).

use std::{borrow::Cow, time::Duration};

use openidconnect::{
    AuthorizationCode, CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    core::{CoreAuthenticationFlow, CoreTokenResponse},
    url::Url,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use stack_db::Db;
use stack_web::site_url::SiteUrl;

use crate::{
    config::ProviderSettings,
    error::Error,
    models::{LogInAttempt, ProviderAccount, Purpose, TokenDigest},
    repositories::oidc_attempts,
};

mod failure;
mod http_client;
mod provider;

pub use failure::{Failure, OidcError};
use provider::Provider;

/// The page that the provider sends visitors back to. It has to be told this address.
pub const CALLBACK: &str = "/login/oidc/callback";
/// How long a visitor may stay at the provider.
pub const ATTEMPT_LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How many expired attempts a new one deletes at most: more than it adds.
const DELETE_BATCH: i64 = 20;
/// What the provider is asked for: who it is, the address and the name.
const SCOPES: [&str; 2] = ["email", "profile"];

/// The provider to log in with.
pub struct Oidc {
    db: Db,
    site: SiteUrl,
    provider: Provider,
}

/// The parameters with which the provider sends a visitor back.
#[derive(Deserialize)]
pub struct Callback {
    state: Option<String>,
    code: Option<String>,
    /// The provider (RFC 9207), so that an answer of one is not taken for that of another.
    iss: Option<String>,
    error: Option<String>,
}

/// Somebody who has come back from the provider.
pub struct Returned {
    /// What for they were sent there.
    pub purpose: Purpose,
    /// The page to go to.
    pub next: String,
    /// Who they are there.
    pub account: ProviderAccount,
}

impl Oidc {
    /// The provider of the settings, which is asked for its configuration when somebody logs in with it.
    ///
    /// # Errors
    /// If there is no TLS of the kinds that this program knows.
    pub fn new(db: Db, site: SiteUrl, settings: ProviderSettings) -> std::io::Result<Self> {
        let provider = Provider::new(settings)?;
        Ok(Self { db, site, provider })
    }

    /// What people call the provider.
    pub fn name(&self) -> &str {
        &self.provider.settings.name
    }

    /// Stores an attempt for the browser with this secret, and returns the address at the provider to send it to.
    ///
    /// # Errors
    /// [`Failure::Unreachable`]
    pub async fn begin(
        &self,
        purpose: Purpose,
        next: String,
        browser: &str,
    ) -> Result<Url, OidcError> {
        let known = self.provider.discovered().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let redirect = self.redirect_url()?;
        let mut request = known
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .set_redirect_uri(Cow::Borrowed(&redirect))
            .set_pkce_challenge(challenge);
        if let Purpose::Confirm(_) = purpose {
            // A log-in from before is not enough.
            request = request.set_max_age(Duration::ZERO);
        }
        let (url, state, nonce) = request.url();
        let attempt = LogInAttempt {
            purpose,
            next,
            nonce: nonce.secret().clone(),
            code_verifier: verifier.into_secret(),
        };
        let pool = self.db.pool();
        oidc_attempts::delete_expired(pool, DELETE_BATCH).await?;
        let (state, browser) = (digest(state.secret()), digest(browser));
        oidc_attempts::insert(pool, state, browser, &attempt, ATTEMPT_LIFETIME).await?;
        Ok(url)
    }

    /// Finds out who has come back from the provider, and uses the attempt up.
    ///
    /// # Errors
    /// Any [`Failure`] of the provider.
    pub async fn finish(&self, callback: Callback, browser: &str) -> Result<Returned, OidcError> {
        let state = digest(callback.state.as_deref().unwrap_or_default());
        let attempt = oidc_attempts::take(self.db.pool(), state, digest(browser)).await?;
        let attempt = attempt.ok_or(Failure::UnknownAttempt)?;
        let known = self.provider.discovered().await?;
        known.check_response_issuer(callback.iss.as_deref())?;
        if let Some(error) = callback.error {
            return Err(Failure::of_response(&error).into());
        }
        let code = AuthorizationCode::new(callback.code.ok_or(Failure::UnknownAttempt)?);
        let verifier = PkceCodeVerifier::new(attempt.code_verifier);
        let redirect = self.redirect_url()?;
        let request = known.client.exchange_code(code).map_err(Failure::logged)?;
        let tokens: CoreTokenResponse = request
            .set_pkce_verifier(verifier)
            .set_redirect_uri(Cow::Borrowed(&redirect))
            .request_async(&self.provider.http)
            .await
            .map_err(|error| Failure::of_exchange(&error))?;
        let nonce = Nonce::new(attempt.nonce);
        let must_be_recent = matches!(attempt.purpose, Purpose::Confirm(_));
        let account = self
            .provider
            .account(&tokens, &nonce, must_be_recent)
            .await?;
        Ok(Returned {
            purpose: attempt.purpose,
            next: attempt.next,
            account,
        })
    }

    fn redirect_url(&self) -> Result<RedirectUrl, Error> {
        RedirectUrl::new(self.site.join(CALLBACK)).map_err(Error::internal)
    }
}

/// What the database stores of a secret. It is random, so it needs no slow hash.
fn digest(secret: &str) -> TokenDigest {
    TokenDigest(Sha256::digest(secret).into())
}
